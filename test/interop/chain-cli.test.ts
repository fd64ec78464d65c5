/** `chain` and `miner` of the built command line: two daemons on loopback with a chain of their own, mined, followed, rebuilt. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withWorkFolder } from './files.ts'
import { type Line, ShoalRun, shoal } from './shoal-process.ts'

/** Of the local network, for a key that nobody has. */
const ADDRESS = 'lshl1qqurswpc8qurswpc8qurswpc8qurswpc83lqrqw'
const LOCAL = ['--network', 'local', '--offline', '--listen', '127.0.0.1:0', '--chain-listen', '127.0.0.1:0']
const HASH = /^[0-9a-f]{64}$/
/** Milliseconds in which what comes by itself has come. */
const LIMIT = 45_000

let work: string
withWorkFolder('chain-cli', async (folder) => {
  work = folder
})

async function daemon(name: string, ...more: string[]): Promise<{ run: ShoalRun; ready: Line }> {
  const run = new ShoalRun(['daemon', '--profile', join(work, name), ...LOCAL, ...more])
  return { run, ready: await run.event('ready') }
}

async function ask(profile: string, ...args: string[]): Promise<Line> {
  const { status, last, run } = await shoal([...args, '--profile', join(work, profile)])
  expect(status, `${args.join(' ')}: ${JSON.stringify(last)} ${run.stderr}`).toBe(0)
  return last
}

test('a miner and a node that follows it', async () => {
  const miner = await daemon('miner', '--mine-address', ADDRESS, '--block-interval', '100')
  expect(miner.ready.chainListen).toMatch(/^127\.0\.0\.1:\d+$/)
  const follower = await daemon('follower', '--chain-peer', String(miner.ready.chainListen))

  const made = await ask('miner', 'miner', 'generate', '110')
  expect(made).toMatchObject({ event: 'done', height: 110, tip: expect.stringMatching(HASH) })
  expect(made.blocks).toHaveLength(110)

  let info = await ask('follower', 'chain', 'info')
  const followed = performance.now() + LIMIT
  while (info.height !== 110 && performance.now() < followed) info = await ask('follower', 'chain', 'info')
  expect(info).toMatchObject({ network: 'local', height: 110, tip: made.tip, headers: 110, mode: 'archive' })
  expect(info.work).toMatch(/^[0-9a-f]+$/)
  expect(Number(info.peers)).toBeGreaterThan(0)
  expect(Number((await ask('follower', 'peers', 'chain')).rows)).toBeGreaterThan(0)

  const { last: block, run } = await shoal(['chain', 'block', '7', '--profile', join(work, 'follower')])
  expect(block).toMatchObject({ event: 'done', height: 7, reward: '50', miner: ADDRESS, confirmations: 104 })
  const txid = String(run.lines.find(({ event }) => event === 'row')?.id)
  expect(await ask('follower', 'chain', 'tx', txid)).toMatchObject({
    id: txid,
    height: 7,
    isCoinbase: true,
    value: '50',
  })
  expect(await ask('follower', 'chain', 'address', ADDRESS)).toMatchObject({ balance: '5500', transactions: 110 })
  expect(await ask('follower', 'chain', 'search', '7')).toMatchObject({ kind: 'block', id: block.id })

  expect(await ask('follower', 'chain', 'rebuild')).toMatchObject({ event: 'done', height: 110, tip: made.tip })

  expect(await ask('miner', 'miner', 'start', '--threads', '1')).toMatchObject({ event: 'done', address: ADDRESS })
  let state = await ask('miner', 'miner', 'status')
  const found = performance.now() + LIMIT
  while (Number(state.blocksFound) < 2 && performance.now() < found) state = await ask('miner', 'miner', 'status')
  expect(Number(state.blocksFound)).toBeGreaterThanOrEqual(2)
  expect(await ask('miner', 'miner', 'stop')).toMatchObject({ running: false, state: 'off' })

  for (const { run: process } of [follower, miner]) expect(await process.interrupt()).toBe(0)
})

test('a port that is taken is said; another network than the daemon runs is refused', async () => {
  const { run, ready } = await daemon('one')
  const second = [
    'daemon',
    '--profile',
    join(work, 'two'),
    '--network',
    'local',
    '--offline',
    '--listen',
    '127.0.0.1:0',
  ]
  const taken = await shoal([...second, '--chain-listen', String(ready.chainListen)])
  expect(taken).toMatchObject({ status: 1, last: { event: 'error', code: 'CANNOT_LISTEN' } })
  const other = await shoal(['chain', 'info', '--network', 'main', '--profile', join(work, 'one')])
  expect(other).toMatchObject({ status: 1, last: { event: 'error', code: 'OTHER_NETWORK' } })
  expect(await run.interrupt()).toBe(0)
})
