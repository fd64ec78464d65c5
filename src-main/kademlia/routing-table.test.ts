import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MINUTE } from '../kernel/clock.ts'
import { SeededRandom } from '../simulation/random.ts'
import { Contact } from './contact.ts'
import { closest, commonPrefixLength, NodeId, randomIdWithPrefix, withBitFlipped } from './node-id.ts'
import { BUCKET_REFRESH, GOOD_FOR, MAX_FAILS, RoutingTable, type RoutingTableOptions } from './routing-table.ts'
import { makeSecureId } from './secure-id.ts'

const RUNS = { seed: 1, numRuns: process.env.SHOAL_LONG === '1' ? 2_000 : 60 }
const self = NodeId.fromHex('00'.repeat(20))
const random = SeededRandom.of(11)
const RTT = 50

/** The `n`th contact on a network of its own, sharing exactly `depth` bits with us. */
function contactAt(depth: number, n: number, host = `127.${depth}.${n}.1`): Contact {
  return new Contact(randomIdWithPrefix(withBitFlipped(self, depth), depth + 1, random), { host, port: 6881 })
}
/** As `contactAt`, with the bits behind the bucket's prefix given. */
function contactWith(bits: string, n: number, host = `127.0.${n}.1`): Contact {
  const bytes = random.bytes(20)
  bytes[0] = Number.parseInt(bits.padEnd(8, '0'), 2)
  return new Contact(NodeId.of(bytes), { host, port: 6881 })
}
function tableOf(contacts: readonly Contact[], options: RoutingTableOptions = {}): RoutingTable {
  const table = new RoutingTable(self, 0, options)
  contacts.forEach((contact, i) => {
    table.offer(contact, RTT, i)
  })
  return table
}
const live = (table: RoutingTable) => table.view().flatMap((bucket) => bucket.live.map(({ contact }) => contact))
const spares = (table: RoutingTable) => table.view().flatMap((bucket) => bucket.spares.map(({ contact }) => contact))
/** k = 2, one far bucket that is full of the first two, in four different sub-prefixes. */
const farPair = [contactWith('1000', 1), contactWith('1001', 2)]
const nearPair = [contactAt(3, 1), contactAt(4, 1)]
const small = (options: RoutingTableOptions = {}) =>
  tableOf([...farPair, ...nearPair], { k: 2, enlarged: false, ...options })

describe('what enters', () => {
  test('a contact that answered, once', () => {
    const table = new RoutingTable(self, 0)
    const contact = contactAt(0, 1)
    expect(table.offer(contact, RTT, 5)).toEqual({ outcome: 'added' })
    expect(table.offer(contact, RTT + 8, 9)).toEqual({ outcome: 'refreshed' })
    expect(table.get(contact.id)).toMatchObject({ rtt: RTT + 1, lastReply: 9, fails: 0 })
    expect(table.size).toBe(1)
  })

  test('never ourselves', () => {
    const table = new RoutingTable(self, 0)
    expect(table.offer(new Contact(self, { host: '9.9.9.9', port: 1 }), RTT, 0)).toMatchObject({ because: 'self' })
    expect(table.wants(new Contact(self, { host: '9.9.9.9', port: 1 }), 0)).toBe(false)
  })

  test('one of an address in the table, one of a /24 in a bucket; with the switch off, all', () => {
    const split = Array.from({ length: 9 }, (_, n) => contactAt(n % 5, n + 1))
    const first = contactAt(0, 1, '8.8.8.8')
    const elsewhere = contactAt(4, 1, '8.8.8.8')
    const neighbour = contactAt(0, 1, '8.8.8.9')
    const farNeighbour = contactAt(4, 1, '8.8.8.10')
    const strict = tableOf([...split, first])
    expect(strict.wants(elsewhere, 0)).toBe(false)
    expect(strict.offer(elsewhere, RTT, 1)).toEqual({
      outcome: 'id-changed',
      evicted: first,
      doubtful: expect.any(Array),
    })
    strict.offer(first, RTT, 1)
    const otherPort = new Contact(elsewhere.id, { host: '8.8.8.8', port: 7000 })
    expect(strict.offer(otherPort, RTT, 1)).toEqual({ outcome: 'ignored', because: 'address-taken' })
    expect(strict.wants(neighbour, 0)).toBe(false)
    expect(strict.offer(neighbour, RTT, 1)).toEqual({ outcome: 'ignored', because: 'network-taken' })
    expect(strict.offer(farNeighbour, RTT, 1)).toEqual({ outcome: 'added' })
    const open = tableOf([...split, first], { onePerNetwork: false })
    for (const contact of [otherPort, neighbour]) expect(open.offer(contact, RTT, 1)).toEqual({ outcome: 'added' })
  })

  test('an IPv6 neighbour of the same /64 stays out, one of another comes in', () => {
    const table = tableOf([contactAt(0, 1, '2001:db8::1')])
    expect(table.offer(contactAt(0, 1, '2001:db8::2'), RTT, 1)).toMatchObject({ because: 'network-taken' })
    expect(table.offer(contactAt(0, 1, '2001:db8:0:1::2'), RTT, 1)).toEqual({ outcome: 'added' })
  })

  test('an id stays with the address that has it, until that has failed', () => {
    const contact = contactAt(0, 1)
    const table = tableOf([contact])
    const claim = new Contact(contact.id, { host: '9.9.9.9', port: 1 })
    expect(table.offer(claim, RTT, 1)).toEqual({ outcome: 'ignored', because: 'id-taken' })
    table.failed(contact)
    expect(table.offer(claim, RTT, 1)).toEqual({ outcome: 'added' })
    expect(live(table)).toEqual([claim])
  })

  test('a node that changes its id goes, and the others of its bucket are to be asked again', () => {
    const [one, two] = [contactAt(0, 1), contactAt(0, 2)]
    const table = tableOf([one, two])
    const changed = new Contact(contactAt(7, 1).id, one.endpoint)
    expect(table.offer(changed, RTT, 1)).toEqual({ outcome: 'id-changed', evicted: one, doubtful: [two] })
    expect(live(table)).toEqual([two])
    expect(table.offer(changed, RTT, 2)).toEqual({ outcome: 'added' })
  })

  test('a question does not make a contact enter, it is only noted of one that is in', () => {
    const table = tableOf([farPair[0] as Contact])
    table.queried(farPair[0] as Contact, 7)
    table.queried(farPair[1] as Contact, 7)
    expect(table.get((farPair[0] as Contact).id)?.lastQuery).toBe(7)
    expect(table.size).toBe(1)
  })
})

