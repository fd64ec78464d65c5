import { expect, test } from 'vitest'
import { passwordStrength } from './password-strength.ts'

test.each([
  ['', 'short'],
  ['aB3$xyq', 'short'],
  ['aaaaaaaaaaaaaaaaaaaa', 'weak'],
  ['12345678', 'weak'],
  ['abcdefghijkl', 'weak'],
  ['password', 'weak'],
  ['tidy kelp nine', 'fair'],
  ['correct horse battery staple', 'strong'],
  ['žluťoučký kůň pěl ódy', 'strong'],
])('%j is %s', (password, level) => expect(passwordStrength(password, 8).level).toBe(level))

test('more never counts for less, and the bar stays within its bounds', () => {
  let before = 0
  for (let length = 1; length <= 60; length += 1) {
    const { fraction } = passwordStrength(
      'kelp tidy nine moss river quartz fable onyx drum pivot zesty'.slice(0, length),
      8,
    )
    expect(fraction).toBeGreaterThanOrEqual(before)
    expect(fraction).toBeLessThanOrEqual(1)
    before = fraction
  }
})
