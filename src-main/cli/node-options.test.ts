import { expect, test } from 'vitest'
import { command, readLine } from './command.ts'
import { NODE_FLAGS, nodeOptions, PEER_FLAG } from './node-options.ts'

const node = command({
  ...{ name: 'node', summary: '', positionals: [], examples: [] },
  flags: { ...NODE_FLAGS, ...PEER_FLAG },
  run: async () => {},
})

function optionsOf(line: string, chain: 'off' | 'as-set' = 'as-set', network?: 'main' | 'test' | 'local') {
  const { flags } = readLine(node, line === '' ? [] : line.split(' '))
  return nodeOptions(flags as Parameters<typeof nodeOptions>[0], { network, chain })
}

test('nothing said: as the settings have it, with consent', () => {
  expect(optionsOf('')).toEqual({
    ...{ listen: undefined, chainListen: undefined, mineThreads: undefined, mineAddress: undefined },
    ...{ blockInterval: undefined, offline: false, peers: [], allowedHosts: [] },
    settings: { networkConsent: 'granted' },
  })
})

test('commands about files run no chain unless told to', () => {
  expect(optionsOf('', 'off').settings.chain).toBe(false)
  expect(optionsOf('--chain on', 'off').settings.chain).toBe(true)
  expect(optionsOf('--chain off').settings.chain).toBe(false)
  expect(() => optionsOf('--chain-mode light', 'off')).toThrow('--chain-mode is of the chain; give --chain on as well.')
  expect(optionsOf('--chain on --chain-mode light', 'off').settings.chainMode).toBe('light')
})

test('everything of the chain and its miner, for this run', () => {
  const line =
    '--chain-listen 0.0.0.0:9533 --chain-peer a.example:1 --chain-peer [::1]:2 --mine-threads 0 --mine-address lshl1q --block-interval 250'
  expect(optionsOf(line, 'as-set', 'local')).toMatchObject({
    chainListen: { host: '0.0.0.0', port: 9533 },
    ...{ mineThreads: 0, mineAddress: 'lshl1q', blockInterval: 250 },
    settings: { network: 'local', chainPeers: ['a.example:1', '[::1]:2'], minerAddress: 'lshl1q' },
  })
})

test('offline: every host that the line names may be reached', () => {
  const line = '--offline --peer a.example:1 --bootstrap b.example:2 --chain-peer c.example:3 --chord-join d.example:4'
  const { allowedHosts, settings } = optionsOf(line)
  expect(allowedHosts).toEqual(['a.example', 'b.example', 'd.example', 'c.example'])
  expect(settings.networkConsent).toBeUndefined()
})

test('the ring: on or off, and hosts to begin with', () => {
  expect(optionsOf('--chord off').settings).toEqual({ networkConsent: 'granted', chord: 'off' })
  const { settings } = optionsOf('--chord on --chord-join ring.example:6881 --chord-join [::1]:2')
  expect(settings).toMatchObject({ chord: 'on', chordNodes: ['ring.example:6881', '[::1]:2'] })
  expect(() => optionsOf('--chord auto')).toThrow('--chord')
  expect(() => optionsOf('--chord-join ring.example')).toThrow('--chord-join')
})
