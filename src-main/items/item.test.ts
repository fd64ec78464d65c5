import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fromHex, textOf, toHex, utf8 } from '../kernel/bytes.ts'
import { isSigned, publicKeyOf, signWith } from './ed25519.ts'
import { itemKey, mutableKey, signedBytes, signItem } from './item.ts'

const load = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../test/vectors/dht/${name}`, import.meta.url), 'utf8'))
interface SignedItem {
  readonly name?: string
  readonly seed?: string
  readonly k: string
  readonly salt: string | null
  readonly seq: number
  readonly v_bencoded: string
  readonly signed: string
  readonly sig: string
  readonly target: string
}
const bep44 = load('bep44_items.json')
const ed25519 = load('ed25519.json')
const rfc: readonly { name: string; seed: string; pub: string; msg: string; sig: string }[] = ed25519.rfc8032
const mutable: readonly SignedItem[] = [
  ...bep44.items.filter((item: SignedItem) => item.k !== undefined),
  ...ed25519.bep44_from_seed,
]
const contentOf = (item: SignedItem) => ({
  salt: utf8(item.salt ?? ''),
  seq: BigInt(item.seq),
  value: utf8(item.v_bencoded),
})

describe('RFC 8032', () => {
  test.each(rfc)('$name', ({ seed, pub, msg, sig }) => {
    expect(toHex(publicKeyOf(fromHex(seed)))).toBe(pub)
    expect(toHex(signWith(fromHex(seed), fromHex(msg)))).toBe(sig)
    expect(isSigned(fromHex(pub), fromHex(msg), fromHex(sig))).toBe(true)
    expect(isSigned(fromHex(pub), fromHex(`${msg}00`), fromHex(sig))).toBe(false)
  })

  test('what is no key or no signature has signed nothing', () => {
    const { pub, sig } = rfc[0] as (typeof rfc)[number]
    const [key, signature, nothing] = [fromHex(pub), fromHex(sig), new Uint8Array()]
    expect(isSigned(key.subarray(1), nothing, signature)).toBe(false)
    expect(isSigned(new Uint8Array(33), nothing, signature)).toBe(false)
    expect(isSigned(key, nothing, signature.subarray(1))).toBe(false)
    expect(isSigned(new Uint8Array(32).fill(0xff), nothing, signature)).toBe(false)
    expect(() => signWith(new Uint8Array(31), nothing)).toThrow(RangeError)
  })
})

describe('mutable items of BEP 44', () => {
  test.each(mutable.map((item) => [`${item.v_bencoded}, salt ${item.salt}`, item] as const))('%s', (_name, item) => {
    const content = contentOf(item)
    expect(textOf(signedBytes(content))).toBe(item.signed)
    expect(isSigned(fromHex(item.k), signedBytes(content), fromHex(item.sig))).toBe(true)
    expect(toHex(mutableKey(fromHex(item.k), content.salt))).toBe(item.target)
    if (item.seed === undefined) return
    const signed = signItem(fromHex(item.seed), content)
    expect([toHex(signed.publicKey), toHex(signed.signature)]).toEqual([item.k, item.sig])
    expect(toHex(itemKey(signed))).toBe(item.target)
  })

  test('a large seq is written out whole', () => {
    const content = { salt: new Uint8Array(), seq: 2n ** 63n - 1n, value: utf8('1:a') }
    expect(textOf(signedBytes(content))).toBe('3:seqi9223372036854775807e1:v1:a')
  })
})

test('an immutable item is stored at the hash of its value', () => {
  const item = bep44.items.find((other: { name: string }) => other.name === 'immutable')
  expect(toHex(itemKey({ kind: 'immutable', value: utf8(item.v_bencoded) }))).toBe(item.target)
})

test.each(bep44.bep46 as { k: string; salt_hex: string | null; target: string }[])(
  'BEP 46 target $target',
  ({ k, salt_hex, target }) => {
    expect(toHex(mutableKey(fromHex(k), fromHex(salt_hex ?? '')))).toBe(target)
  },
)
