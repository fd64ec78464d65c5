import { describe, expect, test } from 'vitest'
import { toHex, utf8 } from '../../kernel/bytes.ts'
import { SECOND } from '../../kernel/clock.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import { SeededRandom } from '../../simulation/random.ts'
import type { HostAnswer, KeyRange } from '../host-messages.ts'
import { RingId } from '../ring-id.ts'
import { StorePair, type StoreSide } from '../test-support/store-pair.ts'
import { keyOf, signed, text } from '../test-support/store-world.ts'
import { sizeOfHostQuestion } from '../wire/sizes.ts'
import { isInRange } from './key-range.ts'
import { AT_ONCE, MAX_SYNC_QUESTIONS, RangeSync, type SyncOutcome, type SyncPlan } from './range-sync.ts'
import { compareVersions } from './version.ts'

const long = process.env.SHOAL_LONG === '1'
const zero = RingId.of(new Uint8Array(20))
const whole: KeyRange = { after: zero, upTo: zero }
const by = { host: '1.2.3.4' }
const fill = (side: StoreSide, items: readonly Item[]) => {
  for (const item of items) side.items.write(item, by, 0)
}
/** Of an owner whose signatures nobody checks here. */
const unsigned = (seq: number, n: number): Item => {
  const [publicKey, signature] = [new Uint8Array(32).fill(1), new Uint8Array(64).fill(seq)]
  return { kind: 'mutable', publicKey, signature, salt: utf8(`${n}`), seq: BigInt(seq), value: utf8(`i${seq}e`) }
}
const contents = (side: StoreSide, now: number) =>
  side.items.all(now).map(({ key, item }) => `${key} ${item.kind === 'mutable' ? item.seq : ''} ${toHex(item.value)}`)

function sync(pair: StorePair, plan: Partial<SyncPlan> = {}): Promise<SyncOutcome> {
  return pair.ended((done) => {
    const { a, b } = pair
    new RangeSync(
      { items: a.items, port: a.port, clock: a.clock },
      { range: whole, with: b.endpoint, ...plan },
      done,
    ).start()
  })
}

/** Rounds until both are equal. */
async function syncWhole(pair: StorePair, plan: Partial<SyncPlan> = {}): Promise<number> {
  for (let round = 1; round <= 100; round++) if ((await sync(pair, plan)) === 'equal') return round
  throw new Error('not equal after 100 rounds')
}

describe('two stores', () => {
  const cases = Array.from({ length: long ? 300 : 25 }, (_, n) => 100 + n)
  test.each(cases)('end equal, each key in its newest version (seed %i)', async (seed) => {
    const random = SeededRandom.of(seed)
    const pair = new StorePair({ verify: () => true })
    const best = new Map<string, Item>()
    const count = random.below(400)
    for (let n = 0; n < count; n++) {
      const versions = random.below(3) === 0 ? [text(`${n}`)] : [1, 2, 3].map((seq) => unsigned(seq, n))
      for (const side of [pair.a, pair.b]) {
        if (random.below(4) === 0) continue
        const item = versions[random.below(versions.length)] as Item
        side.items.write(item, by, 0)
        const known = best.get(keyOf(item).key)
        if (!known || compareVersions(item, known) > 0) best.set(keyOf(item).key, item)
      }
    }
    await syncWhole(pair)
    expect(contents(pair.a, pair.now)).toEqual(contents(pair.b, pair.now))
    expect(pair.a.items.all(pair.now).map(({ item }) => item)).toEqual(
      [...best.values()].sort((x, y) => (toHex(keyOf(x).bytes) < toHex(keyOf(y).bytes) ? -1 : 1)),
    )
  })

  test('that are equal cost one question', async () => {
    const pair = new StorePair()
    for (const side of [pair.a, pair.b])
      fill(
        side,
        Array.from({ length: 200 }, (_, n) => text(`${n}`)),
      )
    expect(await sync(pair)).toBe('equal')
    expect(pair.a.asked.questions).toBe(1)
    expect(pair.a.asked.bytes).toBeLessThan(500)
  })

  test('with two values signed under one number agree on one of them', async () => {
    const pair = new StorePair()
    fill(pair.a, [signed(1, 5, 'this')])
    fill(pair.b, [signed(1, 5, 'that')])
    expect(await syncWhole(pair)).toBe(1)
    expect(contents(pair.a, pair.now)).toEqual(contents(pair.b, pair.now))
    expect(contents(pair.a, pair.now)).toHaveLength(1)
  })

  test('only what lies in the range is moved, in either direction', async () => {
    const pair = new StorePair()
    const items = Array.from({ length: 300 }, (_, n) => text(`${n}`))
    fill(pair.a, items.slice(0, 150))
    fill(pair.b, items.slice(150))
    const range = { after: RingId.of(new Uint8Array(20).fill(0xf0)), upTo: RingId.of(new Uint8Array(20).fill(0x20)) }
    await syncWhole(pair, { range })
    const inside = items.filter((item) => isInRange(range, keyOf(item)))
    for (const [side, own] of [
      [pair.a, items.slice(0, 150)],
      [pair.b, items.slice(150)],
    ] as const) {
      const expected = new Set([...own, ...inside].map((item) => keyOf(item).key))
      expect(new Set(side.items.all(pair.now).map(({ key }) => key.key))).toEqual(expected)
    }
  })

  test('one that only gives takes nothing but newer versions', async () => {
    const pair = new StorePair()
    fill(pair.a, [text('ours'), signed(1, 2), signed(2, 1)])
    fill(pair.b, [text('theirs'), signed(1, 1), signed(2, 2)])
    expect(await sync(pair, { givesOnly: true })).toBe('equal')
    expect(pair.b.items.size).toBe(4)
    expect(pair.a.items.size).toBe(3)
    expect(pair.a.items.get(keyOf(signed(2, 2)), pair.now)?.item).toEqual(signed(2, 2))
  })

  test('copies keep their age: both forget them at the same time', async () => {
    const pair = new StorePair()
    fill(pair.a, [text('x')])
    await pair.run(3_600 * SECOND)
    await syncWhole(pair)
    const [a, b] = [pair.a, pair.b].map((side) => side.items.get(keyOf(text('x')), pair.now)?.putAt)
    expect(Math.abs((a as number) - (b as number))).toBeLessThan(SECOND)
  })
})

