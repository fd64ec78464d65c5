/** Commands that run a node, on simulated machines and virtual time: nothing here waits for a real clock or a real port. */
import { beforeEach, describe, expect, test } from 'vitest'
import { chainThreads } from '../../simulation/chain.ts'
import type { SimulatedHost } from '../../simulation/host.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { simulatedVaults } from '../../simulation/vault.ts'
import { type Line, type Machine, type RunningLine, SAMPLE, start } from '../test-support.ts'

const HOUR = 3_600_000
const data = (size: number, seed: number) =>
  Uint8Array.from({ length: size }, (_, n) => (n * 31 + seed * 7 + (n >> 8)) & 0xff)
const SIZE = 900_000

let sim: Simulation
let desk: SimulatedHost
let laptop: SimulatedHost

const on = (host: SimulatedHost): Machine => ({
  host,
  makeFolder: (path) => host.files.put(`${path}/lock`, new Uint8Array()),
})
const json = (host: SimulatedHost, args: readonly string[], said?: (line: Line) => void) =>
  start(on(host), [...args, '--json'], said)
const ended = (running: RunningLine) => sim.within(HOUR, running.status)
const said = (running: RunningLine, name: string) =>
  sim.until(HOUR, () => running.lines.some(({ event }) => event === name), `the line ${name}`)

async function run(host: SimulatedHost, ...args: string[]) {
  const running = json(host, args)
  return { status: await ended(running), lines: running.lines, last: running.lines.at(-1) }
}

beforeEach(async () => {
  sim = new Simulation({ seed: 5, bandwidth: { up: 200_000, down: 200_000 } })
  desk = sim.host('desk', { threads: chainThreads, vaultProcesses: simulatedVaults })
  laptop = sim.host('laptop', { capacity: 4_000_000 })
  desk.files.put('/home/photos/a.bin', data(SIZE, 1))
  desk.files.put('/home/photos/sub/b.txt', data(5_000, 2))
  const made = await run(desk, 'create', 'photos', '-o', 'p.torrent', '--tracker', 'http://desk:6969/announce')
  expect(made.status).toBe(0)
  laptop.files.put('/home/p.torrent', desk.files.get('/home/p.torrent') as Uint8Array)
})

async function seedOnDesk(): Promise<RunningLine> {
  const seed = json(desk, ['seed', 'p.torrent', '--dir', '/home', '--listen', '0.0.0.0:6881'])
  await said(seed, 'ready')
  return seed
}

async function trackerOnDesk(): Promise<RunningLine> {
  const tracker = json(desk, ['tracker', '--http', '0.0.0.0:6969'])
  await said(tracker, 'ready')
  return tracker
}

async function stop(...all: RunningLine[]): Promise<void> {
  for (const running of all) {
    running.stop()
    expect(await ended(running)).toBe(0)
    expect(running.lines.at(-1)?.event).toBe('done')
  }
  await sim.stop()
}

