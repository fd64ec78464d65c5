import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../kernel/clock.ts'
import type { GetReport, Item, PutReport } from '../../kernel/key-value-store.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import type { HostAnswer, HostQuestion } from '../host-messages.ts'
import type { ChordSearchResult, ChordStep } from '../overlay.ts'
import { keyOf, StoreWorld, signed, text } from '../test-support/store-world.ts'
import { MAX_FURTHER_LOOKUPS, MAX_HOLDERS_ASKED, type SearchParts } from './holder-search.ts'
import { getItem, MAX_WRITERS_TRIED, putItem } from './item-search.ts'
import { announcePeer, findPeers } from './peer-search.ts'

const contact = (host: number, slot = 0) => contactAt({ host: `45.0.${host}.1`, port: 6881 }, slot) as ChordContact
const hosts = (...numbers: number[]) => numbers.map((n) => contact(n))
const token = (host: string) => new TextEncoder().encode(host)
const wait = 10

/** What each host holds and says; `says` goes before. */
interface Script {
  readonly holds?: Readonly<Record<string, Item>>
  /** Undefined: as it holds. */
  says?(host: string, question: HostQuestion): HostAnswer | 'nothing' | undefined
  /** Owners that each lookup finds, in order. */
  readonly lookups: readonly (readonly ChordContact[])[]
}

function make({ holds = {}, says, lookups }: Script) {
  const world = new StoreWorld({ seed: 1 })
  const asked: string[] = []
  const writes: { readonly host: string; readonly item: Item }[] = []
  let looked = 0
  const answer = (host: string, question: HostQuestion): HostAnswer => {
    if (question.kind === 'write') {
      writes.push({ host, item: question.item })
      return String(question.token) === String(token(host))
        ? { kind: 'written', stored: 4 }
        : { kind: 'refused', code: 203, message: 'Bad token' }
    }
    if (question.kind === 'announce') return { kind: 'done' }
    const item = holds[host]
    return { kind: 'read', token: token(host), ...(item ? { item } : {}) }
  }
  const parts: SearchParts = {
    clock: world.clock,
    port: {
      ask: ({ host }, question, callbacks) => {
        asked.push(`${question.kind} ${host.split('.')[2]}`)
        const said = says?.(host, question) ?? answer(host, question)
        world.clock.after(wait, () => (said === 'nothing' ? callbacks.missed() : callbacks.answered(said)))
      },
    },
    lookUp: (target, _observer, done) => {
      const owners = lookups[looked] ?? []
      looked += 1
      const cost = { hops: 2, requests: 3, timeouts: 1, took: wait }
      let isCancelled = false
      world.clock.after(wait, () => {
        const result: ChordSearchResult = { target, owners, path: owners.slice(0, 1), cost }
        if (!isCancelled) done(result)
      })
      return {
        cancel: () => {
          isCancelled = true
        },
      }
    },
  }
  const get = (item: Item, observer: { stepped?: (step: ChordStep) => void } = {}) =>
    world.ended<GetReport>((done) => getItem(parts, keyOf(item), observer, done))
  const put = (item: Item, cas?: bigint) =>
    world.ended<PutReport>((done) => putItem(parts, item, cas === undefined ? {} : { cas }, done))
  return { world, parts, asked, writes, get, put, lookups: () => looked }
}

const silent =
  (...numbers: number[]) =>
  (host: string) =>
    numbers.includes(Number(host.split('.')[2])) ? ('nothing' as const) : undefined
const at = (n: number) => contact(n).endpoint.host
const [old, item, newer] = [signed(1, 1), signed(1, 2), signed(1, 3)]

