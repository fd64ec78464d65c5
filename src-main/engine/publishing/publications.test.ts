import { describe, expect, test } from 'vitest'
import { MAX_SEQ, signItem } from '../../items/item.ts'
import { toHex } from '../../kernel/bytes.ts'
import { HOUR, MINUTE, SECOND } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { openSessionStore } from '../../storage/open-session.ts'
import { MAX_PUBLICATIONS, PUT_PERIOD, Publications, RETRY_CEILING, RETRY_STEP } from './publications.ts'
import { MemoryStore } from './test-support.ts'
import { pointedTo, pointerTo } from './torrent-pointer.ts'

const hash = (n: number) => new Uint8Array(20).fill(n)
const torrent = (n: number) => ({ infoHash: hash(n), name: `torrent ${n}` })

/** `body` on one machine; `open` begins anew with what is kept, as after a restart. */
async function onHost(
  body: (parts: {
    sim: Simulation
    store: MemoryStore
    away: { value: boolean; as?: 'off' | 'joining' }
    open: () => Promise<Publications>
  }) => Promise<void>,
): Promise<void> {
  const sim = new Simulation({ seed: 46 })
  const host = sim.host()
  await sim.within(MINUTE, host.files.makeDirectory('/p'))
  const session = await sim.within(MINUTE, openSessionStore(host, '/p'))
  const store = new MemoryStore(host.clock)
  const away: { value: boolean; as?: 'off' | 'joining' } = { value: false }
  const opened: Publications[] = []
  const open = async () => {
    opened.at(-1)?.stop()
    const publications = new Publications({
      ...{ clock: host.clock, random: host.random, log: host.log, repository: session.publications },
      store: () => (away.value ? (away.as ?? 'off') : store),
    })
    opened.push(publications)
    publications.start()
    return publications
  }
  await body({ sim, store, away, open })
  opened.at(-1)?.stop()
  session.close()
  await sim.stop()
}

