import { describe, expect, test } from 'vitest'
import type { ChordContact } from '../contact.ts'
import { contactAt } from '../contact.ts'
import { StorePair, type StoreSide } from '../test-support/store-pair.ts'
import { keyOf, signed, text } from '../test-support/store-world.ts'
import { GROUPS_AT_A_TIME, Strays, TRY_AGAIN_AFTER, UNCONFIRMED_FOR } from './strays.ts'

const other = (n: number) => contactAt({ host: `46.0.${n}.1`, port: 6881 }, 0) as ChordContact
const items = Array.from({ length: 5 }, (_, n) => text(`${n}`))

/** Strays of the first host of a pair, which owns nothing; who owns a key is the second, with these hosts behind it. */
function make(behind: readonly ChordContact[] = [other(1), other(2), other(3)], nobody = false) {
  const pair = new StorePair()
  const { a, b } = pair
  let lookups = 0
  const strays = new Strays({
    ...{ clock: a.clock, port: a.port, items: a.items, members: () => [] },
    isOwn: ({ host }) => host === a.endpoint.host,
    lookUp: (target, _observer, done) => {
      lookups += 1
      const owner = { ...b.self, id: target }
      const owners = nobody ? [] : [owner, ...behind]
      const cost = { hops: 1, requests: 1, timeouts: 0, took: 1 }
      a.clock.after(1, () => done({ target, owners, path: [owner], cost }))
      return { cancel() {} }
    },
  })
  for (const item of items) a.items.write(item, { host: '1.2.3.4' }, 0)
  const look = async () => {
    strays.look()
    await pair.run(5_000)
  }
  return { pair, strays, look, lookups: () => lookups }
}

describe('copies that nobody counts on', () => {
  test('are looked after only once they have not been confirmed for long enough', async () => {
    const { pair, look, lookups } = make()
    await pair.run(UNCONFIRMED_FOR - 5_000)
    await look()
    expect(lookups()).toBe(0)
    await look()
    expect(lookups()).toBe(items.length)
  })

  test('go once the owner has them, which is given what it lacks', async () => {
    const { pair, look } = make()
    pair.b.items.write(items[0] as (typeof items)[number], { host: '1.2.3.4' }, 0)
    await pair.run(UNCONFIRMED_FOR)
    await look()
    expect(pair.a.items.size).toBe(0)
    expect(new Set(pair.b.items.all(pair.now).map(({ item }) => item))).toEqual(new Set(items))
  })

  test.each([
    ['refuses', { places: [] }],
    ['says nothing', { tongue: () => undefined }],
  ])('stay where the owner %s, and are offered again later', async (_what, change: Partial<StoreSide>) => {
    const { pair, look, lookups } = make()
    const { places, tongue } = pair.b
    Object.assign(pair.b, change)
    await pair.run(UNCONFIRMED_FOR)
    await look()
    expect([pair.a.items.size, pair.b.items.size]).toEqual([items.length, 0])
    const first = lookups()
    await look()
    expect(lookups()).toBe(first)
    Object.assign(pair.b, { places, tongue })
    await pair.run(TRY_AGAIN_AFTER)
    await look()
    expect([pair.a.items.size, pair.b.items.size]).toEqual([0, items.length])
  })

  test('stay where nobody can be found', async () => {
    const { pair, look, lookups } = make([], true)
    await pair.run(UNCONFIRMED_FOR)
    await look()
    expect([pair.a.items.size, lookups()]).toEqual([items.length, 1])
  })

  test('stay where we are one of the replicas', async () => {
    const { pair, look } = make()
    const replica = make([other(1), other(2), pair.a.self])
    await replica.pair.run(UNCONFIRMED_FOR)
    await replica.look()
    expect([replica.pair.a.items.size, replica.pair.b.items.size]).toEqual([items.length, 0])
    const farther = make([other(1), other(2), other(3), pair.a.self])
    await farther.pair.run(UNCONFIRMED_FOR)
    await farther.look()
    expect(farther.pair.a.items.size).toBe(0)
    await look()
    expect(pair.a.items.size).toBe(items.length)
  })

  test('one that has changed while it was shown stays', async () => {
    const { pair, strays } = make()
    const { a } = pair
    for (const { key } of a.items.all(0)) a.items.drop(key)
    a.items.write(signed(1, 1), { host: '1.2.3.4' }, pair.now)
    await pair.run(UNCONFIRMED_FOR)
    pair.b.tongue = ({ kind }, truth) => {
      if (kind === 'store') a.items.write(signed(1, 2), { host: '1.2.3.4' }, pair.now)
      return truth
    }
    strays.look()
    await pair.run(5_000)
    expect(a.items.get(keyOf(signed(1, 1)), pair.now)?.item).toEqual(signed(1, 2))
  })

  test('so many owners are looked up in a round, one round at a time', async () => {
    const { pair, strays, look, lookups } = make()
    for (let n = 0; n < 3 * GROUPS_AT_A_TIME; n++) pair.a.items.write(text(`more ${n}`), { host: '1.2.3.4' }, 0)
    await pair.run(UNCONFIRMED_FOR)
    strays.look()
    strays.look()
    expect(lookups()).toBe(1)
    await look()
    expect(lookups()).toBe(GROUPS_AT_A_TIME)
    strays.look()
    strays.stop()
    expect(strays.isLooking).toBe(false)
  })
})