describe('a full bucket', () => {
  const newcomer = contactWith('10000001', 30)

  test('asks its oldest entry; an answer keeps it, silence gives the newcomer its place', () => {
    for (const answers of [true, false]) {
      const table = small()
      const later = GOOD_FOR + 1
      expect([table.wants(newcomer, 1), table.wants(newcomer, later)]).toEqual([false, true])
      expect(table.offer(newcomer, RTT, later)).toEqual({ outcome: 'full', oldest: farPair[0] })
      expect(spares(table)).toEqual([newcomer])
      if (answers) expect(table.offer(farPair[0] as Contact, RTT, later + 1)).toEqual({ outcome: 'refreshed' })
      else expect(table.failed(farPair[0] as Contact)).toEqual({ removed: true, promoted: newcomer })
      expect(live(table).includes(newcomer)).toBe(!answers)
    }
  })

  test('does not ask one that is good, nor twice at once; with goodFor 0 it asks always', () => {
    const table = small()
    expect(table.offer(newcomer, RTT, 10)).toEqual({ outcome: 'spare' })
    table.sent((farPair[0] as Contact).id, GOOD_FOR + 1)
    expect(table.offer(contactWith('1001001', 31), RTT, GOOD_FOR + 2)).toEqual({ outcome: 'spare' })
    expect(small({ goodFor: 0 }).offer(newcomer, RTT, 10)).toMatchObject({ outcome: 'full' })
  })

  test('lets an entry that has failed go at once', () => {
    const table = small()
    table.failed(farPair[1] as Contact)
    expect(table.offer(newcomer, RTT, 10)).toEqual({ outcome: 'added', replaced: farPair[1] })
    expect(spares(table)).toEqual([])
  })

  test('prefers an id that fits its address (BEP 42)', () => {
    const insecure = contactWith('1000', 1, '9.9.9.9')
    const table = tableOf([insecure, farPair[1] as Contact, ...nearPair], { k: 2, enlarged: false })
    expect(table.offer(newcomer, RTT, 10)).toEqual({ outcome: 'added', replaced: insecure })
    expect(spares(table)).toEqual([insecure])
    const another = contactWith('1110', 1, '9.9.8.8')
    expect(table.offer(another, RTT, 10)).toEqual({ outcome: 'spare' })
  })

  test('covers its range evenly: an empty sub-prefix takes the slowest of the most crowded', () => {
    const crowd = [contactWith('10000', 1), contactWith('10001', 2), contactWith('10001001', 3), contactWith('1010', 4)]
    const table = tableOf([...crowd.slice(0, 3), contactWith('1010', 4), ...nearPair, contactAt(5, 1)], {
      k: 4,
      enlarged: false,
    })
    for (let i = 0; i < 8; i++) table.offer(crowd[1] as Contact, 900, 20)
    expect(table.offer(contactWith('1111', 9), RTT, 30)).toEqual({ outcome: 'added', replaced: crowd[1] })
    expect(table.offer(contactWith('11110001', 10), RTT, 30)).toEqual({ outcome: 'spare' })
  })

  test('promotes the secure and then the quick of its spares, and holds no more than k of them', () => {
    const table = small()
    const quick = contactWith('10000010', 41)
    table.offer(contactWith('10000001', 40), 80, 10)
    table.offer(contactWith('1000', 42, '9.9.9.9'), 1, 10)
    expect(spares(table)).toHaveLength(2)
    table.offer(quick, 30, 11)
    expect(spares(table)).toHaveLength(2)
    expect(table.failed(farPair[0] as Contact)).toEqual({ removed: true, promoted: quick })
  })

  test('the first four hold 16, 8, 4 and 2 times k when enlarged, the others k', () => {
    for (const [enlarged, capacities] of [
      [true, [128, 64, 32, 16, 8]],
      [false, [8, 8, 8, 8, 8]],
    ] as const) {
      const table = new RoutingTable(self, 0, { enlarged })
      for (let depth = 40; depth >= 0; depth--) {
        for (let n = 0; n < 140; n++) table.offer(contactAt(depth, n), RTT, 1)
      }
      const buckets = table.view()
      expect(buckets.slice(0, 5).map((bucket) => bucket.live.length)).toEqual(capacities)
      expect(buckets.slice(0, 5).map((bucket) => bucket.capacity)).toEqual(capacities)
      for (const bucket of buckets) expect(bucket.spares.length).toBeLessThanOrEqual(8)
    }
  })
})