test('after 1 % of 10,000 keys differ, repair moves at most a tenth of the bytes of sending all', async () => {
  const random = SeededRandom.of(5)
  const pair = new StorePair({ verify: () => true, limits: { itemsOfNetwork: 10_000 } })
  const signature = random.bytes(64)
  const publicKey = random.bytes(32)
  // Values of 100 to 300 bytes, half of them signed.
  const versionOf = (n: number, seq: bigint): Item => {
    const value = utf8(`${100 + (n % 201)}:${String(n).padEnd(100 + (n % 201), 'x')}`)
    if (n % 2 === 0) return { kind: 'immutable', value }
    return { kind: 'mutable', value, publicKey, signature, salt: utf8(`${n}`), seq }
  }
  let all = 0
  for (let n = 0; n < 10_000; n++) {
    const isOther = random.below(100) === 0
    pair.a.items.write(versionOf(n, 2n), by, 0)
    if (!isOther) pair.b.items.write(versionOf(n, 2n), by, 0)
    else if (n % 2 === 1) pair.b.items.write(versionOf(n, 1n), by, 0)
    all += sizeOfHostQuestion({ kind: 'store', copies: [{ item: versionOf(n, 2n), age: 0 }] })
  }
  expect([pair.a.items.size, pair.b.items.size]).not.toEqual([10_000, 10_000])
  await syncWhole(pair)
  expect(contents(pair.a, pair.now)).toEqual(contents(pair.b, pair.now))
  expect(pair.a.items.size).toBe(10_000)
  expect(pair.a.asked.bytes / all).toBeLessThan(0.1)
})

describe('limits', () => {
  test('a comparison of very different stores is cut, and goes on in the next round', async () => {
    const pair = new StorePair({ limits: { itemsOfNetwork: 10_000, copiesOfNetwork: 10_000 } })
    fill(
      pair.a,
      Array.from({ length: 3_000 }, (_, n) => text(`${n}`.padEnd(300, 'x'))),
    )
    expect(await sync(pair, { maxQuestions: 100 })).toBe('cut')
    expect(pair.a.asked.questions).toBe(100)
    const first = pair.b.items.size
    expect(first).toBeGreaterThan(200)
    expect(await syncWhole(pair)).toBeGreaterThan(1)
    expect(pair.b.items.size).toBe(3_000)
  })

  test('so many questions are under way at once', async () => {
    const pair = new StorePair()
    let [running, most] = [0, 0]
    const { a, b } = pair
    fill(
      b,
      Array.from({ length: 500 }, (_, n) => text(`${n}`)),
    )
    const port = {
      ask: (...[to, question, callbacks]: Parameters<typeof a.port.ask>) => {
        running += 1
        most = Math.max(most, running)
        const less = () => {
          running -= 1
        }
        a.port.ask(to, question, {
          answered: (answer) => {
            less()
            callbacks.answered(answer)
          },
          missed: () => {
            less()
            callbacks.missed()
          },
        })
      },
    }
    const outcome = await pair.ended((done) =>
      new RangeSync({ items: a.items, port, clock: a.clock }, { range: whole, with: b.endpoint }, done).start(),
    )
    expect([outcome, most]).toEqual(['equal', AT_ONCE])
    expect(a.items.size).toBe(500)
  })

  test('one that is cancelled asks nobody and tells nothing any more', async () => {
    const pair = new StorePair()
    fill(pair.a, [text('x')])
    let ends = 0
    const { a, b } = pair
    const running = new RangeSync(
      { items: a.items, port: a.port, clock: a.clock },
      { range: whole, with: b.endpoint },
      () => {
        ends += 1
      },
    )
    running.start()
    running.cancel()
    await pair.run(SECOND)
    expect([ends, a.asked.questions, b.items.size]).toEqual([0, 1, 0])
  })
})

