import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeLine, LineError, LineReader, MAX_LINE_BYTES } from './json-lines.ts'

function readAll(bytes: Uint8Array, cut: number): unknown[] {
  const reader = new LineReader()
  const messages: unknown[] = []
  for (let at = 0; at < bytes.length; at += cut) reader.push(bytes.subarray(at, at + cut), (m) => messages.push(m))
  return messages
}

describe('JSON lines', () => {
  test('bytes and bigints cross, whatever the chunks', () => {
    const message = {
      kind: 'call',
      args: { bytes: Uint8Array.of(0, 255, 10), amount: 2n ** 70n, list: [1, 'a\n', null] },
    }
    const twice = Buffer.concat([encodeLine(message), encodeLine(message)])
    for (let cut = 1; cut <= twice.length; cut++) expect(readAll(twice, cut)).toEqual([message, message])
  })

  test('any JSON value comes back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('"$'))
        expect(readAll(encodeLine(value), 7)).toEqual([JSON.parse(JSON.stringify(value))])
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  test('refuses what is no JSON, an unknown mark, and a line without end', () => {
    for (const text of ['{', '{"$code":"x"}', '{"$bigint":"1e9"}', '\u0000'])
      expect(() => readAll(Buffer.from(`${text}\n`), 1_000)).toThrow(LineError)
    const reader = new LineReader()
    const chunk = new Uint8Array(1024 * 1024).fill(97)
    expect(() => {
      for (let sent = 0; sent <= MAX_LINE_BYTES; sent += chunk.length) reader.push(chunk, () => {})
    }).toThrow(/16 MiB/)
  })
})
