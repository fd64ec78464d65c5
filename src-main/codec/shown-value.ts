/**
 * Bencoded values from outside as people read them. A byte string that is printable text is its text, another byte string
 * its bytes in hexadecimal; numbers, lists and dictionaries are their bencoding, with what cannot be printed as `\xff`.
 * What comes out has no control characters and no marks that turn the direction of text. Does not check the bencoding.
 */
import { strictTextOf, textOf, toHex } from '../kernel/bytes.ts'

/** `hex`: of the bytes of a byte string, without its length. */
export type ValueForm = 'text' | 'bencode' | 'hex'

export interface ShownValue {
  readonly form: ValueForm
  readonly text: string
}

const STRING_HEAD = /^(0|[1-9]\d{0,9}):/
/** Ten digits of a length and the colon. */
const MAX_HEAD_BYTES = 11
/** Controls, marks of direction, halves of characters, and what stands for bytes that are no text. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\u{fffd}]/u

/** @param limit most characters of the text */
export function shownValue(bencoded: Uint8Array, limit = Number.POSITIVE_INFINITY): ShownValue {
  const content = stringOf(bencoded)
  if (!content) return { form: 'bencode', text: escaped(bencoded, limit) }
  const text = strictTextOf(content)
  if (text !== undefined && !UNPRINTABLE.test(text)) return { form: 'text', text: cut(text, limit) }
  return { form: 'hex', text: toHex(content.subarray(0, Math.floor(limit / 2))) }
}

/** The content of a byte string, undefined of any other value. */
function stringOf(bencoded: Uint8Array): Uint8Array | undefined {
  const head = STRING_HEAD.exec(textOf(bencoded.subarray(0, MAX_HEAD_BYTES)))
  if (!head) return undefined
  const content = bencoded.subarray(head[0].length)
  return content.length === Number(head[1]) ? content : undefined
}

function escaped(value: Uint8Array, limit: number): string {
  const text = strictTextOf(value)
  if (text !== undefined && !UNPRINTABLE.test(text)) return cut(text, limit)
  let shown = ''
  for (const byte of value) {
    const plain = byte >= 0x20 && byte < 0x7f
    const next = plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
    if (shown.length + next.length > limit) break
    shown += next
  }
  return shown
}

/** Not half of a character at the end. */
function cut(text: string, limit: number): string {
  return text.slice(0, limit).replace(/[\ud800-\udbff]$/, '')
}
