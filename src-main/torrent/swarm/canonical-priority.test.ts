import { expect, test } from 'vitest'
import { canonicalPriority, crc32c } from './canonical-priority.ts'

const at = (host: string, port = 6881) => ({ host, port })

test('CRC-32C of the standard check string', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
})

test('the examples of BEP 40', () => {
  expect(canonicalPriority(at('123.213.32.10'), at('98.76.54.32'))).toBe(0xec2d7224)
  expect(canonicalPriority(at('123.213.32.10'), at('123.213.32.234'))).toBe(0x99568189)
})

test('both ends agree, also behind one address', () => {
  const pairs = [
    [at('10.0.0.1'), at('10.0.9.1')],
    [at('10.0.0.1', 1), at('10.0.0.1', 2)],
    [at('200.1.2.3'), at('9.8.7.6')],
  ] as const
  for (const [a, b] of pairs) expect(canonicalPriority(a, b)).toBe(canonicalPriority(b, a))
})

test('nothing for other families', () => {
  expect(canonicalPriority(at('::1'), at('10.0.0.1'))).toBeUndefined()
})
