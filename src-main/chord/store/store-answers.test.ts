import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { SeededRandom } from '../../simulation/random.ts'
import type { HostAnswer, HostQuestion } from '../host-messages.ts'
import { compareIds, RingId } from '../ring-id.ts'
import { StorePair, type StoreSide } from '../test-support/store-pair.ts'
import { keyOf, signed, text } from '../test-support/store-world.ts'
import { MAX_BODY_BYTES, MAX_STRANGERS_BODY_BYTES } from '../wire/limits.ts'
import { hostAnswerBodySize } from '../wire/sizes.ts'
import { before } from './key-range.ts'

const stranger: Endpoint = { host: '80.1.2.3', port: 4_000 }
const infoHash = RingId.of(new Uint8Array(20).fill(0x33))
const whole = { after: infoHash, upTo: infoHash }

/** What the second host of a pair answers. */
function answer(pair: StorePair, question: HostQuestion, from = stranger): Promise<HostAnswer> {
  return pair.ended((done) => pair.b.answer(from, question, done))
}

async function tokenFor(pair: StorePair, key: RingId, from = stranger): Promise<Uint8Array> {
  const read = await answer(pair, { kind: 'read', key }, from)
  if (read.kind !== 'read') throw new Error(read.kind)
  return read.token
}

async function write(pair: StorePair, item: Parameters<typeof keyOf>[0]): Promise<HostAnswer> {
  return answer(pair, { kind: 'write', item, token: await tokenFor(pair, keyOf(item)) })
}

/** The second host owns one key alone, of a ring whose lists are full and end near by. */
function narrow(pair: StorePair, key: RingId): void {
  const { self } = pair.b
  const at = (id: RingId) => ({ ...pair.a.self, id })
  const successors = [at(key.plusPowerOfTwo(8)), at(key.plusPowerOfTwo(9))]
  pair.b.places = [{ self: { ...self, id: key }, predecessor: at(before(key)), successors, capacity: 2 }]
}

describe('a write', () => {
  test('is taken with the token that was given to that address and port for that key', async () => {
    const pair = new StorePair()
    expect(await write(pair, text('a'))).toEqual({ kind: 'written', stored: 1 })
    const token = await tokenFor(pair, keyOf(text('b')))
    for (const [from, item] of [
      [{ ...stranger, host: '80.1.2.4' }, text('b')],
      [{ ...stranger, port: 4_001 }, text('b')],
      [stranger, text('c')],
    ] as const) {
      expect(await answer(pair, { kind: 'write', item, token }, from)).toMatchObject({ kind: 'refused', code: 203 })
    }
    await pair.run(10 * MINUTE)
    expect(await answer(pair, { kind: 'write', item: text('b'), token })).toMatchObject({ kind: 'refused', code: 203 })
    expect(pair.b.items.size).toBe(1)
  })

  test('of a key that is not ours is refused, as are a copy of it and peers', async () => {
    const pair = new StorePair()
    const item = text('a')
    narrow(pair, keyOf(item).plusPowerOfTwo(140))
    expect(await write(pair, item)).toMatchObject({ kind: 'refused', code: 203 })
    const copies = [{ item, age: 0 }]
    expect(await answer(pair, { kind: 'store', copies }, pair.a.endpoint)).toMatchObject({ kind: 'refused', code: 203 })
    const peers = [{ endpoint: stranger, seed: false, age: 0 }]
    const storePeers = { kind: 'storePeers', infoHash: keyOf(item), peers } as const
    expect(await answer(pair, storePeers, pair.a.endpoint)).toMatchObject({ kind: 'refused', code: 203 })
    const token = await tokenFor(pair, keyOf(item))
    const announce = { kind: 'announce', infoHash: keyOf(item), port: 9, seed: false, token } as const
    expect(await answer(pair, announce)).toMatchObject({ kind: 'refused', code: 203 })
    expect([pair.b.items.size, pair.b.peers.size]).toEqual([0, 0])
    narrow(pair, keyOf(item).plusPowerOfTwo(4))
    expect(await write(pair, item)).toEqual({ kind: 'written', stored: 1 })
  })
})

