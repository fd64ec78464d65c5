import { describe, expect, test } from 'vitest'
import { filterBy, matches } from './filter.ts'
import { FLAGS, flagLetters, flagMeanings } from './flags.ts'
import { hostOf } from './host.ts'

const NONE = {
  amInterested: false,
  peerChoking: true,
  peerInterested: false,
  amChoking: true,
  snubbed: false,
  optimistic: false,
}

describe('flags', () => {
  test.each([
    [{}, ''],
    [{ amInterested: true }, 'd'],
    [{ amInterested: true, peerChoking: false }, 'D'],
    [{ peerInterested: true }, 'u'],
    [{ peerInterested: true, amChoking: false, optimistic: true }, 'U O'],
    [{ peerChoking: false, amChoking: false }, 'K ?'],
    [{ amInterested: true, peerChoking: false, snubbed: true }, 'D S'],
  ])('of %j are %j', (changes, letters) => expect(flagLetters({ flags: { ...NONE, ...changes } })).toBe(letters))

  test('each letter has one meaning, told with it', () => {
    expect(new Set(FLAGS.map((flag) => flag.letter)).size).toBe(FLAGS.length)
    expect(flagMeanings({ flags: { ...NONE, amInterested: true } })).toEqual(['d: we want, they hold back'])
  })
})

test.each([
  ['198.51.100.7:6881', '198.51.100.7'],
  ['[2001:db8::7]:6881', '2001:db8::7'],
])('the host of %s is %s', (endpoint, host) => expect(hostOf(endpoint)).toBe(host))

describe('what was typed', () => {
  test('narrows to rows that hold every word, wherever it stands', () => {
    expect(matches('', [])).toBe(true)
    expect(matches(' OUSE qbit ', ['River Ouse', 'qBittorrent'])).toBe(true)
    expect(matches('ouse transmission', ['River Ouse', 'qBittorrent'])).toBe(false)
  })

  test('leaves the list as it is where it is empty', () => {
    const rows = [1, 2]
    expect(filterBy(rows, ' ', (row) => [String(row)])).toBe(rows)
    expect(filterBy(rows, '2', (row) => [String(row)])).toEqual([2])
  })
})
