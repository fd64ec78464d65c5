import { describe, expect, test } from 'vitest'
import { EMPTY_FORM, optionsOf, PIECE_LENGTHS, parseTiers, problemsOf } from './creation-form.ts'

test('one address a line, a blank line begins the next tier, more blank lines begin no more', () => {
  expect(parseTiers(' http://a/ \nudp://b:1\n\n\n \nhttp://c/\n\n')).toEqual([
    ['http://a/', 'udp://b:1'],
    ['http://c/'],
  ])
  expect(parseTiers(' \n\n')).toEqual([])
})

test('piece lengths are the powers of two from 16 KiB to 16 MiB', () => {
  expect(PIECE_LENGTHS).toHaveLength(11)
  expect([PIECE_LENGTHS[0], PIECE_LENGTHS.at(-1)]).toEqual([16_384, 16_777_216])
})

describe('what is wrong', () => {
  const form = { ...EMPTY_FORM, path: '/home/ada/talks' }
  test('nothing with a path alone', () => expect(problemsOf(form)).toEqual({}))
  test('a missing path', () => expect(problemsOf(EMPTY_FORM).path).toContain('Choose'))
  test.each(['tracker.example/announce', 'ftp://a/', 'http://', 'javascript:alert(1)', `http://${'a'.repeat(3_000)}`])(
    'the tracker %s',
    (trackers) => expect(problemsOf({ ...form, trackers }).trackers).toMatch(/is not an address/),
  )
  test('a UDP tracker is right, a UDP web seed is not', () => {
    const problems = problemsOf({ ...form, trackers: 'udp://a.example:6969', webSeeds: 'udp://a.example:6969' })
    expect(Object.keys(problems)).toEqual(['webSeeds'])
  })
  test('too many trackers', () => {
    expect(problemsOf({ ...form, trackers: 'http://a/\n'.repeat(51) }).trackers).toContain('more than 50')
  })
})

test('the options hold what was typed, and a piece length only where one was chosen', () => {
  const form = { ...EMPTY_FORM, path: ' /a ', trackers: 'http://a/', comment: ' hello ' }
  expect(optionsOf(form)).toEqual({
    path: '/a',
    trackers: [['http://a/']],
    webSeeds: [],
    private: false,
    comment: 'hello',
    source: '',
  })
  expect(optionsOf({ ...form, pieceLength: '65536' }).pieceLength).toBe(65_536)
})
