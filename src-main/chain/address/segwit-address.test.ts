import { bech32, bech32m } from '@scure/base'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { bitcoinMain } from '../test-support/bitcoin-networks.ts'
import { vectorJson } from '../test-support/vectors.ts'
import { type AddressPrefixes, addressOfScript, scriptOfAddress } from './address.ts'
import { AddressError } from './address-error.ts'
import { decodeSegwit, encodeSegwit, MAX_BECH32_LENGTH } from './segwit-address.ts'

type Named = readonly [text: string, what: string]
const vectors = vectorJson<{
  bech32_valid: string[]
  bech32_invalid: Named[]
  bech32m_valid: string[]
  bech32m_invalid: Named[]
  segwit_valid: Named[]
  segwit_invalid: Named[]
}>('bips/bip173_bip350.json')
const main = bitcoinMain.addresses
const networks: readonly AddressPrefixes[] = [main, { ...main, hrp: 'tb' }]

describe('BIP 173 and BIP 350', () => {
  test('the encodings themselves, by the package', () => {
    for (const text of vectors.bech32_valid) expect(bech32.decodeUnsafe(text)).toBeDefined()
    for (const text of vectors.bech32m_valid) expect(bech32m.decodeUnsafe(text)).toBeDefined()
    for (const [text] of vectors.bech32_invalid) expect(bech32.decodeUnsafe(text)).toBeUndefined()
    for (const [text] of vectors.bech32m_invalid) expect(bech32m.decodeUnsafe(text)).toBeUndefined()
    expect(Object.values(vectors).map(({ length }) => length)).toEqual([6, 12, 6, 14, 8, 15])
  })

  test.each(vectors.segwit_valid)('%s', (text, script) => {
    const prefixes = networks.find(({ hrp }) => text.toLowerCase().startsWith(`${hrp}1`)) as AddressPrefixes
    expect(toHex(scriptOfAddress(text, prefixes))).toBe(script)
    expect(addressOfScript(fromHex(script), prefixes)).toBe(text.toLowerCase())
  })

  test.each(vectors.segwit_invalid)('%s is refused: %s', (text) => {
    for (const prefixes of networks) expect(() => scriptOfAddress(text, prefixes)).toThrow(AddressError)
  })
})

describe('witness programs', () => {
  test('of every version and length are read as they were written', () => {
    for (let version = 1; version <= 16; version++)
      for (const length of [2, 20, 32, 33, 40]) {
        const program = new Uint8Array(length).fill(version)
        const text = encodeSegwit('shl', { version, program })
        expect(text.length).toBeLessThanOrEqual(MAX_BECH32_LENGTH)
        expect(decodeSegwit('shl', text)).toEqual({ version, program })
      }
  })
})
