/**
 * A hint at how hard a password is to guess: its length by the kinds of characters in it, less for what repeats or runs on.
 * A hint only: whoever picks a line of a song gets more praise than is due, and the field says so.
 */

export interface Strength {
  readonly level: 'short' | 'weak' | 'fair' | 'strong'
  /** From 0 to 1, for a bar. */
  readonly fraction: number
  readonly words: string
}

/** Guesses in powers of two from which each level begins. A guess costs an attacker some 0.1 s of one core. */
const FAIR_BITS = 45
const STRONG_BITS = 65

const KINDS: readonly (readonly [pattern: RegExp, size: number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^\p{L}\p{N}\s]/u, 30],
  [/[^\0-\x7f]/, 60],
]

export function passwordStrength(password: string, least: number): Strength {
  const letters = [...password]
  if (letters.length < least)
    return { level: 'short', fraction: Math.min(0.15, letters.length / 60), words: `At least ${least} characters.` }
  const size = KINDS.reduce((sum, [pattern, count]) => (pattern.test(password) ? sum + count : sum), 0)
  const bits = effectiveLength(letters) * Math.log2(Math.max(2, size))
  const fraction = Math.min(1, bits / (STRONG_BITS * 1.2))
  if (bits < FAIR_BITS) return { level: 'weak', fraction, words: 'Weak. A few more words make it strong.' }
  if (bits < STRONG_BITS) return { level: 'fair', fraction, words: 'Fair. Longer is better than stranger.' }
  return { level: 'strong', fraction, words: 'Strong, unless it is a well-known phrase.' }
}

/** Characters that repeat, run on from the one before, or were met before count for less. */
function effectiveLength(letters: readonly string[]): number {
  const met = new Set<string>()
  let length = 0
  let before = Number.NaN
  for (const letter of letters) {
    const code = letter.codePointAt(0) ?? 0
    const step = Math.abs(code - before)
    length += step <= 1 ? 0.25 : met.has(letter) ? 0.7 : 1
    met.add(letter)
    before = code
  }
  return length
}