describe('one who lies', () => {
  const lie = async (tongue: StoreSide['tongue'], items: readonly Item[] = [], range = whole) => {
    const pair = new StorePair()
    fill(pair.a, items)
    pair.b.tongue = tongue
    const outcome = await sync(pair, { range })
    return { outcome, pair }
  }
  const copies = (items: readonly Item[], next?: RingId): HostAnswer => {
    return { kind: 'copies', items: items.map((item) => ({ item, age: 0 })), peers: [], next }
  }
  const allDiffer: HostAnswer = { kind: 'range', parts: Array.from({ length: 16 }, () => new Uint8Array(8).fill(1)) }

  test('with hashes that always differ costs no more than a round', async () => {
    const items = Array.from({ length: 500 }, (_, n) => text(`${n}`))
    const { outcome, pair } = await lie(({ kind }, truth) => (kind === 'range' ? allDiffer : truth), items)
    expect(outcome).not.toBe('equal')
    expect(pair.a.asked.questions).toBeLessThanOrEqual(MAX_SYNC_QUESTIONS)
  })

  test('with pages without end, or that lead nowhere, costs no more than a round', async () => {
    let n = 0
    const endless = await lie(({ kind }) => {
      if (kind === 'range') return allDiffer
      n += 1
      const next = new Uint8Array(20)
      new DataView(next.buffer).setUint32(0, 1 + n * 4_096)
      return copies([], RingId.of(next))
    })
    expect(endless.pair.a.asked.questions).toBeLessThanOrEqual(MAX_SYNC_QUESTIONS)
    const stuck = await lie(({ kind }) => (kind === 'range' ? allDiffer : copies([], zero)))
    expect(stuck.pair.a.asked.questions).toBeLessThanOrEqual(1 + 16)
  })

  test('with items that are not in the range, wrongly signed or not asked for leaves nothing behind', async () => {
    const range = { after: RingId.of(new Uint8Array(20).fill(1)), upTo: RingId.of(new Uint8Array(20).fill(2)) }
    const forged = { ...signed(1, 9), seq: 10n }
    const { pair } = await lie(({ kind }) =>
      kind === 'range'
        ? { kind: 'range', keys: [{ key: keyOf(forged), digest: new Uint8Array(8) }] }
        : copies([forged]),
    )
    expect(pair.a.items.size).toBe(0)
    const outside = await lie(({ kind }) => (kind === 'range' ? allDiffer : copies([text('elsewhere')])), [], range)
    expect(outside.pair.a.items.size).toBe(0)
  })

  test('with an older version, replayed, changes nothing', async () => {
    const key = keyOf(signed(1, 1))
    const old = { kind: 'range', keys: [{ key, digest: new Uint8Array(8).fill(3) }] } as const
    const { pair } = await lie(
      ({ kind }, truth) => (kind === 'range' ? old : kind === 'copies' ? copies([signed(1, 1)]) : truth),
      [signed(1, 2)],
    )
    expect(pair.a.items.get(key, 1_000)?.item).toEqual(signed(1, 2))
    expect(pair.b.items.get(key, 1_000)?.item).toEqual(signed(1, 2))
  })

  test.each<[string, HostAnswer | undefined]>([
    ['nothing', undefined],
    ['too few parts', { kind: 'range', parts: [new Uint8Array(8)] }],
    ['something else', { kind: 'done' }],
    ['that it will not', { kind: 'refused', code: 203, message: 'no' }],
  ])('or says %s: it has failed', async (_what, answer) => {
    expect((await lie(() => answer, [text('x')])).outcome).toBe('failed')
  })
})
