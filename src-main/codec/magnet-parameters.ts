/**
 * The parameters of a magnet link: `key=value` after `?`, split by `&`, values with percent-escapes of UTF-8.
 * A number behind a key only tells several apart (`tr.1` is `tr`). Keys are read in either letter case.
 */
import { strictTextOf, utf8 } from '../kernel/bytes.ts'

export interface MagnetParameter {
  /** Lower case, without the number behind it. */
  readonly key: string
  /** As it stands in the link, still escaped. */
  readonly raw: string
}

/** In the order of the link; undefined where the text does not begin as a magnet link does. */
export function magnetParameters(link: string): readonly MagnetParameter[] | undefined {
  if (!/^magnet:\?/i.test(link)) return undefined
  return link
    .slice('magnet:?'.length)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      const key = equals < 0 ? part : part.slice(0, equals)
      return { key: key.toLowerCase().replace(/\.\d{1,4}$/, ''), raw: equals < 0 ? '' : part.slice(equals + 1) }
    })
}

/** Bytes of an escaped value, or undefined where an escape is not two hexadecimal digits. */
export function unescapedBytes(raw: string): Uint8Array | undefined {
  const bytes = utf8(raw)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== PERCENT) {
      bytes[length++] = bytes[at] as number
      continue
    }
    const high = HEX_VALUES.get(bytes[at + 1] ?? 0)
    const low = HEX_VALUES.get(bytes[at + 2] ?? 0)
    if (high === undefined || low === undefined) return undefined
    bytes[length++] = 16 * high + low
    at += 2
  }
  return bytes.subarray(0, length)
}

/** Text of an escaped value, or undefined where its escapes are broken or not UTF-8. */
export function unescapedText(raw: string): string | undefined {
  const bytes = unescapedBytes(raw)
  return bytes && strictTextOf(bytes)
}

const PERCENT = 0x25
const HEX_VALUES: ReadonlyMap<number, number> = new Map(
  [...'0123456789abcdefABCDEF'].map((digit) => [digit.charCodeAt(0), Number.parseInt(digit, 16)]),
)