describe('a get', () => {
  test('asks the owner alone where that has what the hash names, and counts what it took', () => {
    const named = text('named')
    const search = make({ lookups: [hosts(1, 2, 3, 4, 5)], holds: { [at(1)]: named } })
    expect(search.get(named)).toMatchObject({
      item: named,
      holders: 1,
      cost: { hops: 2, requests: 4, timeouts: 1, took: 2 * wait },
    })
    expect(search.asked).toEqual(['read 1'])
  })

  test('asks three others as well where there may be a newer version than the owner has', () => {
    const search = make({ lookups: [hosts(1, 2, 3, 4, 5)], holds: { [at(1)]: old, [at(2)]: newer, [at(3)]: newer } })
    expect(search.get(item)).toMatchObject({ item: newer, holders: 2, cost: { took: 3 * wait } })
    expect(search.asked).toEqual(['read 1', 'read 2', 'read 3', 'read 4', 'write 1'])
  })

  test('asks three others at once where the owner has nothing: the newest counts, and the owner is given it', () => {
    const search = make({ lookups: [hosts(1, 2, 3, 4, 5)], holds: { [at(2)]: old, [at(3)]: newer, [at(4)]: item } })
    expect(search.get(item)).toMatchObject({ item: newer, holders: 1, cost: { took: 3 * wait } })
    expect(search.asked).toEqual(['read 1', 'read 2', 'read 3', 'read 4', 'write 1'])
    expect(search.writes).toEqual([{ host: at(1), item: newer }])
  })

  test('where the owner is silent goes on, with others in place of those that are, and each that lacks it is given it', () => {
    const search = make({
      lookups: [hosts(1, 2, 3, 4, 5)],
      holds: { [at(2)]: newer, [at(4)]: old },
      says: silent(1, 3),
    })
    expect(search.get(item)).toMatchObject({ item: newer, cost: { timeouts: 3 } })
    expect(search.asked).toEqual(['read 1', 'read 2', 'read 3', 'read 4', 'read 5', 'write 4', 'write 5'])
  })

  test('asks no more than so many hosts, and tells that there is nothing', () => {
    const many = hosts(...Array.from({ length: 20 }, (_, n) => n + 1))
    const search = make({ lookups: [many], says: () => 'nothing' })
    expect(search.get(item)).toMatchObject({ item: undefined, holders: 0 })
    expect(search.asked).toHaveLength(MAX_HOLDERS_ASKED)
  })

  test('looks further where few are named behind the owner, a few times at most', () => {
    const search = make({ lookups: [hosts(1), hosts(2, 3), hosts(4)], holds: { [at(4)]: item } })
    expect(search.get(item)).toMatchObject({ item, cost: { requests: 3 + 3 + 3 + 4 } })
    expect(search.lookups()).toBe(1 + MAX_FURTHER_LOOKUPS)
    const alone = make({ lookups: [hosts(1), hosts(1)] })
    expect(alone.get(item).item).toBeUndefined()
    expect([alone.lookups(), alone.asked]).toEqual([2, ['read 1']])
    const nobody = make({ lookups: [[]] })
    expect(nobody.get(item)).toMatchObject({ item: undefined, holders: 0 })
    expect(nobody.asked).toEqual([])
  })

  test('asks hosts, not virtual nodes', () => {
    const search = make({
      lookups: [[contact(1), contact(1, 1), contact(2), contact(1, 2), contact(2, 1), contact(3), contact(4)]],
    })
    search.get(item)
    expect(search.asked).toEqual(['read 1', 'read 2', 'read 3', 'read 4'])
  })

  test('asks for what is too large once more with the token, and believes that once', () => {
    const large = (host: string, question: HostQuestion): HostAnswer | undefined => {
      if (question.kind !== 'read') return undefined
      return question.token
        ? { kind: 'read', token: token(host), item }
        : { kind: 'read', token: token(host), isTooLarge: true }
    }
    const search = make({ lookups: [hosts(1, 2, 3, 4)], says: large })
    expect(search.get(item).item).toEqual(item)
    expect(search.asked.filter((one) => one.endsWith(' 1'))).toEqual(['read 1', 'read 1'])
  })

  test('shows what it asks as steps that follow the lookup', () => {
    const steps: string[] = []
    const search = make({ lookups: [hosts(1, 2, 3, 4)], holds: { [at(2)]: item }, says: silent(1) })
    search.get(item, {
      stepped: ({ contact: { endpoint }, state, hop }) => steps.push(`${endpoint.host.split('.')[2]} ${state} ${hop}`),
    })
    expect(steps.slice(0, 2)).toEqual(['1 asked 2', '1 failed 2'])
    expect(steps).toContain('2 replied 2')
  })
})