describe('silence', () => {
  test('removes an entry at once where a spare has answered since, else after the last allowed miss', () => {
    const table = small()
    const [contact] = nearPair as [Contact]
    for (let miss = 1; miss < MAX_FAILS; miss++) expect(table.failed(contact)).toEqual({ removed: false })
    expect(table.failed(contact)).toEqual({ removed: true })
    expect(table.failed(contact)).toEqual({ removed: false })
    expect(table.get(contact.id)).toBeUndefined()
  })

  test('an answer makes it forgotten', () => {
    const table = small()
    const [contact] = nearPair as [Contact]
    table.failed(contact)
    table.offer(contact, RTT, 50)
    expect(table.get(contact.id)?.fails).toBe(0)
  })

  test('removes a spare at its first miss, and never what is at another address', () => {
    const table = small()
    const spare = contactWith('10000001', 30)
    table.offer(spare, RTT, 10)
    expect(table.failed(new Contact(spare.id, { host: '9.9.9.9', port: 1 }))).toEqual({ removed: false })
    expect(table.failed(spare)).toEqual({ removed: true })
    expect(spares(table)).toEqual([])
  })
})

describe('upkeep', () => {
  test('the stalest entry is the one left alone for longest', () => {
    const table = small()
    expect(new RoutingTable(self, 0).stalest()).toBeUndefined()
    expect(table.stalest()?.contact).toBe(farPair[0])
    table.sent((farPair[0] as Contact).id, 100)
    expect(table.stalest()?.contact).toBe(farPair[1])
    table.offer(farPair[1] as Contact, RTT, 101)
    expect(table.stalest()?.contact).toBe(nearPair[0])
  })

  test('a bucket is refreshed when unchanged for 15 minutes, by an id within it', () => {
    const table = small()
    expect(table.refreshTarget(BUCKET_REFRESH - 1, random)).toBeUndefined()
    const now = BUCKET_REFRESH + MINUTE
    const found = new Set<number>()
    for (let target = table.refreshTarget(now, random); target; target = table.refreshTarget(now, random)) {
      found.add(Math.min(commonPrefixLength(self, target), table.view().length - 1))
      table.lookedUp(target, now)
    }
    expect([...found].sort()).toEqual(table.view().map(({ depth }) => depth))
    expect(table.refreshTargets(random)).toHaveLength(table.view().length)
  })

  test('a snapshot holds those that answered last, none that has failed', () => {
    const table = small()
    table.failed(nearPair[1] as Contact)
    expect(table.snapshot(2)).toEqual([nearPair[0], farPair[1]])
    expect(table.snapshot(100)).toHaveLength(3)
  })
})