describe('a read', () => {
  test('of a version that is known, or newer, is answered with its number alone', async () => {
    const pair = new StorePair()
    await write(pair, signed(1, 5))
    const key = keyOf(signed(1, 5))
    expect(await answer(pair, { kind: 'read', key, seq: 4n })).toMatchObject({ item: signed(1, 5) })
    for (const seq of [5n, 6n]) {
      const known = await answer(pair, { kind: 'read', key, seq })
      expect(known).toMatchObject({ kind: 'read', seq: 5n })
      expect(known).not.toHaveProperty('item')
    }
  })

  test('of one who is to write at a place that we have left is refused; without a place it is not', async () => {
    const pair = new StorePair()
    const key = keyOf(text('a'))
    const { slot } = pair.b.self
    expect(await answer(pair, { kind: 'read', key, slot })).toMatchObject({ kind: 'read' })
    expect(await answer(pair, { kind: 'read', key, slot: slot + 1 })).toMatchObject({ kind: 'refused', code: 203 })
    expect(await answer(pair, { kind: 'read', key })).toMatchObject({ kind: 'read' })
  })

  test('by a stranger of what is too large for one says so, and is answered with the token', async () => {
    const pair = new StorePair()
    for (const item of [text('x'.repeat(995)), signed(1, 5, 'x'.repeat(995), 's'.repeat(64))]) {
      pair.a.isMember = false
      await write(pair, item)
      const first = await answer(pair, { kind: 'read', key: keyOf(item) })
      expect(first).toMatchObject({ kind: 'read', isTooLarge: true })
      expect(first).not.toHaveProperty('item')
      const { token } = first as Extract<HostAnswer, { kind: 'read' }>
      expect(await answer(pair, { kind: 'read', key: keyOf(item), token })).toMatchObject({ item })
      const wrong = await answer(pair, { kind: 'read', key: keyOf(item), token: token.map((byte) => byte ^ 1) })
      expect(wrong).toMatchObject({ isTooLarge: true })
    }
  })

  test('never makes an answer that is too large for a stranger', async () => {
    const pair = new StorePair()
    pair.a.isMember = false
    for (let size = 0; size < 1_000; size += 7) {
      const item = signed(1, size + 1, 'x'.repeat(Math.max(0, size - 4)))
      await write(pair, item)
      const read = await answer(pair, { kind: 'read', key: keyOf(item) })
      expect(hostAnswerBodySize(read as Exclude<HostAnswer, { kind: 'refused' }>)).toBeLessThanOrEqual(
        MAX_STRANGERS_BODY_BYTES,
      )
    }
    for (let n = 0; n < 300; n++) {
      pair.b.peers.announce(infoHash, { host: `81.${n >> 8}.${n & 255}.1`, port: 1 }, false, pair.now)
    }
    const read = await answer(pair, { kind: 'read', key: infoHash, peers: { noSeeds: false } })
    expect(hostAnswerBodySize(read as Exclude<HostAnswer, { kind: 'refused' }>)).toBeLessThanOrEqual(
      MAX_STRANGERS_BODY_BYTES,
    )
    expect(read).toMatchObject({ peers: { length: 100 } })
  })
})

