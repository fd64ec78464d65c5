/**
 * Texts of peers (user agents, reasons) as printable ASCII: nothing in them can move a cursor, turn the direction of
 * reading or look like another text. They are still a stranger's words: to be shown as text only.
 */
export function plainText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '?'
  return text
}
