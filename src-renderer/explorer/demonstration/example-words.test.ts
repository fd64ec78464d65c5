import { expect, test } from 'vitest'
import { generateRing, generateTree } from '../../mock/generate-demonstration.ts'
import { clockTime, inBits, listed, ringSentence, treeSentence, walkSentence } from './example-words.ts'

test('lists draw runs of three and more together', () => {
  expect(listed([22, 23, 24, 25, 26, 30])).toBe('22–26, 30')
  expect(listed([63, 0, 1])).toBe('63, 0, 1')
  expect(listed([1, 2])).toBe('1, 2')
  expect(listed([])).toBe('')
})

test('times and bits', () => {
  expect([clockTime(0), clockTime(65_400), clockTime(3_600_000)]).toEqual(['0:00', '1:05', '60:00'])
  expect(inBits(2)).toBe('0010')
})

test('the ring in a sentence', () => {
  expect(ringSentence(generateRing('1', [8, 14]))).toBe(
    'Ring of 64 places with nodes 8, 14. Ideal, 0 messages under way.',
  )
})

test('a lookup on the ring, from its first question to its end', () => {
  const asked = { node: 42, namedBy: 8, state: 'asked' as const }
  const walk = { from: 8, key: 54, steps: [asked], path: [] }
  expect(walkSentence({ ...walk, steps: [], state: 'running' })).toBe('8 looks up key 54')
  expect(walkSentence({ ...walk, state: 'running' })).toBe('8 looks up key 54: asks 42')
  const known = { ...walk, path: [42, 51], owner: 51 }
  expect(walkSentence({ ...known, state: 'running' })).toBe('Key 54 belongs to 51: 8 fetches it there')
  expect(walkSentence({ ...known, state: 'found' })).toBe('8 has found key 54 at 51: 8 → 42 → 51, 2 hops')
  expect(walkSentence({ ...known, path: [51], state: 'missing' })).toBe(
    'Key 54 belongs to 51, which has nothing under it: 8 → 51, 1 hop',
  )
  expect(walkSentence({ ...walk, state: 'failed' })).toBe('8 could not find key 54')
})

test('a lookup in the tree', () => {
  expect([0, 1, 2].map((shown) => treeSentence(generateTree('1', shown).walk))).toEqual([
    '2 is about to look up 13',
    '2 looks up 13: 2 → 14',
    '2 has found 13: 2 → 14 → 13',
  ])
  const { walk } = generateTree('1', 2)
  expect(treeSentence({ ...walk, target: 8, state: 'missing', path: [9] })).toBe(
    'No node is 8, the nearest is 9: 2 → 9',
  )
})