describe('download', () => {
  test('finds the seed over the tracker; the last lines carry what scripts read; no record is left', async () => {
    const tracker = await trackerOnDesk()
    const seed = await seedOnDesk()
    const { status, lines, last } = await run(laptop, 'download', 'p.torrent', '--dir', '/in/photos here')
    expect(status).toBe(0)
    expect(last).toMatchObject({
      event: 'done',
      infoHash: expect.stringMatching(/^[0-9a-f]{40}$/),
      bytes: SIZE + 5_000,
    })
    expect(last?.seconds).toBeGreaterThan(4)
    const progress = lines.filter(({ event }) => event === 'progress')
    expect(progress.length).toBeGreaterThan(5)
    for (const line of progress)
      expect(line).toMatchObject({
        downloaded: expect.any(Number),
        total: SIZE + 5_000,
        downRate: expect.any(Number),
        peers: expect.any(Number),
      })
    expect(laptop.files.get('/in/photos here/photos/a.bin')).toEqual(data(SIZE, 1))
    expect(await sim.within(HOUR, laptop.files.list('/in/photos here'))).toEqual(['photos'])
    await stop(seed, tracker)
    expect(seed.lines.at(-1)).toMatchObject({ uploaded: SIZE + 5_000 })
  })

  test('gives up in time with 3, keeps what is there, and goes on with it', async () => {
    const seed = await seedOnDesk()
    const args = ['download', 'p.torrent', '--dir', '/in', '--peer', `${desk.address}:6881`]
    const first = await run(laptop, ...args, '--timeout', '3')
    expect(first).toMatchObject({ status: 3, last: { event: 'error', code: 'TIMED_OUT' } })
    const got = Math.max(...first.lines.map(({ downloaded }) => Number(downloaded ?? 0)))
    expect(got).toBeGreaterThan(0)
    const second = await run(laptop, ...args)
    expect(second.status).toBe(0)
    expect(Number(second.last?.downloaded)).toBeLessThanOrEqual(SIZE + 5_000 - got)
    expect(laptop.files.get('/in/photos/a.bin')).toEqual(data(SIZE, 1))
    await stop(seed)
  })

  test('Ctrl-C ends it with 1 and says that it goes on', async () => {
    const running = json(laptop, ['download', 'p.torrent', '--dir', '/in', '--offline'], ({ event }) => {
      if (event === 'progress') running.stop()
    })
    expect(await ended(running)).toBe(1)
    expect(running.lines.at(-1)).toMatchObject({ event: 'error', code: 'INTERRUPTED' })
    // Nothing had come: nothing is left.
    expect(await sim.within(HOUR, laptop.files.list('/in'))).toEqual([])
    await sim.stop()
  })

  test('a full disk ends it with its sentence and code', async () => {
    const seed = await seedOnDesk()
    laptop.files.put('/ballast', data(3_400_000, 3))
    const { status, last } = await run(
      laptop,
      'download',
      'p.torrent',
      '--dir',
      '/in',
      '--peer',
      `${desk.address}:6881`,
    )
    expect([status, last]).toEqual([1, expect.objectContaining({ event: 'error', code: 'DISK_FULL' })])
    await stop(seed)
  })

  test('--offline reaches a peer that is named, and nobody else', async () => {
    const tracker = await trackerOnDesk()
    const seed = await seedOnDesk()
    const alone = await run(laptop, 'download', 'p.torrent', '--dir', '/in', '--offline', '--timeout', '60')
    expect(alone).toMatchObject({ status: 3, last: { code: 'TIMED_OUT' } })
    const named = await run(laptop, 'download', 'p.torrent', '--dir', '/in', '--offline', '--peer', 'desk:6881')
    expect(named.status).toBe(0)
    await stop(seed, tracker)
  })

  test('files of others stay as they are', async () => {
    laptop.files.put('/in/photos/a.bin', data(SIZE, 9))
    const { status, last } = await run(laptop, 'download', 'p.torrent', '--dir', '/in', '--timeout', '9')
    expect([status, last]).toEqual([1, expect.objectContaining({ event: 'error', code: 'FILES_EXIST' })])
    expect(last?.message).toContain('photos/a.bin')
    expect(laptop.files.get('/in/photos/a.bin')).toEqual(data(SIZE, 9))
    await sim.stop()
  })

  test('into a profile that has it in another folder: refused', async () => {
    const args = ['download', 'p.torrent', '--profile', '/profile', '--timeout', '2', '--offline']
    expect((await run(laptop, ...args, '--dir', '/in')).status).toBe(3)
    const { status, last } = await run(laptop, ...args, '--dir', '/elsewhere')
    expect([status, last]).toEqual([1, expect.objectContaining({ code: 'OTHER_FOLDER' })])
    await sim.stop()
  })
})

describe('seed', () => {
  test('refuses what is not complete, and writes nothing', async () => {
    laptop.files.put('/in/photos/a.bin', data(SIZE, 1))
    const { status, last } = await run(laptop, 'seed', 'p.torrent', '--dir', '/in')
    expect([status, last]).toEqual([1, expect.objectContaining({ event: 'error', code: 'INCOMPLETE' })])
    expect(await sim.within(HOUR, laptop.files.list('/in/photos'))).toEqual(['a.bin'])
    await sim.stop()
  })

  test('a port that is taken', async () => {
    const seed = await seedOnDesk()
    const { status, last } = await run(desk, 'daemon', '--profile', '/profile', '--listen', '0.0.0.0:6881')
    expect([status, last]).toEqual([1, expect.objectContaining({ code: 'CANNOT_LISTEN' })])
    await stop(seed)
  })
})

