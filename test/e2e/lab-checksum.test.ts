/** A simulated network runs alike, event by event, on the Node that is installed and on the one inside Electron. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { electronRuntime, runtimeEnv } from '../../scripts/electron-runtime.mjs'
import { nodeFlags } from '../../scripts/node-flags.mjs'
import { root } from './window.ts'

const LIMIT_MS = 300_000

function lastLine(program: string, flags: readonly string[], env: NodeJS.ProcessEnv, words: readonly string[]) {
  const line = [...flags, join(root, 'out/main/cli.js'), 'lab', ...words, '--json']
  const output = execFileSync(program, line, { env, encoding: 'utf8', timeout: LIMIT_MS })
  return JSON.parse(output.trim().split('\n').at(-1) as string)
}

test.each([
  [
    'joining, routers, failures',
    ['kademlia', '--nodes', '150', '--lookups', '100', '--join', '--nat', '0.3', '--fail', '0.2', '--values', '20'],
  ],
  ['churn, encoded', ['kademlia', '--nodes', '40', '--lookups', '40', '--churn', '3', '--nat', '0.5', '--wire']],
  ['flooding', ['gnutella', '--nodes', '500', '--lookups', '20', '--uneven', '--fail', '0.2']],
  [
    'a ring',
    ['chord', '--nodes', '60', '--lookups', '100', '--join', '--fail', '0.2', '--churn', '3', '--virtual', '2'],
  ],
  [
    'recursive lookups at places that addresses have',
    [
      'chord',
      '--nodes',
      '200',
      '--lookups',
      '100',
      '--lookup',
      'recursive',
      '--addresses',
      '--virtual',
      '4',
      '--fail',
      '0.2',
    ],
  ],
  [
    'all four, and a chain',
    [
      ...['compare', '--nodes', '60', '--lookups', '20', '--churn-nodes', '24', '--lifetime', '10'],
      ...['--lookup-every', '1', '--minutes', '2'],
    ],
  ],
  ['routing by prefix', ['pastry', '--nodes', '80', '--lookups', '100', '--join', '--fail', '0.2', '--churn', '3']],
  ['a chain', ['chain', '--nodes', '30', '--blocks', '200', '--tries', '1000']],
])('the same seed gives the same checksum on Node and in Electron: %s', async (_, words) => {
  const runtime = await electronRuntime()
  const env = { ...(await runtimeEnv(runtime)), ELECTRON_RUN_AS_NODE: '1' }
  const onNode = lastLine(process.execPath, nodeFlags, process.env, words)
  const inElectron = lastLine(runtime.exe, [], env, words)
  expect(onNode.checksum).toMatch(/^[0-9a-f]{16}$/)
  expect(inElectron).toEqual(onNode)
})
