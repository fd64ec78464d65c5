/** Members that lie about keys, on a ring of 12 hosts of which three do. */
import { beforeAll, describe, expect, test } from 'vitest'
import { MINUTE } from '../../kernel/clock.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import type { HostStore, StoreHost, StoreQuestion } from '../host/host-store.ts'
import type { HostAnswer } from '../host-messages.ts'
import { RingId } from '../ring-id.ts'
import type { SimHost } from '../test-support/host-world.ts'
import { keyOf, type StoreWorld, signed, storeRing, text } from '../test-support/store-world.ts'
import { ChordStore } from './chord-store.ts'

const LIARS = new Set([2, 5, 9])
const items: readonly Item[] = Array.from({ length: 60 }, (_, n) =>
  n % 2 ? text(`item ${n}`) : signed(1, 3, `item ${n}`, `${n}`),
)

type Tongue = (question: StoreQuestion, truth: HostAnswer) => HostAnswer | undefined

/** A ring in which some answer as they like, from when `lies` is set. */
function ringWith(tongue: Tongue, seed: number) {
  const state = { lies: false }
  let made = 0
  const store = (host: StoreHost): HostStore => {
    const inner = new ChordStore(host)
    if (!LIARS.has(made++)) return inner
    const asked = inner.asked.bind(inner)
    inner.asked = (from, question, reply) =>
      asked(from, question, (truth) => {
        const answer = state.lies ? tongue(question, truth) : truth
        if (answer) reply(answer)
      })
    return inner
  }
  const world = storeRing(12, { seed, successors: 8 }, { store })
  return { world, state, honest: world.hosts.filter(({ number }) => !LIARS.has(number)) }
}

function putAll(world: StoreWorld): void {
  for (const item of items) expect(world.put(world.hosts[0] as SimHost, item).stored).toBe(4)
}

/** An older version of each mutable item, as genuine as the last. */
const outdated = new Map(
  items.flatMap((item, n) =>
    item.kind === 'mutable' ? [[String(keyOf(item)), signed(1, 1, `old ${n}`, `${n}`)]] : [],
  ),
)

const value = (item: Item | undefined) => item && String(item.value)

describe('a member that', () => {
  // One ring for all that only read from it.
  let shared: ReturnType<typeof ringWith>
  let tongueOfShared: Tongue = (_question, truth) => truth
  beforeAll(() => {
    shared = ringWith((question, truth) => tongueOfShared(question, truth), 21)
    putAll(shared.world)
    shared.state.lies = true
  })

  test.each<[string, Tongue]>([
    [
      'says that it has nothing',
      (question, truth) =>
        question.kind === 'read' ? { kind: 'read', token: (truth as { token: Uint8Array }).token } : truth,
    ],
    ['says nothing', () => undefined],
    [
      'gives another item',
      (question, truth) =>
        question.kind === 'read' ? { ...(truth as { kind: 'read'; token: Uint8Array }), item: text('evil') } : truth,
    ],
    [
      'gives one that is badly signed',
      (question, truth) =>
        question.kind === 'read'
          ? { ...(truth as { kind: 'read'; token: Uint8Array }), item: { ...signed(1, 9), seq: 10n } }
          : truth,
    ],
    [
      'says for ever that it is too large',
      (question, truth) =>
        question.kind === 'read'
          ? { kind: 'read', token: (truth as { token: Uint8Array }).token, isTooLarge: true }
          : truth,
    ],
    [
      'gives older versions',
      (question, truth) => {
        const item = question.kind === 'read' ? outdated.get(String(question.key)) : undefined
        return item ? { kind: 'read', token: (truth as { token: Uint8Array }).token, item } : truth
      },
    ],
    ['refuses', () => ({ kind: 'refused', code: 203, message: 'no' })],
    ['talks of something else', () => ({ kind: 'done' })],
  ])('%s hides no item, and shows none of its own', (_what, tongue) => {
    const { world, honest } = shared
    tongueOfShared = tongue
    for (const [n, item] of items.entries()) {
      const report = world.get(honest[n % honest.length] as SimHost, item)
      expect(value(report.item)).toBe(value(item))
    }
    expect(world.get(honest[0] as SimHost, text('nobody has this')).item).toBeUndefined()
  })

  test('gives peers without end is heard for a hundred, and not for impossible ones', () => {
    const infoHash = RingId.of(new Uint8Array(20).fill(0x51))
    const flood = Array.from({ length: 5_000 }, (_, n) => ({
      host: n % 2 ? `99.${n >> 8}.${n & 255}.1` : '239.1.2.3',
      port: 1,
    }))
    const { world, state, honest } = ringWith((question, truth) => {
      return question.kind === 'read' ? { ...(truth as { kind: 'read'; token: Uint8Array }), peers: flood } : truth
    }, 22)
    const [by] = honest as [SimHost]
    expect(world.announce(by, infoHash, 5).stored).toBe(4)
    state.lies = true
    const peers = world.peers(by, infoHash)
    expect(peers).toContain(`${by.endpoint.host}:5`)
    expect(peers.length).toBeLessThanOrEqual(1 + 3 * 50)
    expect(peers.filter((peer) => peer.startsWith('239'))).toEqual([])
  })

  test('shows always different hashes, and gives foreign, forged and outdated copies, changes nothing at the others', () => {
    const foreign = {
      kind: 'copies',
      items: [text('evil'), { ...signed(1, 9), seq: 10n }, signed(1, 1, 'item 0', '0')].map((item) => ({
        item,
        age: 0,
      })),
      peers: [],
      next: undefined,
    } as const
    const { world, state, honest } = ringWith((question, truth) => {
      if (question.kind === 'range')
        return { kind: 'range', parts: Array.from({ length: 16 }, () => new Uint8Array(8).fill(7)) }
      return question.kind === 'copies' ? foreign : truth
    }, 23)
    putAll(world)
    state.lies = true
    const before = world.sent.range ?? 0
    world.run(10 * MINUTE)
    for (const host of honest) {
      for (const { key, item } of host.node.items()) {
        const own = items.find((one) => keyOf(one).equals(key))
        // A copy of `evil` may be where its key belongs: it is what its hash names.
        if (key.equals(keyOf(text('evil')))) continue
        expect(value(item)).toBe(value(own))
      }
    }
    for (const item of items) expect(value(world.get(honest[1] as SimHost, item).item)).toBe(value(item))
    // 24 members compare with three replicas in each of ten rounds; what liars lead them to ask is bounded.
    expect((world.sent.range ?? 0) - before).toBeLessThan(6_000)
  })

  test('refuses every write and every copy: items are kept by the others', () => {
    const { world, state, honest } = ringWith((question, truth) => {
      return question.kind === 'write' || question.kind === 'store'
        ? { kind: 'refused', code: 203, message: 'no' }
        : truth
    }, 24)
    state.lies = true
    for (const item of items) expect(world.put(honest[0] as SimHost, item).stored).toBeGreaterThanOrEqual(1)
    for (const item of items) expect(value(world.get(honest[3] as SimHost, item).item)).toBe(value(item))
  })
})
