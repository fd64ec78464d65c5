import { describe, expect, test } from 'vitest'
import { generateLoneHost, generateRingClient, generateRingHost } from '../../mock/generate-ring.ts'
import { HOLDINGS, holdingOf } from './holdings.ts'
import { chordWords, contactWords, partBetween, partOfRing, ringSentence, standingOf } from './ring-words.ts'

const NOW = 1_700_000_000_000
const place = (head: string): string => head.padEnd(40, '0')

test.each([
  ['00', '40', 0.25],
  ['c0', '40', 0.5],
  ['80', '7f', 255 / 256],
  ['12', '12', 0],
])('from %s to %s clockwise is %s of the ring', (from, to, part) => {
  expect(partBetween(place(from), place(to))).toBeCloseTo(part)
})

test.each([
  [0, '0 %'],
  [0.000_01, '< 0.01 %'],
  [0.0042, '0.42 %'],
  [0.0317, '3.2 %'],
  [0.25, '25 %'],
  [0.9999, '> 99 %'],
])('%s of the ring reads %s', (part, words) => expect(partOfRing(part)).toBe(words))

describe('how a host stands', () => {
  test.each([
    [generateLoneHost('joining'), 'members of the ring are looked for'],
    [{ ...generateRingHost(3, NOW), phase: 'joining' as const }, 'take over their keys'],
    [generateRingClient('address', NOW), 'Our address is not known yet'],
    [generateRingClient('reach', NOW), 'Nobody has reached this host unasked yet'],
    [generateRingHost(0, NOW), 'Alone on the ring'],
    [generateRingHost(2, NOW), 'A small ring'],
  ])('what is not as usual is said: %#', (host, words) => {
    expect(standingOf(host)?.text).toContain(words)
  })

  test('a member of a large ring needs no word', () => {
    expect(standingOf(generateRingHost(12, NOW))).toBeUndefined()
  })

  test('the drawing in a sentence', () => {
    expect(ringSentence(generateRingHost(12, NOW), 1)).toBe(
      'Chord’s ring over IPv4: 4 places of ours, 48 places of other hosts that we know, 1 stored value.',
    )
    expect(ringSentence(generateRingClient('reach', NOW), 0)).toContain('no place of ours')
  })
})

test('a place is named by its first digits, its slot and its host', () => {
  expect(contactWords({ nodeId: place('8f31c0a2b'), address: '203.0.113.7:6881', slot: 3 })).toBe(
    '8f31c0a2…, slot 3 of 203.0.113.7:6881',
  )
})

test.each([
  [{ state: 'member', places: 4 } as const, '4 places'],
  [{ state: 'member', places: 1 } as const, '1 place'],
  [{ state: 'client', places: 0 } as const, 'client'],
])('the status bar: %j', (status, words) => expect(chordWords(status)).toBe(words))

test.each([
  [{ owned: true, own: false }, 'Owner'],
  [{ owned: true, own: true }, 'Owner'],
  [{ owned: false, own: false }, 'Copy'],
  [{ own: true }, 'Elsewhere'],
])('a value is held as: %j', (item, word) => expect(HOLDINGS[holdingOf(item)].word).toBe(word))