describe('a link of ours', () => {
  test('is put at once, signed, and the row says how many nodes hold it', () =>
    onHost(async ({ sim, store, open }) => {
      const publications = await open()
      const row = publications.create('News', torrent(1))
      expect(row).toMatchObject({ name: 'News', state: 'publishing', seq: 1n, torrentName: 'torrent 1', stored: 0 })
      expect(row.magnet).toBe(`magnet:?xs=urn:btpk:${row.id}&dn=News`)
      await sim.run(2 * SECOND)
      expect(publications.rows()).toMatchObject([{ id: row.id, state: 'published', stored: 8, reason: '' }])
      const [item] = [...store.items.values()]
      expect(toHex(item?.publicKey as Uint8Array)).toBe(row.id)
      expect(pointedTo(item?.value as Uint8Array)).toEqual(hash(1))
    }))

  test('is put again within each hour, not sooner than after 54 minutes', () =>
    onHost(async ({ sim, store, open }) => {
      ;(await open()).create('News', torrent(1))
      await sim.run(10 * HOUR)
      const times = store.puts.map(({ at }) => at)
      expect(times.length).toBeGreaterThanOrEqual(10)
      times.slice(1).forEach((at, n) => {
        const pause = at - (times[n] as number) - SECOND
        expect(pause).toBeGreaterThan(0.9 * PUT_PERIOD - 1)
        expect(pause).toBeLessThanOrEqual(PUT_PERIOD)
      })
    }))

  test('points to another torrent with a higher number, also after a restart', () =>
    onHost(async ({ sim, store, open }) => {
      const first = await open()
      const { id } = first.create('News', torrent(1))
      await sim.run(MINUTE)
      first.change(id, torrent(2))
      await sim.run(MINUTE)
      const second = await open()
      expect(second.rows()).toMatchObject([{ id, torrentName: 'torrent 2', seq: 2n, stored: 8 }])
      await sim.run(MINUTE)
      second.change(id, torrent(3))
      await sim.run(MINUTE)
      expect(store.puts.map(({ item }) => [item.seq, pointedTo(item.value)?.[0]])).toEqual([
        [1n, 1],
        [2n, 2],
        [2n, 2],
        [3n, 3],
      ])
    }))

  test('that nobody takes is tried again ever more seldom, at least each quarter of an hour', () =>
    onHost(async ({ sim, store, open }) => {
      store.holders = 0
      const publications = await open()
      publications.create('News', torrent(1))
      await sim.run(2 * SECOND)
      expect(publications.rows()[0]).toMatchObject({
        state: 'failed',
        reason: 'No node of the DHT took the link; tried again by itself in 30 s.',
      })
      await sim.run(6 * HOUR)
      const pauses = store.puts.slice(1).map(({ at }, n) => at - (store.puts[n]?.at as number) - SECOND)
      expect(pauses.slice(0, 3)).toEqual([30 * SECOND, 60 * SECOND, 120 * SECOND])
      expect(Math.max(...pauses)).toBe(RETRY_CEILING)
      store.holders = 1
      await sim.run(RETRY_CEILING + 2 * SECOND)
      expect(publications.rows()[0]).toMatchObject({ state: 'published', stored: 1 })
    }))

  test('waits for the DHT', () =>
    onHost(async ({ sim, away, open }) => {
      away.value = true
      const publications = await open()
      publications.create('News', torrent(1))
      await sim.run(HOUR)
      expect(publications.rows()[0]).toMatchObject({ state: 'failed', reason: expect.stringContaining('DHT is off') })
      away.value = false
      await sim.run(MINUTE)
      expect(publications.rows()[0]?.state).toBe('published')
    }))

  test('waits for the first node of the DHT, and fails nothing meanwhile', () =>
    onHost(async ({ sim, store, away, open }) => {
      Object.assign(away, { value: true, as: 'joining' })
      const publications = await open()
      publications.create('News', torrent(1))
      await sim.run(30 * SECOND)
      expect(store.puts).toEqual([])
      expect(publications.rows()[0]).toMatchObject({ state: 'publishing', reason: expect.stringContaining('No node') })
      away.value = false
      await sim.run(3 * SECOND)
      expect(publications.rows()[0]).toMatchObject({ state: 'published', reason: '' })
    }))

  test('that is changed is published only once somebody holds the new version', () =>
    onHost(async ({ sim, open }) => {
      const publications = await open()
      const { id } = publications.create('News', torrent(1))
      await sim.run(MINUTE)
      expect(publications.rows()[0]?.state).toBe('published')
      expect(publications.change(id, torrent(2))).toMatchObject({ state: 'publishing', stored: 0, seq: 2n })
      await sim.run(3 * SECOND)
      expect(publications.rows()[0]).toMatchObject({ state: 'published', stored: 8 })
    }))

  test('whose key was used elsewhere goes above what stands there once it is published again', () =>
    onHost(async ({ sim, store, open }) => {
      const publications = await open()
      const { id } = publications.create('News', torrent(1))
      await sim.run(MINUTE)
      const [target, mine] = [...store.items][0] as [string, (typeof store.puts)[0]['item']]
      // The owner's other machine: the same key, further on.
      store.items.set(target, { ...mine, seq: 40n })
      publications.change(id, torrent(2))
      await sim.run(10 * SECOND)
      expect(publications.rows()[0]).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('newer version'),
      })
      expect(publications.change(id, torrent(3)).seq).toBe(41n)
      await sim.run(10 * SECOND)
      expect(publications.rows()[0]?.state).toBe('published')
    }))

  test('whose highest number stands there is used up', () =>
    onHost(async ({ sim, store, open }) => {
      const publications = await open()
      const { id } = publications.create('News', torrent(1))
      await sim.run(MINUTE)
      const [target, mine] = [...store.items][0] as [string, (typeof store.puts)[0]['item']]
      store.items.set(target, { ...mine, seq: MAX_SEQ })
      publications.change(id, torrent(2))
      await sim.run(10 * SECOND)
      expect(() => publications.change(id, torrent(3))).toThrow(expect.objectContaining({ code: 'LINK_USED_UP' }))
      expect(publications.rows()[0]).toMatchObject({ state: 'failed', torrentName: 'torrent 2' })
    }))

  test('is forgotten with its key', () =>
    onHost(async ({ sim, store, open }) => {
      const publications = await open()
      const { id } = publications.create('News', torrent(1))
      publications.remove(id)
      await sim.run(3 * HOUR)
      expect(publications.rows()).toEqual([])
      expect(store.items.size).toBe(0)
      expect((await open()).rows()).toEqual([])
      for (const call of [() => publications.remove(id), () => publications.change(id, torrent(1))])
        expect(call).toThrow(expect.objectContaining({ code: 'NO_SUCH_PUBLICATION' }))
    }))

  test('is forgotten though it is being put, and what others hold was being looked up besides', () =>
    onHost(async ({ sim, store, open }) => {
      const publications = await open()
      const { id } = publications.create('News', torrent(1))
      await sim.run(MINUTE)
      const [target, mine] = [...store.items][0] as [string, (typeof store.puts)[0]['item']]
      store.items.set(target, { ...mine, seq: 40n })
      store.searchTime = RETRY_STEP + SECOND / 2
      publications.change(id, torrent(2))
      await sim.run(2 * SECOND)
      store.items.clear()
      const before = store.puts.length
      await sim.until(MINUTE, () => store.puts.length > before, 'put again')
      await sim.run(0.7 * SECOND)
      publications.remove(id)
      await sim.run(MINUTE)
      expect((await open()).rows()).toEqual([])
      expect(store.items.size).toBe(0)
    }))

  test('one too many is refused', () =>
    onHost(async ({ open }) => {
      const publications = await open()
      for (let n = 0; n < MAX_PUBLICATIONS; n++) publications.create(`link ${n}`, torrent(1))
      expect(() => publications.create('more', torrent(1))).toThrow(
        expect.objectContaining({ code: 'TOO_MANY_PUBLICATIONS' }),
      )
      expect(new Set(publications.rows().map(({ id }) => id)).size).toBe(MAX_PUBLICATIONS)
    }))
})

describe('what a link points to', () => {
  test('is the example of BEP 46 and back', () => {
    expect(Buffer.from(pointerTo(hash(0x61))).toString('latin1')).toBe(`d2:ih20:${'a'.repeat(20)}e`)
    expect(pointedTo(pointerTo(hash(5)))).toEqual(hash(5))
  })

  test.each([
    ['nothing', ''],
    ['no dictionary', '2:ih'],
    ['no hash', 'de'],
    ['a hash that is too short', `d2:ih19:${'a'.repeat(19)}e`],
    ['a hash of 40 digits', `d2:ih40:${'a'.repeat(40)}e`],
    ['a list', 'd2:ihlee'],
    ['the five bytes', 'l-3:e'],
    ['a hundred lists', `${'l'.repeat(100)}${'e'.repeat(100)}`],
    ['more than an item may hold', `d1:x1000:${'a'.repeat(1_000)}e`],
  ])('%s is no torrent', (_name, value) => {
    expect(pointedTo(Buffer.from(value, 'latin1'))).toBeUndefined()
  })

  test('signing is deterministic: the same pointer under the same number is the same item', () => {
    const content = { salt: new Uint8Array(), seq: 7n, value: pointerTo(hash(1)) }
    expect(signItem(new Uint8Array(32).fill(1), content)).toEqual(signItem(new Uint8Array(32).fill(1), content))
  })
})