describe('peers', () => {
  test('are announced with a token, at the port named or the one that the packet comes from, and never at none', async () => {
    const pair = new StorePair()
    const announce = async (port: number | 'implied') =>
      answer(pair, { kind: 'announce', infoHash, port, seed: false, token: await tokenFor(pair, infoHash) })
    expect(await announce(7)).toEqual({ kind: 'done' })
    expect(await announce('implied')).toEqual({ kind: 'done' })
    expect(await announce(0)).toMatchObject({ kind: 'refused' })
    const read = await answer(pair, { kind: 'read', key: infoHash, peers: { noSeeds: false } })
    expect(read).toMatchObject({ peers: [{ ...stranger, port: 7 }, stranger] })
  })

  test('of one family go to askers of that family; private ones only to private ones', async () => {
    const pair = new StorePair()
    for (const host of ['80.9.9.9', '10.0.0.5', '2001:db8::1'])
      pair.b.peers.announce(infoHash, { host, port: 1 }, false, 0)
    const asked = async (host: string) => {
      const read = await answer(pair, { kind: 'read', key: infoHash, peers: { noSeeds: false } }, { host, port: 9 })
      return read.kind === 'read' ? read.peers?.map((peer) => peer.host).sort() : undefined
    }
    expect(await asked('80.1.1.1')).toEqual(['80.9.9.9'])
    expect(await asked('10.0.0.9')).toEqual(['10.0.0.5', '80.9.9.9'])
    expect(await asked('2001:db8::9')).toEqual(['2001:db8::1'])
  })

  test('copied by a neighbour are kept with their age; those of others, impossible ones and expired ones are not', async () => {
    const pair = new StorePair()
    const { a, b } = pair
    const possible = { endpoint: { host: '81.0.0.1', port: 5 }, seed: true, age: 600 }
    const peers = [
      possible,
      { ...possible, endpoint: { host: '81.0.0.1', port: 0 } },
      { ...possible, endpoint: { host: '224.0.0.1', port: 5 } },
      { ...possible, endpoint: { host: '81.0.0.2', port: 5 }, age: 2_700 },
    ]
    const question = { kind: 'storePeers', infoHash, peers } as const
    await pair.run(60 * MINUTE)
    narrow(pair, infoHash)
    expect(await answer(pair, question, stranger)).toMatchObject({ kind: 'refused', code: 203 })
    b.places = [{ self: b.self, predecessor: a.self, successors: [a.self], capacity: 8 }]
    expect(await answer(pair, question, a.endpoint)).toEqual({ kind: 'done' })
    expect(b.peers.current(infoHash, pair.now)).toEqual([
      { endpoint: possible.endpoint, seed: true, announcedAt: pair.now - 600 * SECOND },
    ])
    await answer(pair, { ...question, peers: [{ ...possible, age: 900 }] }, a.endpoint)
    expect(b.peers.current(infoHash, pair.now)[0]?.announcedAt).toBe(pair.now - 600 * SECOND)
  })
})

describe('of a host that is no neighbour, but has a place of its address that may own the key', () => {
  function make() {
    const pair = new StorePair()
    const at = (id: RingId) => ({ ...pair.b.self, id })
    const owner = pair.a.self.id
    const keeper = owner.plusPowerOfTwo(90)
    const successors = [at(keeper.plusPowerOfTwo(80)), at(keeper.plusPowerOfTwo(90))]
    pair.b.places = [{ self: at(keeper), predecessor: at(owner.plusPowerOfTwo(89)), successors, capacity: 2 }]
    return { pair, owner }
  }

  test('peers are taken', async () => {
    const { pair, owner } = make()
    const peers = [{ endpoint: stranger, seed: false, age: 0 }]
    const give = (key: RingId) => answer(pair, { kind: 'storePeers', infoHash: key, peers } as const, pair.a.endpoint)
    expect(await give(owner)).toEqual({ kind: 'done' })
    // Within our reach, but behind all that could be that host's.
    expect(await give(owner.plusPowerOfTwo(1))).toMatchObject({ kind: 'refused', code: 203 })
    expect(pair.b.peers.ids()).toEqual([owner])
  })

  test('a comparison confirms our copies; nobody else does', async () => {
    const { pair, owner } = make()
    pair.b.items.write(text('a'), stranger, 0)
    const [held] = pair.b.items.all(0)
    const compare = (from: Endpoint, end: RingId) =>
      answer(pair, { kind: 'range', range: { after: end, upTo: end } }, from)
    await pair.run(MINUTE)
    for (const [from, end] of [
      [stranger, owner],
      [pair.a.endpoint, owner.plusPowerOfTwo(1)],
    ] as const) {
      expect(await compare(from, end)).toMatchObject({ kind: 'range' })
      expect(held?.confirmedAt).toBe(0)
    }
    await compare(pair.a.endpoint, owner)
    expect(held?.confirmedAt).toBeGreaterThanOrEqual(MINUTE)
  })
})

