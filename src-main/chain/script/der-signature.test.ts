import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { isLowS, isStrictDer, lowerS, readLaxDer } from './der-signature.ts'

const vectors = new URL('../../../test/vectors/chain/', import.meta.url)
const strings = (name: string) => JSON.parse(readFileSync(new URL(name, vectors), 'utf8')) as string[]
const verifier = createSignatureVerifier()
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

interface WycheproofGroup {
  readonly publicKey: { readonly uncompressed: string }
  readonly tests: { tcId: number; msg: string; sig: string; result: string }[]
}

describe('strict DER', () => {
  test.each(strings('core/sig_canonical.json'))('%s is canonical', (hex) => {
    expect(isStrictDer(fromHex(hex))).toBe(true)
  })

  const bad = strings('core/sig_noncanonical.json')
  // Each is announced by the reason before it; texts that are not hexadecimal are these reasons.
  const cases = bad.flatMap((hex, i) => (/^[0-9A-Fa-f]+$/.test(hex) ? [{ reason: bad[i - 1], hex }] : []))
  const hashType = cases.filter(({ reason }) => reason === 'hashtype:')
  test('there are 14, and one that is strict but for its hash type', () => {
    expect(cases).toHaveLength(15)
    expect(hashType.map(({ hex }) => isStrictDer(fromHex(hex)))).toEqual([true])
  })
  test.each(cases.filter((entry) => !hashType.includes(entry)))('$reason', ({ hex }) => {
    expect(isStrictDer(fromHex(hex))).toBe(false)
  })
})

describe("Wycheproof's signatures under the rules of Bitcoin", () => {
  const file = gunzipSync(readFileSync(new URL('crypto/ecdsa_secp256k1_sha256_bitcoin_test.json.gz', vectors)))
  const groups = (JSON.parse(file.toString('utf8')) as { testGroups: WycheproofGroup[] }).testGroups

  test('all 463: strict DER, low S and the curve', () => {
    let count = 0
    for (const { publicKey, tests } of groups) {
      const key = fromHex(publicKey.uncompressed)
      for (const { tcId, msg, sig, result } of tests) {
        count++
        const der = fromHex(sig)
        const compact = readLaxDer(der)
        const digest = new Uint8Array(createHash('sha256').update(fromHex(msg)).digest())
        const strict = isStrictDer(Uint8Array.of(...der, 1))
        const good =
          strict &&
          compact !== undefined &&
          isLowS(compact) &&
          verifier.verify({ signature: compact, publicKey: key, digest })
        expect(good, `case ${tcId}`).toBe(result === 'valid')
      }
    }
    expect(count).toBe(463)
  })
})

describe('lax DER', () => {
  const one = '0000000000000000000000000000000000000000000000000000000000000001'
  const two = `${one.slice(0, -1)}2`

  test.each([
    ['strict', '3006020101020102'],
    ['a wrong length of the sequence', '3007020101020102'],
    ['a long length of the sequence', '308306abcd020101020102'],
    ['long lengths of the integers', '3006028101010282000102'],
    ['padded integers', '300c020400000001020400000002'],
    ['bytes behind', '3006020101020102deadbeef'],
  ])('%s', (_name, hex) => {
    const compact = readLaxDer(fromHex(hex))
    expect(compact && toHex(compact)).toBe(one + two)
  })

  test.each([
    ['nothing', ''],
    ['another tag', '3106020101020102'],
    ['no length', '30'],
    ['a length of the sequence beyond the end', '3084'],
    ['no integer', '3000'],
    ['another tag in front of an integer', '3006030101020102'],
    ['an integer beyond the end', '3006020101020302'],
    ['a length of four bytes', '30060284010000000102'],
    ['a length beyond the end', '300602ff'],
  ])('%s cannot be read', (_name, hex) => expect(readLaxDer(fromHex(hex))).toBeUndefined())

  test('numbers not below the order verify nothing', () => {
    const order = ORDER.toString(16)
    const zeros = '00'.repeat(64)
    expect(toHex(readLaxDer(fromHex(`3026022100${order}020102`)) as Uint8Array)).toBe(zeros)
    expect(toHex(readLaxDer(fromHex(`3026020102022100${order}`)) as Uint8Array)).toBe(zeros)
    expect(toHex(readLaxDer(fromHex(`3027022101${'00'.repeat(32)}020102`)) as Uint8Array)).toBe(zeros)
  })

  test('reads what noble writes, and nothing throws', () => {
    const number = fc.bigInt({ min: 1n, max: ORDER - 1n })
    const settings = { seed: 3, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 500 }
    fc.assert(
      fc.property(number, number, (r, s) => {
        const signature = new secp256k1.Signature(r, s)
        const der = signature.toBytes('der')
        expect(isStrictDer(Uint8Array.of(...der, 1))).toBe(true)
        expect(readLaxDer(der)).toEqual(signature.toBytes('compact'))
      }),
      settings,
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, sequence) => {
        if (sequence && bytes.length > 2) bytes.set([0x30, bytes.length - 2, 0x02])
        isStrictDer(bytes)
        expect([0, 64]).toContain(readLaxDer(bytes)?.length ?? 0)
      }),
      settings,
    )
  })
})

test('S is lowered to the order less S, once', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: ORDER - 1n }), (s) => {
      const compact = new secp256k1.Signature(1n, s).toBytes('compact')
      const low = s > ORDER / 2n ? ORDER - s : s
      expect(isLowS(compact)).toBe(s === low)
      const lowered = lowerS(compact)
      expect(BigInt(`0x${toHex(lowered.subarray(32))}`)).toBe(low)
      expect(isLowS(lowered)).toBe(true)
    }),
    { seed: 5, numRuns: 300 },
  )
})
