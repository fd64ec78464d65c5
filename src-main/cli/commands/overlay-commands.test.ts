/** `overlay`, `peers` and magnets on simulated machines that make up a DHT of their own. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { SimulatedHost } from '../../simulation/host.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { type Line, type Machine, type RunningLine, start } from '../test-support.ts'

const HOUR = 3_600_000
const SIZE = 300_000
const data = Uint8Array.from({ length: SIZE }, (_, n) => (n * 31 + (n >> 8)) & 0xff)
const PROFILE = ['--profile', '/profile']

let sim: Simulation
let desk: SimulatedHost
let laptop: SimulatedHost
let daemons: RunningLine[]

const on = (host: SimulatedHost): Machine => ({
  host,
  makeFolder: (path) => host.files.put(`${path}/lock`, new Uint8Array()),
})
const json = (host: SimulatedHost, args: readonly string[]) => start(on(host), [...args, '--json'])
const ended = (running: RunningLine) => sim.within(HOUR, running.status)

async function run(host: SimulatedHost, ...args: string[]): Promise<{ status: number; lines: Line[]; last: Line }> {
  const running = json(host, args)
  return { status: await ended(running), lines: running.lines, last: running.lines.at(-1) as Line }
}
const overlay = (host: SimulatedHost, ...args: string[]) => run(host, 'overlay', 'kademlia', ...args, ...PROFILE)
const ring = (host: SimulatedHost, ...args: string[]) => run(host, 'overlay', 'chord', ...args, ...PROFILE)

async function daemon(host: SimulatedHost, ...more: string[]): Promise<Line> {
  const args = ['daemon', ...PROFILE, '--listen', '0.0.0.0:6881', '--dht', 'on', '--local-discovery', 'off', ...more]
  const running = json(host, args)
  daemons.push(running)
  await sim.until(HOUR, () => running.lines.some(({ event }) => event === 'ready'), 'the daemon')
  return running.lines.find(({ event }) => event === 'ready') as Line
}

beforeEach(async () => {
  sim = new Simulation({ seed: 8, bandwidth: { up: 200_000, down: 200_000 } })
  desk = sim.host('desk')
  laptop = sim.host('laptop')
  daemons = []
  laptop.files.put('/home/notes.txt', new Uint8Array(3))
  const ready = await daemon(desk)
  expect(ready.nodeId).toMatch(/^[0-9a-f]{40}$/)
  await daemon(laptop, '--bootstrap', `${desk.address}:6881`)
  await sim.run(30_000)
})

async function stopAll(): Promise<void> {
  for (const running of daemons) {
    running.stop()
    expect(await ended(running)).toBe(0)
  }
  await sim.stop()
}

describe('overlay kademlia', () => {
  test('info, for programs and for people', async () => {
    const { last } = await overlay(laptop, 'info')
    expect(last).toMatchObject({ event: 'done', state: 'running', mode: 'on' })
    expect((last.nodes as readonly object[])[0]).toMatchObject({ phase: 'joined', serving: true, nodes: 1, family: 4 })
    const text = start(on(laptop), ['overlay', 'kademlia', 'info', ...PROFILE])
    expect(await ended(text)).toBe(0)
    expect(text.text.stdout).toMatch(/^node +[0-9a-f]{40}\nlistens +0\.0\.0\.0:6881.*\nphase +joined\nserves +yes\n/)
    await stopAll()
  })

  test('lookup, announce and peers carry what scripts read', async () => {
    const key = 'ab'.repeat(20)
    const looked = await overlay(laptop, 'lookup', key.toUpperCase())
    expect(looked.last).toMatchObject({ target: key, hops: 1, timeouts: 0, path: [`${desk.address}:6881`] })
    expect(looked.last.closest).toHaveLength(1)
    expect((await overlay(laptop, 'announce', key, '--port', '4242')).last).toMatchObject({ target: key, stored: 1 })
    const { last } = await overlay(laptop, 'peers', key)
    expect(last).toMatchObject({ event: 'done', peers: [`${laptop.address}:4242`] })
    await stopAll()
  })

  test('put and get: by hash, and signed with a key that is made and kept', async () => {
    const put = await overlay(laptop, 'put', 'hello')
    expect(put.last).toMatchObject({ event: 'done', value: 'hello', stored: 1 })
    expect((await overlay(desk, 'get', String(put.last.target))).last).toMatchObject({ value: 'hello' })

    const sign = ['--key-file', 'my.key', '--salt', 'greeting']
    const first = await overlay(laptop, 'put', 'one', ...sign)
    expect(first.last).toMatchObject({ value: 'one', seq: '1', publicKey: expect.stringMatching(/^[0-9a-f]{64}$/) })
    const second = await overlay(laptop, 'put', 'two', ...sign)
    expect(second.last).toMatchObject({
      value: 'two',
      seq: '2',
      publicKey: first.last.publicKey,
      target: first.last.target,
    })
    const got = await overlay(desk, 'get', '--public-key', String(first.last.publicKey), '--salt', 'greeting')
    expect(got.last).toMatchObject({ event: 'done', value: 'two', seq: '2', target: first.last.target })
    const stale = await overlay(laptop, 'put', 'old', ...sign, '--seq', '1')
    expect(stale).toMatchObject({ status: 1, last: { event: 'error' } })
    await stopAll()
  })

  test('what is not there, and a key file that is none', async () => {
    expect(await overlay(laptop, 'get', '00'.repeat(20))).toMatchObject({ status: 1, last: { code: 'NOT_FOUND' } })
    laptop.files.put('/home/no.key', new TextEncoder().encode('secret'))
    expect(await overlay(laptop, 'put', 'x', '--key-file', 'no.key')).toMatchObject({
      ...{ status: 1, last: { code: 'BAD_KEY_FILE' } },
    })
    await stopAll()
  })
})

describe('overlay chord', () => {
  /** Each is named by where it listens, so that its address is known; the first begins the ring. */
  async function twoOnARing(): Promise<void> {
    await stopAll()
    sim = new Simulation({ seed: 9 })
    desk = sim.host('desk')
    laptop = sim.host('laptop')
    daemons = []
    const given = (host: SimulatedHost) => ['--listen', `${host.address}:6881`, '--dht', 'off', '--chain', 'off']
    await daemon(desk, ...given(desk))
    await daemon(laptop, ...given(laptop), '--chord-join', `${desk.address}:6881`)
    const hosts = async () => (await ring(laptop, 'info')).last.hosts as readonly { readonly contacts: unknown[] }[]
    for (let tries = 0; tries < 20 && (await hosts())[0]?.contacts.length === 0; tries++) await sim.run(5_000)
    await sim.run(30_000)
  }

  test('info, for programs and for people', async () => {
    await twoOnARing()
    const { last } = await ring(laptop, 'info')
    expect(last).toMatchObject({ event: 'done', state: 'running', hosts: [{ phase: 'member', family: 4 }] })
    const text = start(on(laptop), ['overlay', 'chord', 'info', ...PROFILE])
    expect(await ended(text)).toBe(0)
    expect(text.text.stdout).toMatch(
      /^listens +\d.*:6881.*\nphase +member\nring +about \d+ places in all, 1 other host/,
    )
    expect(text.text.stdout).toMatch(/\nplace +[0-9a-f]{40} {2}slot \d+, member, \d+ keys?, \d+ successors?/)
    await stopAll()
  })

  test('lookups in both manners, peers and values carry what scripts read', async () => {
    await twoOnARing()
    const key = 'ab'.repeat(20)
    const looked = await ring(laptop, 'lookup', key)
    expect(looked.last).toMatchObject({ event: 'done', target: key, timeouts: 0, requests: expect.any(Number) })
    const passed = await ring(laptop, 'lookup', key, '--recursive')
    expect((passed.last.closest as object[])[0]).toEqual((looked.last.closest as object[])[0])
    const announced = await ring(laptop, 'announce', key, '--port', '4242')
    expect(Number(announced.last.stored)).toBeGreaterThan(0)
    expect((await ring(desk, 'peers', key)).last).toMatchObject({ peers: [`${laptop.address}:4242`] })
    const put = await ring(laptop, 'put', 'hello', '--keep')
    expect(put.last).toMatchObject({ event: 'done', value: 'hello' })
    expect((await ring(desk, 'get', String(put.last.target))).last).toMatchObject({ value: 'hello' })
    expect(await ring(desk, 'get', '00'.repeat(20))).toMatchObject({ status: 1, last: { code: 'NOT_FOUND' } })
    expect(await overlay(desk, 'lookup', key)).toMatchObject({ status: 1, last: { code: 'OVERLAY_OFF' } })
    expect(await overlay(desk, 'lookup', key, '--recursive')).toMatchObject({ status: 2, last: { code: 'USAGE' } })
    await stopAll()
  })
})