describe('what moves between members', () => {
  const copies = [{ item: text('a'), age: 0 }]

  test('is for hosts that are there; what is to be kept is taken only from those that have members', async () => {
    const pair = new StorePair()
    const { a, b } = pair
    a.isMember = false
    b.items.write(text('x'), stranger, 0)
    expect(await answer(pair, { kind: 'range', range: whole }, a.endpoint)).toMatchObject({ kind: 'range' })
    expect(await answer(pair, { kind: 'copies', range: whole }, a.endpoint)).toMatchObject({ kind: 'copies' })
    expect(await answer(pair, { kind: 'store', copies }, a.endpoint)).toMatchObject({ kind: 'refused', code: 203 })
    a.isMember = true
    expect(await answer(pair, { kind: 'store', copies }, a.endpoint)).toEqual({ kind: 'done' })
    expect(b.items.size).toBe(2)
  })

  test('is refused to an address that does not answer', async () => {
    const pair = new StorePair()
    pair.a.isMember = false
    pair.a.tongue = () => undefined
    for (const question of [
      { kind: 'range', range: whole },
      { kind: 'copies', range: whole },
      { kind: 'store', copies },
      { kind: 'storePeers', infoHash, peers: [] },
    ] as const) {
      expect(await answer(pair, question, pair.a.endpoint)).toMatchObject({ kind: 'refused', code: 203 })
    }
    expect(pair.b.items.size).toBe(0)
  })

  test('a copy with a wrong signature is refused, others of the same message are kept', async () => {
    const pair = new StorePair()
    const forged = { item: { ...signed(1, 1), seq: 9n }, age: 0 }
    expect(await answer(pair, { kind: 'store', copies: [forged, ...copies] }, pair.a.endpoint)).toMatchObject({
      code: 206,
    })
    expect(pair.b.items.all(pair.now).map(({ item }) => item)).toEqual([text('a')])
  })
})

describe('pages of copies', () => {
  async function pages(pair: StorePair, range = whole): Promise<{ keys: RingId[]; pages: number }> {
    const keys: RingId[] = []
    let from: RingId | undefined
    for (let n = 1; ; n++) {
      const page = await answer(pair, { kind: 'copies', range, ...(from ? { from } : {}) }, pair.a.endpoint)
      if (page.kind !== 'copies') throw new Error(page.kind)
      expect(hostAnswerBodySize(page)).toBeLessThanOrEqual(MAX_BODY_BYTES)
      keys.push(...page.items.map(({ item }) => keyOf(item)), ...page.peers.map((swarm) => swarm.infoHash))
      from = page.next
      if (!from) return { keys, pages: n }
    }
  }

  function fill(side: StoreSide): RingId[] {
    const random = SeededRandom.of(3)
    const keys: RingId[] = []
    for (let n = 0; n < 60; n++) {
      const size = random.below(990)
      const item = n % 3 ? text(`${n}`.padEnd(size, 'x')) : signed(1, 1, 'x'.repeat(size), `${n}`.padEnd(n, 's'))
      side.items.write(item, stranger, 0)
      keys.push(keyOf(item))
    }
    for (let n = 0; n < 60; n++) {
      const id = RingId.of(random.bytes(20))
      for (let peer = 0; peer <= random.below(80); peer++)
        side.peers.announce(id, { host: `82.${n}.${peer}.1`, port: 1 }, false, 0)
      keys.push(id)
    }
    return keys
  }

  test('hold everything once, in messages that can be sent', async () => {
    const pair = new StorePair()
    const keys = fill(pair.b)
    const found = await pages(pair)
    expect(found.keys.map(String).sort()).toEqual(keys.map(String).sort())
    expect(found.pages).toBeGreaterThan(20)
  })

  test('of a range hold what is in it', async () => {
    const pair = new StorePair()
    const keys = fill(pair.b).sort(compareIds)
    const inside = keys.slice(20, 31)
    const range = { after: before(inside[0] as RingId), upTo: inside.at(-1) as RingId }
    expect((await pages(pair, range)).keys.map(String).sort()).toEqual(inside.map(String).sort())
  })
})
