import { describe, expect, test } from 'vitest'
import { type Magnet, type MutableSource, parseMagnet } from '../../codec/magnet.ts'
import { signItem } from '../../items/item.ts'
import { mutableTarget } from '../../kademlia/item-target.ts'
import { toHex } from '../../kernel/bytes.ts'
import { HOUR, MINUTE, SECOND } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { openSessionStore } from '../../storage/open-session.ts'
import { CHECK_PERIOD, MAX_SUBSCRIPTIONS, Subscriptions } from './subscriptions.ts'
import { MemoryStore } from './test-support.ts'
import { pointerTo } from './torrent-pointer.ts'

const SEED = new Uint8Array(32).fill(9)
const SALT = new Uint8Array([1, 2, 3])
const hash = (n: number) => new Uint8Array(20).fill(n)
const version = (seq: bigint, value: Uint8Array) => signItem(SEED, { salt: SALT, seq, value })
const { publicKey } = version(1n, pointerTo(hash(1)))
type Link = Magnet & { readonly mutable: MutableSource }
const linkOf = (key: Uint8Array) =>
  parseMagnet(
    `magnet:?xs=urn:btpk:${toHex(key)}&s=010203&dn=News&tr=http://t.example/announce&x.pe=192.0.2.1:5`,
  ) as Link
const link = linkOf(publicKey)
const WHERE = { directory: '/downloads', paused: false }

interface World {
  readonly sim: Simulation
  readonly store: MemoryStore
  readonly away: { value: boolean; as?: 'off' | 'joining' }
  readonly added: [string, Magnet][]
  readonly failing: { with: Error | undefined }
  readonly put: (seq: bigint, value: Uint8Array) => void
  readonly open: () => Subscriptions
}

async function onHost(body: (world: World) => Promise<void>): Promise<void> {
  const sim = new Simulation({ seed: 47 })
  const host = sim.host()
  await sim.within(MINUTE, host.files.makeDirectory('/p'))
  const session = await sim.within(MINUTE, openSessionStore(host, '/p'))
  const store = new MemoryStore(host.clock)
  const away: World['away'] = { value: false }
  const failing: World['failing'] = { with: undefined }
  const added: World['added'] = []
  const opened: Subscriptions[] = []
  const open = () => {
    opened.at(-1)?.stop()
    const subscriptions = new Subscriptions({
      ...{ clock: host.clock, random: host.random, log: host.log, repository: session.subscriptions },
      store: () => (away.value ? (away.as ?? 'off') : store),
      addMagnet: (magnet, { directory }) => {
        if (failing.with) throw failing.with
        added.push([directory, magnet])
      },
    })
    opened.push(subscriptions)
    subscriptions.start()
    return subscriptions
  }
  const put = (seq: bigint, value: Uint8Array) => {
    const item = version(seq, value)
    store.put(item, {}, () => {})
  }
  await body({ sim, store, away, added, failing, put, open })
  opened.at(-1)?.stop()
  session.close()
  await sim.stop()
}

const firstBytes = (added: World['added']) => added.map(([, { infoHash }]) => infoHash?.[0])

