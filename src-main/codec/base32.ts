/**
 * Base32 in the standard alphabet (RFC 4648, section 6): old magnet links carry their info-hash in it.
 *
 * Strict: each text stands for one byte string and each byte string has, letter case and padding aside, one text. Refused:
 * lengths that no bytes have, bits set beyond the last byte, wrong padding, characters outside the alphabet.
 * Limit: 8,192 characters.
 */

export const MAX_BASE32_LENGTH = 8_192

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const VALUES: ReadonlyMap<string, number> = new Map(
  [...ALPHABET].flatMap((character, value): [string, number][] => [
    [character, value],
    [character.toLowerCase(), value],
  ]),
)
const BITS = 5
const GROUP = 8

/** Upper-case text, padded with `=` to a multiple of 8 characters unless told otherwise. */
export function toBase32(bytes: Uint8Array, { padding = true }: { readonly padding?: boolean } = {}): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= BITS) {
      bits -= BITS
      text += ALPHABET[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  if (bits > 0) text += ALPHABET[(held << (BITS - bits)) & 31]
  return padding ? text.padEnd(Math.ceil(text.length / GROUP) * GROUP, '=') : text
}

/** The bytes of a text in either letter case, with its whole padding or without any; undefined where it is not base32. */
export function fromBase32(text: string): Uint8Array | undefined {
  if (text.length > MAX_BASE32_LENGTH) return undefined
  const content = withoutPadding(text)
  if (content === undefined) return undefined
  const bytes = new Uint8Array(Math.floor((content.length * BITS) / 8))
  // What is left over is less than one character: otherwise a shorter text would stand for the same bytes.
  if (content.length * BITS - bytes.length * 8 >= BITS) return undefined
  let held = 0
  let bits = 0
  let at = 0
  for (const character of content) {
    const value = VALUES.get(character)
    if (value === undefined) return undefined
    held = (held << BITS) | value
    bits += BITS
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = held >> bits
      held &= (1 << bits) - 1
    }
  }
  return held === 0 ? bytes : undefined
}

function withoutPadding(text: string): string | undefined {
  const first = text.indexOf('=')
  if (first < 0) return text
  const whole = text.length % GROUP === 0 && text.length - first < GROUP && /^=+$/.test(text.slice(first))
  return whole ? text.slice(0, first) : undefined
}
