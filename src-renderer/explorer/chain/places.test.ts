import { expect, test } from 'vitest'
import {
  back,
  canGoBack,
  canGoForward,
  FIRST_PLACE,
  forward,
  keyOf,
  MAX_PLACES,
  MEMPOOL,
  placeOf,
  TIP,
  visit,
} from './places.ts'

const block = (id: number) => ({ kind: 'block' as const, id })

test('back and forward walk what was visited, and stop at both ends', () => {
  const trail = visit(visit(FIRST_PLACE, block(7)), MEMPOOL)
  expect(placeOf(back(trail))).toEqual(block(7))
  expect(placeOf(back(back(back(trail))))).toEqual(TIP)
  expect(placeOf(forward(back(trail)))).toEqual(MEMPOOL)
  expect(forward(trail)).toBe(trail)
  expect(back(FIRST_PLACE)).toBe(FIRST_PLACE)
  expect([canGoBack(trail), canGoForward(trail), canGoForward(back(trail))]).toEqual([true, false, true])
})

test('a new page drops what lay forward; the same page again changes nothing', () => {
  const trail = visit(visit(FIRST_PLACE, block(7)), block(8))
  const turned = visit(back(trail), MEMPOOL)
  expect(turned.places.map(keyOf)).toEqual(['tip', 'block 7', 'mempool'])
  expect(visit(turned, { kind: 'mempool' })).toBe(turned)
})

test('the oldest pages are forgotten', () => {
  let trail = FIRST_PLACE
  for (let height = 0; height < MAX_PLACES + 20; height += 1) trail = visit(trail, block(height))
  expect(trail.places).toHaveLength(MAX_PLACES)
  expect(placeOf(trail)).toEqual(block(MAX_PLACES + 19))
})