describe('a link that is followed', () => {
  test('waits for the first node of the DHT, and is looked up as soon as there is one', () =>
    onHost(async ({ sim, store, away, put, added, open }) => {
      put(5n, pointerTo(hash(1)))
      Object.assign(away, { value: true, as: 'joining' })
      const subscriptions = open()
      subscriptions.add(link, WHERE)
      await sim.run(30 * SECOND)
      expect(store.gets).toEqual([])
      expect(subscriptions.rows()).toMatchObject([{ state: 'looking', reason: expect.stringContaining('No node') }])
      away.value = false
      await sim.run(3 * SECOND)
      expect(firstBytes(added)).toEqual([1])
      expect(subscriptions.rows()).toMatchObject([{ state: 'current', reason: '' }])
    }))

  test('is looked up at once; its torrent is added with what the link knows', () =>
    onHost(async ({ sim, put, added, open }) => {
      put(5n, pointerTo(hash(1)))
      await sim.run(2 * SECOND)
      const subscriptions = open()
      const id = subscriptions.add(link, WHERE)
      expect(id).toBe(`${toHex(publicKey)}.010203`)
      expect(subscriptions.has(link.mutable)).toBe(true)
      expect(subscriptions.rows()).toMatchObject([{ id, name: 'News', state: 'looking', directory: '/downloads' }])
      await sim.run(2 * SECOND)
      expect(subscriptions.rows()).toMatchObject([{ state: 'current', torrent: '01'.repeat(20), seq: 5n, reason: '' }])
      expect(added).toEqual([['/downloads', { ...link, infoHash: hash(1), mutable: undefined }]])
    }))

  test('brings each newer version once, however old the one that stands there is', () =>
    onHost(async ({ sim, store, put, added, open }) => {
      put(5n, pointerTo(hash(1)))
      const subscriptions = open()
      await sim.run(2 * SECOND)
      subscriptions.add(link, WHERE)
      await sim.run(3 * HOUR)
      expect(firstBytes(added)).toEqual([1])
      put(9n, pointerTo(hash(2)))
      await sim.run(CHECK_PERIOD + MINUTE)
      expect(firstBytes(added)).toEqual([1, 2])
      store.items.clear()
      put(7n, pointerTo(hash(3)))
      await sim.run(3 * HOUR)
      expect(firstBytes(added)).toEqual([1, 2])
      expect(subscriptions.rows()[0]).toMatchObject({ state: 'current', seq: 9n, torrent: '02'.repeat(20) })
    }))

  test('is looked up about each half hour, sooner while nothing was found', () =>
    onHost(async ({ sim, store, put, open }) => {
      const subscriptions = open()
      subscriptions.add(link, WHERE)
      await sim.run(2 * SECOND)
      expect(subscriptions.rows()[0]).toMatchObject({
        state: 'not-found',
        reason: expect.stringMatching(/Nobody.*again/),
      })
      await sim.run(20 * MINUTE)
      expect(store.gets.length).toBeGreaterThanOrEqual(4)
      expect(store.gets.length).toBeLessThan(10)
      put(1n, pointerTo(hash(1)))
      await sim.run(CHECK_PERIOD)
      expect(subscriptions.rows()[0]?.state).toBe('current')
      const before = store.gets.length
      await sim.run(10 * HOUR)
      expect(store.gets.length - before).toBeGreaterThanOrEqual(19)
      expect(store.gets.length - before).toBeLessThanOrEqual(26)
    }))

  test('brings the torrent that could not be added, after a restart too, and once', () =>
    onHost(async ({ sim, put, added, failing, open }) => {
      put(5n, pointerTo(hash(1)))
      await sim.run(2 * SECOND)
      failing.with = new Error('the database is full')
      const first = open()
      first.add(link, WHERE)
      await sim.run(2 * SECOND)
      expect(first.rows()[0]).toMatchObject({ state: 'current', seq: 5n, reason: 'the database is full' })
      expect(added).toEqual([])
      failing.with = undefined
      const second = open()
      await sim.run(MINUTE)
      expect(firstBytes(added)).toEqual([1])
      await sim.run(2 * HOUR)
      expect(firstBytes(added)).toEqual([1])
      expect(second.rows()[0]).toMatchObject({ state: 'current', seq: 5n, reason: '' })
      second.stop()
      open()
      await sim.run(2 * HOUR)
      expect(firstBytes(added)).toEqual([1])
    }))

  test('is kept alive: put again each hour as its owner has signed it', () =>
    onHost(async ({ sim, store, put, open }) => {
      put(5n, pointerTo(hash(1)))
      await sim.run(2 * SECOND)
      const subscriptions = open()
      subscriptions.add(link, WHERE)
      await sim.run(2 * SECOND)
      const before = store.puts.length
      store.items.clear()
      await sim.run(6 * HOUR)
      const again = store.puts.slice(before)
      expect(again.length).toBeGreaterThanOrEqual(3)
      expect(again.length).toBeLessThanOrEqual(6)
      for (const { item } of again) expect(item).toEqual(version(5n, pointerTo(hash(1))))
      expect(subscriptions.rows()[0]?.state).toBe('current')
    }))

  test('goes on after a restart, and no more once it is given up', () =>
    onHost(async ({ sim, store, put, added, open }) => {
      put(5n, pointerTo(hash(1)))
      const first = open()
      await sim.run(2 * SECOND)
      const id = first.add(link, WHERE)
      await sim.run(MINUTE)
      const second = open()
      expect(second.rows()).toMatchObject([{ id, state: 'current', seq: 5n, torrent: '01'.repeat(20) }])
      put(6n, pointerTo(hash(2)))
      await sim.run(MINUTE)
      expect(firstBytes(added)).toEqual([1, 2])
      second.remove(id)
      const { length } = store.gets
      await sim.run(3 * HOUR)
      expect(store.gets).toHaveLength(length)
      expect(open().rows()).toEqual([])
      expect(() => second.check(id)).toThrow(expect.objectContaining({ code: 'NO_SUCH_SUBSCRIPTION' }))
    }))

  test('looks now when asked, and waits for the DHT', () =>
    onHost(async ({ sim, store, away, put, open }) => {
      away.value = true
      const subscriptions = open()
      const id = subscriptions.add(link, WHERE)
      await sim.run(HOUR)
      expect(subscriptions.rows()[0]).toMatchObject({ state: 'looking', reason: expect.stringContaining('DHT is off') })
      away.value = false
      await sim.run(10 * SECOND)
      put(1n, pointerTo(hash(1)))
      await sim.run(2 * SECOND)
      const { length } = store.gets
      subscriptions.check(id)
      subscriptions.check(id)
      expect(store.gets).toHaveLength(length + 1)
      await sim.run(2 * SECOND)
      expect(subscriptions.rows()[0]?.state).toBe('current')
      expect(subscriptions.add(link, WHERE)).toBe(id)
      expect(subscriptions.rows()).toHaveLength(1)
    }))

  test.each([
    ['no torrent', Buffer.from('i7e')],
    ['a hash that is too short', Buffer.from('d2:ih3:abce')],
  ])('behind which stands %s says so and adds nothing', (_name, value) =>
    onHost(async ({ sim, put, added, open }) => {
      put(5n, value)
      const subscriptions = open()
      await sim.run(2 * SECOND)
      subscriptions.add(link, WHERE)
      await sim.run(HOUR)
      expect(subscriptions.rows()[0]).toMatchObject({
        state: 'not-found',
        reason: expect.stringContaining('no torrent'),
      })
      expect(added).toEqual([])
    }),
  )

  test('an item of another key or salt counts as nothing', () =>
    onHost(async ({ sim, store, added, open }) => {
      const subscriptions = open()
      subscriptions.add(link, WHERE)
      const stranger = signItem(new Uint8Array(32).fill(8), { salt: SALT, seq: 9n, value: pointerTo(hash(6)) })
      store.items.set(toHex(mutableTarget(publicKey, SALT).bytes), stranger)
      await sim.run(2 * HOUR)
      expect(added).toEqual([])
      expect(subscriptions.rows()[0]?.state).toBe('not-found')
    }))

  test('a torrent that cannot be added is said, and added with the next search that can', () =>
    onHost(async ({ sim, put, added, failing, open }) => {
      put(5n, pointerTo(hash(1)))
      failing.with = new Error('The disk is full. Free some space.')
      const subscriptions = open()
      await sim.run(2 * SECOND)
      subscriptions.add(link, WHERE)
      await sim.run(2 * SECOND)
      expect(subscriptions.rows()[0]).toMatchObject({ state: 'current', reason: 'The disk is full. Free some space.' })
      failing.with = undefined
      await sim.run(2 * HOUR)
      expect(subscriptions.rows()[0]).toMatchObject({ state: 'current', reason: '' })
      expect(firstBytes(added)).toEqual([1])
    }))

  test('one too many is refused', () =>
    onHost(async ({ open }) => {
      const subscriptions = open()
      for (let n = 0; n < MAX_SUBSCRIPTIONS; n++)
        subscriptions.add(linkOf(new Uint8Array(32).fill(0).with(0, n)), WHERE)
      expect(() => subscriptions.add(link, WHERE)).toThrow(expect.objectContaining({ code: 'TOO_MANY_SUBSCRIPTIONS' }))
    }))
})
