import { describe, expect, test } from 'vitest'
import type { SearchState } from '../../client/types.ts'
import { generateMembers } from '../../mock/generate-ring.ts'
import { playRingSearch, ringResultOf } from '../../mock/generate-ring-search.ts'
import { lengthOf, searchAt } from '../../mock/generate-search.ts'
import { sampleHash } from '../../mock/sample.ts'
import { holdersAmong } from './owners.ts'
import { pointAt, turnOfHex } from './ring-geometry.ts'
import { whereWords } from './walk-controls.tsx'
import { drawWalk, nearestBefore } from './walk-layout.ts'

const SIZE = { width: 400, height: 400 }
const target = sampleHash(81)
const { own, all } = generateMembers(30)
const played = playRingSearch(target, all, own)
const begun = { id: 's', target, method: 'find_node', overlay: 'chord' } as const
const over: SearchState = searchAt(begun, played, lengthOf(played), (key, steps, took) =>
  ringResultOf(key, steps, took, all),
)
const places = { own: own.map(({ nodeId }) => nodeId), others: all.map(({ nodeId }) => nodeId) }
const draw = (shown: number, isOver = false, search = over) =>
  drawWalk({ search, shown, isOver, ...places, size: SIZE })

describe('a lookup on the ring', () => {
  test('has an arrow and a mark for each step shown, in the order of asking', () => {
    for (let shown = 0; shown <= over.steps.length; shown++) {
      const { arrows, marks, answer, owners } = draw(shown)
      expect(arrows.map(({ step }) => step)).toEqual(over.steps.slice(0, shown))
      expect(marks.map(({ id }) => id)).toEqual(arrows.map(({ id }) => id))
      expect([answer, owners]).toEqual([undefined, []])
    }
  })

  test('once over it leads to the owner, and its copies are marked', () => {
    const { answer, owners, frame } = draw(over.steps.length, true)
    expect(owners[0]).toEqual(pointAt(frame, turnOfHex(over.result?.closest[0]?.nodeId ?? '')))
    expect(owners).toHaveLength(4)
    expect(answer?.path).toMatch(/^M/)
  })

  test('where the owner itself was asked last, nothing is left to be led to', () => {
    const last = over.steps.at(-1)
    const closest = [{ nodeId: last?.nodeId ?? '', address: last?.address ?? '' }]
    const search = { ...over, result: { ...(over.result as NonNullable<SearchState['result']>), closest } }
    expect(draw(over.steps.length, true, search).answer).toBeUndefined()
  })

  test('what did not answer is no part of the way', () => {
    const first = over.steps[0] as SearchState['steps'][0]
    const search = { ...over, steps: [{ ...first, state: 'failed' as const }, ...over.steps.slice(1)] }
    const { arrows } = draw(over.steps.length, true, search)
    expect(arrows.map(({ onPath }) => onPath)).toEqual(search.steps.map(({ state }) => state === 'replied'))
  })

  test('begins at the place of ours that is nearest before the first one asked, else in the middle', () => {
    const first = over.steps[0]?.nodeId ?? ''
    expect(nearestBefore(places.own, first)).toBeOneOf(places.own)
    expect(
      nearestBefore(
        ['30', '10', 'f0'].map((id) => id.padEnd(40, '0')),
        '20'.padEnd(40, '0'),
      ),
    ).toMatch(/^10/)
    const { arrows } = drawWalk({ search: over, shown: 1, isOver: false, own: [], others: [], size: SIZE })
    expect(arrows[0]?.path).toMatch(/^M200 200Q/)
  })

  test('the key is named before all, with its owner where that is right behind it', () => {
    expect(draw(0).labels.map(({ text }) => text)).toEqual(['key'])
    const closest = [{ nodeId: `${target.slice(0, 39)}f`, address: 'a:1' }]
    const search = { ...over, result: { ...(over.result as NonNullable<SearchState['result']>), closest } }
    expect(draw(over.steps.length, true, search).labels[0]?.text).toBe('key, owner')
  })
})

test('each step is told in words, and at the end where the key lives', () => {
  const total = over.steps.length
  expect(whereWords(over, { shown: 0, isAtEnd: false })).toBe('Before the first step')
  expect(whereWords(over, { shown: 1, isAtEnd: false })).toMatch(
    new RegExp(`^Step 1 of ${total}, hop 1: ${over.steps[0]?.address} answered after \\d+ ms$`),
  )
  expect(whereWords(over, { shown: total, isAtEnd: true })).toBe(`The key lives at ${over.result?.closest[0]?.address}`)
  expect(whereWords({ ...over, steps: [] }, { shown: 0, isAtEnd: false })).toBe('Nobody has been asked')
})

test('copies are on other hosts: a further place of one that has the key is passed over', () => {
  const roles = (...addresses: string[]) =>
    holdersAmong(addresses.map((address) => ({ nodeId: target, address }))).map(
      ({ address, role }) => `${role} ${address}`,
    )
  expect(roles('a:1', 'a:1', 'b:1', 'c:1', 'b:1', 'd:1', 'e:1')).toEqual([
    ...['Owner a:1', 'Copy 1 b:1', 'Copy 2 c:1', 'Copy 3 d:1'],
  ])
  expect(roles('a:1', '[::1]:1', 'b:1', '[::2]:1')).toEqual([
    ...['Owner a:1', 'Owner [::1]:1', 'Copy 1 b:1', 'Copy 1 [::2]:1'],
  ])
  expect(roles()).toEqual([])
})

test('where nobody had to be asked, the way leads from our own place', () => {
  const search = { ...over, steps: [] }
  expect(draw(0, true, search).answer?.path).toMatch(/^M/)
  expect(whereWords(search, { shown: 0, isAtEnd: true })).toMatch(/^The key lives at .*, as we knew$/)
  const client = drawWalk({ search, shown: 0, isOver: true, own: [], others: [], size: SIZE })
  expect(client.answer).toBeUndefined()
})