describe('a put', () => {
  test('goes to the owner with its token', () => {
    const search = make({ lookups: [hosts(1, 2, 3, 4)] })
    expect(search.put(item)).toMatchObject({ stored: 4, cost: { requests: 3 + 2 } })
    expect(search.asked).toEqual(['read 1', 'write 1'])
  })

  test('goes to the next where one is silent to the question or to the write, and gives up in the end', () => {
    const search = make({
      lookups: [hosts(1, 2, 3, 4)],
      says: (host, { kind }) => (host === at(1) || (host === at(2) && kind === 'write') ? 'nothing' : undefined),
    })
    expect(search.put(item).stored).toBe(4)
    expect(search.asked).toEqual(['read 1', 'read 2', 'write 2', 'read 3', 'write 3'])
    const nobody = make({ lookups: [hosts(1, 2, 3, 4, 5, 6)], says: () => 'nothing' })
    expect(nobody.put(item)).toMatchObject({ stored: 0, cost: { timeouts: 1 + MAX_WRITERS_TRIED } })
    expect(nobody.asked).toHaveLength(MAX_WRITERS_TRIED)
  })

  test('that is refused by a rule ends there, with the code', () => {
    const refuse =
      (code: number) =>
      (_host: string, { kind }: HostQuestion) =>
        kind === 'write' ? ({ kind: 'refused', code, message: '' } as const) : undefined
    for (const code of [206, 301, 302]) {
      const search = make({ lookups: [hosts(1, 2, 3, 4)], says: refuse(code) })
      expect(Object.fromEntries(search.put(item).refused)).toEqual({ [code]: 1 })
      expect(search.asked).toHaveLength(2)
    }
    const full = make({
      lookups: [hosts(1, 2, 3, 4)],
      says: (host, question) => (host === at(1) ? refuse(202)(host, question) : undefined),
    })
    expect(full.put(item).stored).toBe(4)
    expect(full.asked).toEqual(['read 1', 'write 1', 'read 2', 'write 2'])
    const elsewhere = make({ lookups: [hosts(1, 2, 3, 4)], says: refuse(203) })
    expect(Object.fromEntries(elsewhere.put(item).refused)).toEqual({ 203: 1 })
    expect(elsewhere.asked).toHaveLength(2 * MAX_WRITERS_TRIED)
  })

  test('of what can be no item asks nobody', () => {
    const search = make({ lookups: [hosts(1, 2, 3, 4)] })
    expect(Object.fromEntries(search.put(text('x'.repeat(1_000))).refused)).toEqual({ 205: 1 })
    expect(search.asked).toEqual([])
  })
})

test('what is cancelled tells nothing and asks no more, whenever that is', () => {
  for (let when = 0; when <= 5 * wait; when += wait / 2) {
    const { world, parts, asked } = make({ lookups: [hosts(1, 2, 3, 4)] })
    let told = 0
    const count = () => {
      told += 1
    }
    const key = keyOf(item)
    const running = [
      getItem(parts, key, {}, count),
      putItem(parts, item, {}, count),
      findPeers(parts, key, { found: count }, count),
      announcePeer(parts, key, { port: 1, seed: false, found: count }, count),
    ]
    world.run(when)
    const before = told
    for (const one of running) one.cancel()
    const questions = asked.length
    world.run(MINUTE)
    expect([told, asked.length]).toEqual([before, questions])
  }
})

test('peers are told once each; announcements go to whoever gave a token', () => {
  const peers = [
    { host: '81.0.0.1', port: 1 },
    { host: '81.0.0.2', port: 2 },
  ]
  const says = (host: string, question: HostQuestion): HostAnswer | 'nothing' | undefined => {
    if (host === at(2)) return 'nothing'
    if (question.kind !== 'read') return host === at(3) ? { kind: 'refused', code: 202, message: '' } : undefined
    return {
      kind: 'read',
      token: token(host),
      peers: host === at(1) ? peers : [...peers, { host: '81.0.0.3', port: 3 }],
    }
  }
  const { world, parts, asked } = make({ lookups: [hosts(1, 2, 3, 4, 5, 6)], says })
  const told: string[] = []
  const found = (some: readonly { readonly host: string }[]) => told.push(...some.map(({ host }) => host))
  const report = world.ended<{ readonly stored: number }>((done) =>
    announcePeer(parts, keyOf(item), { port: 1, seed: false, found }, done),
  )
  expect(told).toEqual(['81.0.0.1', '81.0.0.2', '81.0.0.3'])
  expect(report.stored).toBe(3)
  expect(asked.filter((one) => one.startsWith('announce'))).toEqual([
    'announce 1',
    'announce 3',
    'announce 4',
    'announce 5',
  ])
})
