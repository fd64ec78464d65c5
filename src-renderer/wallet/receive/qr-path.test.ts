import decodeQr from 'qr/decode.js'
import { expect, test } from 'vitest'
import { qrPath } from './qr-path.ts'

/** Draws the path into pixels, as a camera would see it. */
function pictureOf(text: string, scale = 4) {
  const code = qrPath(text)
  if (!code) throw new Error('no code')
  const side = code.side * scale
  const data = new Uint8Array(side * side * 4).fill(255)
  for (const [, x, y, width] of code.path.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)) {
    for (let py = 0; py < scale; py += 1) {
      for (let px = 0; px < Number(width) * scale; px += 1) {
        const at = ((Number(y) * scale + py) * side + Number(x) * scale + px) * 4
        data.fill(0, at, at + 3)
      }
    }
  }
  return { width: side, height: side, data }
}

test.each([
  'shl1qw508d6qejxtdg4y5r3zarvary0c5xw7kzwzqh5',
  'shoal:shl1qw508d6qejxtdg4y5r3zarvary0c5xw7kzwzqh5?amount=1.5&label=Bea%20Thornton&message=For%20the%20recordings',
  `shoal:shl1q?message=${'x'.repeat(900)}`,
])('what is drawn reads back: %s', (text) => expect(decodeQr(pictureOf(text))).toBe(text))

test('what no code can hold has none', () => expect(qrPath('x'.repeat(5_000))).toBeUndefined())