describe('a daemon and its commands', () => {
  const PROFILE = ['--profile', '/profile']

  test('torrents and settings over the local socket', async () => {
    const daemon = json(desk, ['daemon', ...PROFILE, '--offline', '--listen', '127.0.0.1:0'])
    await said(daemon, 'ready')
    const added = await run(desk, 'torrents', 'add', 'p.torrent', '--dir', '/home', '--use-existing', ...PROFILE)
    const id = String(added.last?.id)
    expect(added.status).toBe(0)
    const listed = await run(desk, 'torrents', 'list', ...PROFILE)
    expect(listed.lines).toMatchObject([
      { event: 'row', id, name: 'photos', state: 'seeding' },
      { event: 'done', torrents: 1 },
    ])
    const table = start(on(desk), ['torrents', 'list', ...PROFILE])
    expect(await ended(table)).toBe(0)
    expect(table.text.stdout).toMatch(
      /^ID +STATE +DONE +SIZE +DOWN +UP +PEERS +NAME\n[0-9a-f]{8} +seeding +100 % +905 kB/,
    )

    for (const [word, state] of [
      ['pause', 'paused'],
      ['resume', 'seeding'],
      ['recheck', 'seeding'],
    ] as const) {
      expect((await run(desk, 'torrents', word, id.slice(0, 5), ...PROFILE)).last).toEqual({
        event: 'done',
        id,
        ids: [id],
      })
      await sim.run(5_000)
      expect((await run(desk, 'torrents', 'info', id, ...PROFILE)).last).toMatchObject({
        event: 'done',
        id,
        state,
        fileCount: 2,
      })
    }
    expect((await run(desk, 'settings', 'set', 'uploadSlots', '8', ...PROFILE)).last).toEqual({
      event: 'done',
      uploadSlots: 8,
    })
    expect((await run(desk, 'settings', 'get', ...PROFILE)).last).toMatchObject({
      event: 'done',
      uploadSlots: 8,
      theme: 'system',
    })
    expect((await run(desk, 'torrents', 'remove', id, ...PROFILE)).status).toBe(0)
    expect((await run(desk, 'torrents', 'list', ...PROFILE)).last).toEqual({ event: 'done', torrents: 0 })
    expect(desk.files.get('/home/photos/a.bin')).toEqual(data(SIZE, 1))
    await stop(daemon)
  })

  test('where nothing runs, the sentence says what to start', async () => {
    const { status, last } = await run(desk, 'torrents', 'list', ...PROFILE)
    expect([status, last?.code]).toEqual([1, 'NOT_RUNNING'])
    expect(last?.message).toContain('shoal daemon --profile "/profile"')
    await sim.stop()
  })

  test.each([
    [['torrents', 'explode']],
    [['torrents', 'add']],
    [['torrents', 'info', 'a', 'b']],
    [['torrents', 'select', 'a']],
    [['torrents', 'select', 'a', '--files', '3-1']],
    [['torrents', 'magnet']],
    [['peers', 'list', 'a']],
    [['peers', 'ban']],
    [['overlay', 'pastry', 'info']],
    [['overlay', 'kademlia', 'lookup', 'abc']],
    [['overlay', 'kademlia', 'put']],
    [['overlay', 'kademlia', 'put', 'x', '--seq', '1']],
    [['overlay', 'kademlia', 'get']],
    [['daemon', '--dht', 'maybe']],
    [['daemon', '--bootstrap', 'router']],
    [['daemon', '--local-discovery', 'yes']],
    [['daemon', '--network', 'bitcoin']],
    [['daemon', '--chain', 'maybe']],
    [['daemon', '--chain-mode', 'full']],
    [['daemon', '--chain-listen', '9533']],
    [['daemon', '--chain-peer', 'somebody']],
    [['daemon', '--chain', 'off', '--mine-threads', '1']],
    [['daemon', '--mine-threads', '257']],
    [['daemon', '--mine-address', '']],
    [['daemon', '--block-interval', '0']],
    [['daemon', '--network', 'main', '--block-interval', '100']],
    [['seed', 'p.torrent', '--dir', '/home', '--chain-peer', 'desk:9533']],
    [['settings', 'set', 'colour', 'red']],
    [['settings', 'set', 'uploadSlots', '1']],
    [['settings', 'set', 'uploadSlots']],
    [['settings', 'forget']],
  ])('%j is wrong usage', async (args) => {
    expect(await run(desk, ...args)).toMatchObject({ status: 2, last: { event: 'error', code: 'USAGE' } })
    await sim.stop()
  })
})

test.each([
  ['uploadSlots', '1', 'it is at least 2'],
  ['chainListenPort', '70000', 'it is at most 65535'],
  ['chainKeepBlocks', 'abc', 'it is a whole number'],
  ['chainMode', 'blue', 'it is one of archive, pruned, light'],
  ['minerPausesOnBattery', 'maybe', 'it is true or false'],
])('settings set %s %s says what it can be: %s', async (name, value, what) => {
  const { last } = await run(desk, 'settings', 'set', name, value)
  expect(last?.message).toBe(`"${value}" cannot be the value of ${name}; ${what}.`)
  await sim.stop()
})