/** Anything that may happen to a table, over few addresses and close ids so that they collide. */
const operation = fc.record({
  kind: fc.constantFrom('offer', 'offer', 'offer', 'offer', 'failed', 'sent', 'queried', 'lookedUp'),
  depth: fc.nat(9),
  tail: fc.nat(30),
  network: fc.nat(60),
  secure: fc.boolean(),
  rtt: fc.nat(500),
  wait: fc.nat(5 * MINUTE),
})

describe('after any operations', () => {
  test('ids, addresses, networks and bounds hold, and the closest are those of a brute-force sort', () => {
    const options = fc.record({ k: fc.constantFrom(2, 8), enlarged: fc.boolean(), onePerNetwork: fc.boolean() })
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400 }), options, fc.nat(1000), (operations, settings, seed) => {
        const draw = SeededRandom.of(seed)
        const home = NodeId.random(draw)
        const table = new RoutingTable(home, 0, settings)
        let now = 0
        for (const { kind, depth, tail, network, secure, rtt, wait } of operations) {
          now += wait
          const host = secure ? `127.0.${network}.${tail % 3}` : `9.9.${network}.${tail % 3}`
          const bytes = withBitFlipped(home, depth).bytes.slice()
          bytes[2] = (bytes[2] as number) ^ tail
          const contact = new Contact(NodeId.of(bytes), { host, port: 1000 + (tail % 2) })
          if (kind === 'offer') table.offer(contact, rtt, now)
          else if (kind === 'failed') table.failed(contact)
          else if (kind === 'sent') table.sent(contact.id, now)
          else if (kind === 'queried') table.queried(contact, now)
          else table.lookedUp(contact.id, now)
        }
        expectSound(table, settings)
        const all = live(table)
        for (const target of [home, NodeId.random(draw), ...all.slice(0, 3).map(({ id }) => id)]) {
          for (const n of [1, 8, 25]) expect(table.closest(target, n)).toEqual(closest(all, target, n))
        }
      }),
      RUNS,
    )
  })

  test('the closest can be chosen among', () => {
    const table = small()
    const odd = (id: NodeId) => ((id.bytes[19] as number) & 1) === 1
    const chosen = table.closest(self, 8, ({ id }) => odd(id))
    expect(chosen).toEqual(
      closest(
        live(table).filter(({ id }) => odd(id)),
        self,
        8,
      ),
    )
  })

  test('ids made for addresses fill a table like any others', () => {
    const table = new RoutingTable(self, 0)
    for (let n = 0; n < 600; n++) {
      const host = `${20 + (n % 200)}.${n >> 8}.${n & 255}.1`
      table.offer(new Contact(makeSecureId(host, random), { host, port: 1 }), RTT, n)
    }
    expectSound(table, { k: 8, enlarged: true, onePerNetwork: true })
    expect(table.snapshot(500).length).toBeGreaterThanOrEqual(200)
  })
})

function expectSound(table: RoutingTable, options: { k: number; enlarged: boolean; onePerNetwork: boolean }): void {
  const buckets = table.view()
  const contacts = buckets.flatMap(({ live, spares }) => [...live, ...spares].map(({ contact }) => contact))
  expect(new Set(contacts.map(({ id }) => id.key)).size).toBe(contacts.length)
  expect(new Set(contacts.map(({ endpoint }) => `${endpoint.host}:${endpoint.port}`)).size).toBe(contacts.length)
  expect(contacts.some(({ id }) => id.equals(table.self))).toBe(false)
  if (options.onePerNetwork) expect(new Set(contacts.map(({ address }) => address)).size).toBe(contacts.length)
  expect(table.size).toBe(live(table).length)
  buckets.forEach(({ depth, live, spares, capacity }, index) => {
    const isHome = index === buckets.length - 1
    expect(depth).toBe(index)
    expect(capacity).toBe(options.k * (options.enlarged && !isHome ? ([16, 8, 4, 2][index] ?? 1) : 1))
    expect(live.length).toBeLessThanOrEqual(capacity)
    expect(spares.length).toBeLessThanOrEqual(options.k)
    const members = [...live, ...spares].map(({ contact }) => contact)
    for (const { id } of members) {
      const shared = commonPrefixLength(table.self, id)
      expect(isHome ? shared >= depth : shared === depth).toBe(true)
    }
    if (options.onePerNetwork) expect(new Set(members.map(({ network }) => network)).size).toBe(members.length)
  })
}
