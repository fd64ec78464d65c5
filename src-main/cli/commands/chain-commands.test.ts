/** `chain`, `miner` and `peers chain` against a served contract with set answers. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SimulatedHost } from '../../simulation/host.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { ADDRESS, FakeChain, HASH, INFO, TXID } from '../chain-fakes.ts'
import { stateText } from '../chain-text.ts'
import { type Line, type RunningLine, start } from '../test-support.ts'

const HOUR = 3_600_000
const PROFILE = ['--profile', '/profile']

let sim: Simulation
let desk: SimulatedHost
let fake: FakeChain
let close: () => Promise<void>

beforeEach(async () => {
  sim = new Simulation({ seed: 3 })
  desk = sim.host('desk')
  desk.files.put('/profile/lock', new Uint8Array())
  fake = new FakeChain()
  close = await sim.within(HOUR, fake.serve(desk, '/profile'))
})

afterEach(async () => {
  await sim.within(HOUR, close())
  await sim.stop()
})

const machine = () => ({ host: desk, makeFolder: (path: string) => desk.files.put(`${path}/lock`, new Uint8Array()) })
const json = (args: readonly string[], said?: (line: Line) => void) =>
  start(machine(), [...args, ...PROFILE, '--json'], said)
const ended = (running: RunningLine) => sim.within(HOUR, running.status)

async function run(...args: string[]): Promise<{ status: number; lines: Line[]; last: Line }> {
  const running = json(args)
  return { status: await ended(running), lines: running.lines, last: running.lines.at(-1) as Line }
}

async function text(...args: string[]): Promise<string> {
  const running = start(machine(), [...args, ...PROFILE])
  expect(await ended(running)).toBe(0)
  return running.text.stdout
}

describe('chain, read', () => {
  test('info carries what scripts read, amounts as text in SHL', async () => {
    const { last } = await run('chain', 'info')
    expect(last).toMatchObject({ event: 'done', height: 1_234, tip: HASH, headers: 1_234, peers: 3, mode: 'archive' })
    expect(last).toMatchObject({ work: '9a4', network: 'local', supply: '61700.00000001' })
    expect(await text('chain', 'info')).toMatch(
      /^network +local\nstate +up to date\nmode +archive\nheight +1,234\ntip +abab/,
    )
  })

  test('the first block alone, with nobody to hear of others from, is not called up to date', () => {
    expect(stateText({ state: 'synced', height: 0, peers: 0 })).toBe('no peers yet')
    for (const [height, peers] of [
      [0, 1],
      [1, 0],
    ] as const)
      expect(stateText({ state: 'synced', height, peers })).toBe('up to date')
    expect(stateText({ state: 'off', height: 0, peers: 0 })).toBe('off')
  })

  test('info of a chain that catches up says how far it is', async () => {
    const progress = { done: 617, total: 1_234, rate: 100, remaining: 6.17 }
    fake.set({ state: 'initial-sync', height: 617, progress })
    expect(await text('chain', 'info')).toMatch(
      /progress +\[#+·+\] 50\.0 % {2}617 of 1,234 blocks {2}100\/s {2}6 s left\n/,
    )
  })

  test('info of a chain that is not open says why, and no numbers', async () => {
    const nothing = { height: 0, tip: '0'.repeat(64), tipTime: 0, difficulty: 0, work: '0', diskBytes: 0 }
    fake.set({ ...nothing, state: 'failed', notice: 'The disk is full.' })
    expect(await text('chain', 'info')).toBe(
      'network        local\nstate          not open\nmode           archive\nnotice         The disk is full.\n',
    )
  })

  test('a block by height and by hash, with its transactions; its text cannot steer a terminal', async () => {
    const { lines, last } = await run('chain', 'block', '7')
    expect(lines[0]).toMatchObject({ event: 'row', id: TXID, fee: '0.0000141' })
    expect(last).toMatchObject({ event: 'done', id: HASH, reward: '50.0000141', bits: '207fffff' })
    await run('chain', 'block', HASH.toUpperCase(), '--offset', '3', '--limit', '9')
    expect(fake.calls).toEqual([
      ['block', { id: 7 }],
      ['blockTransactions', { hash: HASH, offset: 0, limit: 25 }],
      ['block', { id: HASH }],
      ['blockTransactions', { hash: HASH, offset: 3, limit: 9 }],
    ])
    const shown = await text('chain', 'block', '7')
    expect(shown).toContain('says           hi [31m')
    expect(shown).not.toContain('\u001b')
  })

  test('blocks, headers, a transaction, an address, the mempool', async () => {
    expect((await run('chain', 'blocks', '9', '--limit', '3')).last).toEqual({ event: 'done', rows: 1 })
    expect((await run('chain', 'headers', '5')).lines[0]).toMatchObject({ event: 'row', height: 5, bits: '207fffff' })
    // The newest two, where nothing is said.
    expect((await run('chain', 'headers', '--limit', '2')).lines[0]).toMatchObject({ height: 1_233 })
    expect((await run('chain', 'tx', TXID)).last).toMatchObject({ value: '49.9999859', from: [{ value: '50' }] })
    expect((await run('chain', 'address', ADDRESS)).last).toMatchObject({
      ...{ balance: '1.5', unconfirmed: '-0.00000001', history: [{ delta: '-0.0000141' }] },
    })
    expect((await run('chain', 'mempool')).last).toMatchObject({ event: 'done', transactions: 1, fees: '0.0000141' })
    expect(fake.calls.slice(0, 2)).toEqual([
      ['blocks', { from: 9, limit: 3 }],
      ['headers', { from: 5, limit: 20 }],
    ])
  })

  test('pages for people', async () => {
    expect(await text('chain', 'blocks')).toMatch(
      /^HEIGHT +HASH +TIME +TXS +SIZE +REWARD +MINER\n +7 +abab.* 50\.0000141/,
    )
    const shown = await text('chain', 'tx', TXID)
    expect(shown).toMatch(/\nFrom \(1\)\n {2}lshl1qexample {2}50 SHL {2}of abababab…abababab:0\n/)
    expect(shown).toMatch(/\nTo \(2\)\n {2}lshl1qexample {2}49\.9999859 SHL\n {2}OP_RETURN {2}0 SHL {2}“note”\n/)
    expect(await text('chain', 'address', ADDRESS)).toMatch(
      /\nknown +only from block 900 on: older ones are not kept\n/,
    )
    expect(await text('chain', 'mempool')).toMatch(/FROM +TXS +VIRTUAL BYTES\n +10 +1 +141/)
    expect(await text('chain', 'headers', '5')).toMatch(/^HEIGHT +HASH/)
    expect(await text('chain', 'search', 'x')).toBe(`transaction ${TXID}\nSee: shoal chain tx ${TXID}\n`)
  })

  test('another network than the one that runs is refused by name', async () => {
    expect((await run('chain', 'info', '--network', 'local')).status).toBe(0)
    const { status, last } = await run('chain', 'info', '--network', 'main')
    expect([status, last.code]).toEqual([1, 'OTHER_NETWORK'])
    expect(last.message).toContain('runs the network local, not main')
  })
})

describe('chain, changed', () => {
  test('connect and submit; a refusal keeps its code', async () => {
    expect((await run('chain', 'connect', '[::1]:9533')).last).toEqual({ event: 'done', endpoint: '[::1]:9533' })
    expect(fake.calls).toEqual([['connect', { endpoint: '[::1]:9533' }]])
    expect((await run('chain', 'submit', '02ab')).last).toEqual({ event: 'done', txid: TXID })
    expect(await run('chain', 'submit', 'ff')).toMatchObject({ status: 1, last: { code: 'TRANSACTION_REFUSED' } })
  })

  test('rebuild is followed to its end', async () => {
    const rebuilding = json(['chain', 'rebuild'])
    const progress = (done: number) => rebuilding.lines.some((line) => line.done === done)
    await sim.until(HOUR, () => fake.calls.some(([name]) => name === 'headers'), 'the rebuild')
    // Lines of progress keep a distance.
    await sim.run(1_000)
    fake.set({ progress: { done: 600, total: 1_234, rate: 50 } })
    await sim.until(HOUR, () => progress(600), 'progress')
    expect(rebuilding.lines.at(-1)).toMatchObject({ event: 'progress', total: 1_234, rate: 50 })
    fake.set({ state: 'synced', progress: undefined })
    expect(await ended(rebuilding)).toBe(0)
    expect(rebuilding.lines.at(-1)).toEqual({ event: 'done', height: 1_234, tip: HASH, state: 'synced' })
  })

  test('rebuild is followed to its end, also where it begins before anything else can be asked', async () => {
    fake.refusesWhileRebuilding = true
    const rebuilding = json(['chain', 'rebuild'])
    await sim.until(HOUR, () => fake.calls.some(([name]) => name === 'headers'), 'the rebuild')
    await sim.run(1_000)
    expect(rebuilding.lines.every(({ event }) => event === 'progress')).toBe(true)
    fake.set({ state: 'synced', progress: undefined })
    expect(await ended(rebuilding)).toBe(0)
    expect(rebuilding.lines.at(-1)).toEqual({ event: 'done', height: 1_234, tip: HASH, state: 'synced' })
  })

  test('Ctrl-C leaves a rebuild running and says so', async () => {
    const rebuilding = json(['chain', 'rebuild'])
    await sim.until(HOUR, () => fake.calls.some(([name]) => name === 'headers'), 'the rebuild')
    rebuilding.stop()
    expect(await ended(rebuilding)).toBe(1)
    expect(rebuilding.lines.at(-1)).toMatchObject({ event: 'error', code: 'INTERRUPTED' })
    expect(rebuilding.lines.at(-1)?.message).toContain('goes on by itself')
    expect(fake.info.state).toBe('rebuilding')
    fake.set({ state: 'synced' })
  })

  test('a rebuild that fails says why', async () => {
    const rebuilding = json(['chain', 'rebuild'])
    await sim.until(HOUR, () => fake.calls.some(([name]) => name === 'headers'), 'the rebuild')
    fake.set({ state: 'failed', notice: 'The disk is broken; replace it.' })
    expect(await ended(rebuilding)).toBe(1)
    const message = 'The disk is broken; replace it.'
    expect(rebuilding.lines.at(-1)).toEqual({ event: 'error', code: 'REBUILD_FAILED', message })
  })

  test('mode: shown; its cost said first; --yes only where something is lost', async () => {
    expect((await run('chain', 'mode')).last).toMatchObject({ event: 'done', mode: 'archive' })
    const refused = await run('chain', 'mode', 'pruned')
    expect(refused).toMatchObject({ status: 1, last: { event: 'error', code: 'NOT_CONFIRMED' } })
    expect(refused.lines[0]).toMatchObject({ event: 'cost', mode: 'pruned', statement: 'Older blocks are removed.' })
    expect(fake.calls.some(([name]) => name === 'setMode')).toBe(false)
    const changed = await run('chain', 'mode', 'pruned', '--yes')
    expect(changed.last).toMatchObject({ event: 'done', mode: 'pruned', before: 'archive', frees: 2_000_000 })
    expect(fake.calls.at(-1)).toEqual(['setMode', { mode: 'pruned' }])
    fake.cost = { statement: 'It costs nothing.', frees: 0, downloadBlocks: 0 }
    expect(await text('chain', 'mode', 'light')).toBe('It costs nothing.\nThe mode is light.\n')
    fake.cost = { statement: 'Blocks are downloaded.', frees: 0, downloadBlocks: 5 }
    expect((await run('chain', 'mode', 'archive')).status).toBe(0)
    expect(fake.calls.filter(([name]) => name === 'setMode')).toHaveLength(2)
  })
})

describe('miner', () => {
  test('start, status, stop', async () => {
    const wish = ['--threads', '2', '--share', '75', '--address', ADDRESS]
    const started = await run('miner', 'start', ...wish)
    expect(started.last).toMatchObject({
      event: 'done',
      running: true,
      hashesPerSecond: 5_500_000,
      kernel: 'JavaScript',
    })
    expect(fake.calls).toEqual([['start', { threads: 2, share: 75, address: ADDRESS }]])
    expect((await run('miner', 'status')).last).toMatchObject({ running: true, blocksFound: 2, immature: '100' })
    expect(await text('miner', 'status')).toMatch(/^state +mining\nkernel +JavaScript\nthreads +1 of 4, 50 % of each\n/)
    fake.miner = { ...fake.miner, state: 'paused', pausedBecause: 'battery' }
    expect(await text('miner', 'status')).toMatch(/^state +paused on battery\n/)
    expect((await run('miner', 'status')).last).toMatchObject({ running: false, state: 'paused' })
    expect((await run('miner', 'stop')).last).toMatchObject({ event: 'done', running: false })
  })

  test('generate', async () => {
    const { last } = await run('miner', 'generate', '3', '--address', ADDRESS)
    expect(last).toEqual({ event: 'done', blocks: [HASH, HASH, HASH], height: INFO.height, tip: HASH })
    expect(fake.calls).toEqual([['generate', { blocks: 3, address: ADDRESS }]])
  })

  test('generate to a wallet says what is to be known of it', async () => {
    fake.miner = { ...fake.miner, notice: 'Its words have not been confirmed.' }
    expect((await run('miner', 'generate', '1')).last).toMatchObject({ notice: 'Its words have not been confirmed.' })
    expect((await run('miner', 'generate', '1', '--address', ADDRESS)).last).not.toHaveProperty('notice')
  })

  test('many blocks are asked for in parts, with progress', async () => {
    const { lines, last } = await run('miner', 'generate', '120')
    expect(fake.calls.map(([, args]) => args)).toEqual([{ blocks: 50 }, { blocks: 50 }, { blocks: 20 }])
    expect(lines[0]).toMatchObject({ event: 'progress', done: 50, total: 120 })
    expect(last.blocks).toHaveLength(120)
  })

  test('Ctrl-C ends it between two parts and says how many blocks there are', async () => {
    const running = json(['miner', 'generate', '120'], ({ event }) => {
      if (event === 'progress') running.stop()
    })
    expect(await ended(running)).toBe(1)
    expect(running.lines.at(-1)).toMatchObject({ event: 'error', code: 'INTERRUPTED' })
    expect(running.lines.at(-1)?.message).toContain('50 of 120 blocks were made')
    expect(fake.calls).toHaveLength(1)
  })
})

test('peers chain lists the peers of the chain', async () => {
  const { lines, last } = await run('peers', 'chain')
  expect(lines[0]).toMatchObject({ event: 'row', id: '127.0.0.1:29533', userAgent: '/Shoal:9.9/' })
  expect(last).toEqual({ event: 'done', rows: 1 })
  expect(await text('peers', 'chain')).toMatch(/^ADDRESS +DIRECTION +STATE +AGENT +HEIGHT +PING/)
})

test('peers disconnect finds the peers of the chain too, by address and by host, each once', async () => {
  const { lines, last } = await run('peers', 'disconnect', '127.0.0.1:29533', '127.0.0.1')
  expect(lines[0]).toMatchObject({ event: 'disconnected', id: '127.0.0.1:29533', address: '127.0.0.1:29533' })
  expect(last).toEqual({ event: 'done', disconnected: 1 })
  expect(fake.calls).toEqual([['disconnect', { id: '127.0.0.1:29533' }]])
  expect(await run('peers', 'disconnect', '127.0.0.1:1')).toMatchObject({
    ...{ status: 1, last: { code: 'NO_SUCH_PEER' } },
  })
})

test.each([
  [['chain']],
  [['chain', 'explode']],
  [['chain', 'info', 'x']],
  [['chain', 'block']],
  [['chain', 'block', 'abc']],
  [['chain', 'block', '99999999999']],
  [['chain', 'tx', '3f']],
  [['chain', 'address']],
  [['chain', 'address', '']],
  [['chain', 'search', ' ']],
  [['chain', 'blocks', '--limit', '-1']],
  [['chain', 'headers', '-1']],
  [['chain', 'headers', '--limit', '2001']],
  [['chain', 'blocks', '--limit', '0']],
  [['chain', 'blocks', '--yes']],
  [['chain', 'connect', 'nowhere']],
  [['chain', 'connect', 'host:0']],
  [['chain', 'submit', 'abc']],
  [['chain', 'mode', 'full']],
  [['chain', 'mode', '--yes']],
  [['miner', 'dig']],
  [['miner', 'start', '5']],
  [['miner', 'start', '--threads', '0']],
  [['miner', 'start', '--share', '101']],
  [['miner', 'stop', '--threads', '1']],
  [['miner', 'generate']],
  [['miner', 'generate', '10001']],
  [['miner', 'generate', '1', '--address', '']],
  [['peers', 'chain', 'x']],
])('%j is wrong usage, and nothing is asked', async (args) => {
  expect(await run(...args)).toMatchObject({ status: 2, last: { event: 'error', code: 'USAGE' } })
  expect(fake.calls).toEqual([])
})