describe('a daemon with a chain', () => {
  const ADDRESS = 'lshl1qqurswpc8qurswpc8qurswpc8qurswpc83lqrqw'
  const args = ['daemon', '--profile', '/profile', '--network', 'local', '--local-discovery', 'off']
  const listening = ['--listen', '0.0.0.0:6881', '--chain-listen', '0.0.0.0:29533']

  test('says where it listens, mines as told, and is followed by another', async () => {
    const mill = sim.host('mill', { threads: chainThreads })
    const barn = sim.host('barn', { threads: chainThreads })
    const mining = ['--mine-threads', '1', '--mine-address', ADDRESS, '--block-interval', '1000']
    const miner = json(mill, [...args, ...listening, ...mining])
    await said(miner, 'ready')
    expect(miner.lines[0]).toMatchObject({ event: 'ready', chainListen: '0.0.0.0:29533', profile: '/profile' })
    const peer = ['--offline', '--chain-peer', `${mill.address}:29533`]
    const follower = json(barn, [...args, ...listening, ...peer])
    await said(follower, 'ready')
    await sim.run(20_000)
    expect((await run(mill, 'miner', 'stop', '--profile', '/profile')).last).toMatchObject({ running: false })
    await sim.run(5_000)
    const { last: theirs } = await run(mill, 'chain', 'info', '--profile', '/profile')
    const { last: ours } = await run(barn, 'chain', 'info', '--profile', '/profile')
    expect(Number(theirs?.height)).toBeGreaterThan(10)
    expect(ours).toMatchObject({ height: theirs?.height, tip: theirs?.tip, network: 'local' })
    await stop(miner, follower)
  })

  test('who asks for mining without an address of the network is refused', async () => {
    const mill = sim.host('mill', { threads: chainThreads })
    for (const more of [[], ['--mine-address', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4']]) {
      const { status, last } = await run(mill, ...args, ...listening, '--mine-threads', '1', ...more)
      expect([status, last]).toEqual([1, expect.objectContaining({ event: 'error', code: 'NOT_MINING' })])
    }
    await sim.stop()
  })

  test('a port of the chain that is taken', async () => {
    const mill = sim.host('mill', { threads: chainThreads })
    const first = json(mill, [...args, ...listening])
    await said(first, 'ready')
    const again = ['--profile', '/other', '--listen', '0.0.0.0:6882', '--chain-listen', '0.0.0.0:29533']
    const { status, last } = await run(mill, 'daemon', '--network', 'local', '--local-discovery', 'off', ...again)
    expect([status, last]).toEqual([1, expect.objectContaining({ code: 'CANNOT_LISTEN' })])
    expect(last?.message).toContain('--chain-listen')
    await stop(first)
  })
})

describe('demo', () => {
  test('steps in order, all files the same, nothing left', async () => {
    desk.files.put(`${SAMPLE}/x.bin`, data(300_000, 4))
    desk.files.put(`${SAMPLE}/deep/y.bin`, data(10, 5))
    const { status, lines, last } = await run(desk, 'demo')
    expect([status, last]).toEqual([0, expect.objectContaining({ event: 'done', files: 2, bytes: 300_010 })])
    const steps = lines.filter(({ event }) => event === 'step').map(({ step }) => step)
    expect(steps).toEqual([
      ...['start-receiver', 'start-sender', 'create', 'announce', 'magnet', 'metadata', 'download', 'compare'],
      ...['wallet-sender', 'wallet-receiver', 'mine', 'send', 'pending', 'confirmed', 'block'],
    ])
    expect(await sim.within(HOUR, desk.files.list('/tmp'))).toEqual([])
    await sim.stop()
  })

  test('Ctrl-C at any step: ends with 1, nothing left', async () => {
    desk.files.put(`${SAMPLE}/x.bin`, data(300_000, 4))
    for (const at of [
      'start-receiver',
      'start-sender',
      'create',
      'announce',
      'magnet',
      'wallet-sender',
      'mine',
      'send',
    ]) {
      const running = json(desk, ['demo'], ({ step }) => {
        if (step === at) running.stop()
      })
      expect(await ended(running)).toBe(1)
      expect(running.lines.at(-1)).toMatchObject({ event: 'error', code: 'INTERRUPTED' })
      expect(await sim.within(HOUR, desk.files.list('/tmp')), at).toEqual([])
    }
    await sim.stop()
  })

  test('a path that is not there', async () => {
    expect(await run(desk, 'demo', 'gone')).toMatchObject({ status: 1, last: { event: 'error', code: 'NOT_FOUND' } })
    await sim.stop()
  })
})
