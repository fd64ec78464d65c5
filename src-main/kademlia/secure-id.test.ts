import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../kernel/bytes.ts'
import { SeededRandom } from '../simulation/random.ts'
import { NodeId } from './node-id.ts'
import { crc32c, isSecureId, makeSecureId } from './secure-id.ts'

interface Vectors {
  readonly crc32c_check: { readonly input_ascii: string; readonly crc: string }
  readonly generate: readonly { readonly ip: string; readonly rand: number; readonly example_id: string }[]
  readonly verify: readonly {
    readonly ip: string
    readonly id: string
    readonly valid: boolean
    readonly why: string
  }[]
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../test/vectors/dht/bep42_node_ids.json', import.meta.url), 'utf8'),
)

/** A random source whose last byte of 20 is `r` and the others those of `filler`. */
const drawing = (r: number, filler = 0) => ({
  bytes: (length: number) => new Uint8Array(length).fill(filler).fill(r, length - 1),
  below: () => 0,
})

test('CRC32C of the check text', () => {
  expect(crc32c(utf8(vectors.crc32c_check.input_ascii)).toString(16)).toBe(vectors.crc32c_check.crc)
})

describe('the examples of BEP 42', () => {
  test.each(vectors.generate)('$ip with r $rand', ({ ip, rand, example_id }) => {
    const example = NodeId.fromHex(example_id)
    expect(isSecureId(example, ip)).toBe(true)
    const made = makeSecureId(ip, drawing(rand))
    expect(made.bytes.subarray(0, 2)).toEqual(example.bytes.subarray(0, 2))
    expect(made.bytes[2]).toBe((example.bytes[2] as number) & 0xf8)
    expect(made.bytes[19]).toBe(rand)
  })

  test.each(vectors.verify)('$ip: $why', ({ ip, id, valid }) => {
    expect(isSecureId(NodeId.fromHex(id), ip)).toBe(valid)
  })
})

describe('ids made for an address', () => {
  const random = SeededRandom.of(5)

  test.each(['124.31.75.21', '9.9.9.9', '2001:b829::1', '2a00:1450::200e'])('%s: fit it, in eight ways', (host) => {
    const prefixes = new Set<string>()
    for (let i = 0; i < 400; i++) {
      const id = makeSecureId(host, random)
      expect(isSecureId(id, host)).toBe(true)
      expect(isSecureId(id, host.includes(':') ? '2001:db8:7::1' : '8.8.4.4')).toBe(false)
      prefixes.add(id.toString().slice(0, 5))
    }
    expect(prefixes.size).toBe(8)
  })

  test.each([
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.1',
    '192.168.0.1',
    '169.254.1.1',
    '127.0.3.1',
    '::1',
    'fe80::1',
    'fd00::1',
  ])('%s is local: any id will do, and ours is random', (host) => {
    expect(isSecureId(NodeId.random(random), host)).toBe(true)
    expect(makeSecureId(host, drawing(1, 0x55)).toString()).toBe(`${'55'.repeat(19)}01`)
  })

  test.each(['172.15.0.1', '172.32.0.1', '11.0.0.1', '192.169.0.1', 'fec0::1', '::2'])('%s is not local', (host) => {
    expect(isSecureId(NodeId.fromHex('00'.repeat(20)), host)).toBe(false)
  })

  test('what is no address is not secure', () => {
    expect(isSecureId(NodeId.random(random), 'example.org')).toBe(false)
  })
})