test('a magnet goes from one Shoal to the other; peers are listed, disconnected, banned', async () => {
  desk.files.put('/home/photos.bin', data)
  expect((await run(desk, 'create', 'photos.bin', '-o', 'p.torrent')).status).toBe(0)
  const { last: seeded } = await run(
    desk,
    'torrents',
    'add',
    'p.torrent',
    '--dir',
    '/home',
    '--use-existing',
    ...PROFILE,
  )
  const id = String(seeded.id)
  await sim.run(60_000)
  const { last } = await run(desk, 'torrents', 'magnet', id.slice(0, 6), ...PROFILE)
  expect(last.magnet).toMatch(new RegExp(`^magnet:\\?xt=urn:btih:${id}`))
  expect((await run(laptop, 'torrents', 'add', String(last.magnet), '--dir', '/in', ...PROFILE)).last).toMatchObject({
    id,
  })
  await sim.run(1_000)
  const { last: info } = await run(laptop, 'torrents', 'info', id, ...PROFILE)
  expect(['fetching-metadata', 'checking', 'downloading', 'seeding']).toContain(info.state)
  await sim.until(HOUR, () => laptop.files.get('/in/photos.bin')?.length === SIZE, 'the copy')
  await sim.run(20_000)
  expect(laptop.files.get('/in/photos.bin')).toEqual(data)

  const contacts = await run(laptop, 'peers', 'contacts', ...PROFILE)
  expect(contacts.lines[0]).toMatchObject({ event: 'row', overlay: 'kademlia', address: `${desk.address}:6881` })
  expect((await run(laptop, 'peers', 'ban', desk.address, ...PROFILE)).status).toBe(0)
  expect((await run(laptop, 'peers', 'bans', ...PROFILE)).lines[0]).toMatchObject({ event: 'row', id: desk.address })
  expect((await run(laptop, 'peers', 'unban', desk.address, ...PROFILE)).status).toBe(0)
  expect((await run(laptop, 'peers', 'bans', ...PROFILE)).last).toEqual({ event: 'done', rows: 0 })
  expect(await run(laptop, 'peers', 'disconnect', '192.0.2.1', ...PROFILE)).toMatchObject({
    ...{ status: 1, last: { code: 'NO_SUCH_PEER' } },
  })
  await stopAll()
})
