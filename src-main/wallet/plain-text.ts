/**
 * Text that came from outside (a URI, a file, a person) as it is kept and shown: in one line, without characters that are
 * not seen or that turn what stands beside them around, and no longer than its limit.
 */

/** Controls; marks that set the direction of text; what has no glyph and joins or parts others; halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g

/** `limit`: UTF-16 units, as lengths of strings are counted; a character is never cut in two. */
export function plainText(text: string, limit: number): string {
  const clean = text.replace(BREAKS, ' ').replace(UNSEEN, '').trim()
  if (clean.length <= limit) return clean
  const cut = clean.slice(0, limit)
  const last = cut.charCodeAt(limit - 1)
  return (last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut).trimEnd()
}
