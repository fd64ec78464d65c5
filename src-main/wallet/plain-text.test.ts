import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainText } from './plain-text.ts'

test.each([
  ['rent', 'rent'],
  ['  two\r\nlines\t ', 'two lines'],
  ['\u202eevil\u2066x\u200b', 'evilx'],
  ['a\u0000b\u007f\u0085c', 'ab c'],
  ['half \ud83d', 'half'],
  ['👩‍🚀 Ärger', '👩‍🚀 Ärger'],
  ['<b>&amp;</b>', '<b>&amp;</b>'],
])('%j is kept as %j', (text, kept) => expect(plainText(text, 100)).toBe(kept))

test('it is cut between characters', () => {
  expect(plainText('ab😀', 3)).toBe('ab')
  expect(plainText('ab😀', 4)).toBe('ab😀')
})

test('it is never longer than its limit, and stays as it is the second time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 30 }), (text, limit) => {
      const once = plainText(text, limit)
      expect(once.length).toBeLessThanOrEqual(limit)
      expect(once).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
      expect(plainText(once, limit)).toBe(once)
    }),
    { seed: 5_046, numRuns: 500 },
  )
})
