import { createBase58check } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex } from '../../kernel/bytes.ts'
import { knownAddresses, networks } from '../consensus/networks.ts'
import { sha256 } from '../primitives/hashes.ts'
import { bitcoinMain } from '../test-support/bitcoin-networks.ts'
import { addressOfScript, decodeAddress } from './address.ts'
import { AddressError, type AddressFault } from './address-error.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 5_000 : 200
const main = networks.main.addresses
const CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const segwit = addressOfScript(fromHex(`0014${'5a'.repeat(20)}`), main) as string
const legacy = addressOfScript(fromHex(`76a914${'5a'.repeat(20)}88ac`), main) as string

function faultOf(text: string): AddressFault | undefined {
  try {
    decodeAddress(text, main, knownAddresses)
    return undefined
  } catch (error) {
    if (error instanceof AddressError) return error.fault
    throw error
  }
}

describe('what an address is refused for', () => {
  test('the first of each kind is none', () =>
    expect([faultOf(segwit), faultOf(legacy)]).toEqual([undefined, undefined]))

  test('nothing, or too much of it', () => {
    expect(faultOf('')).toEqual({ code: 'EMPTY' })
    expect(faultOf('q'.repeat(91))).toEqual({ code: 'TOO_LONG', limit: 90 })
    expect(faultOf(`shl1${'q'.repeat(86)}`)).toEqual({ code: 'BAD_CHECKSUM' })
  })

  test('one wrong character is found wherever it is', () => {
    const versions = [segwit, addressOfScript(fromHex(`5120${'5a'.repeat(32)}`), main) as string]
    const draw = fc.record({ text: fc.constantFrom(...versions), at: fc.nat(), other: fc.constantFrom(...CHARACTERS) })
    fc.assert(
      fc.property(draw, ({ text, at, other }) => {
        const position = 5 + (at % (text.length - 5))
        fc.pre(text[position] !== other)
        const wrong = text.slice(0, position) + other + text.slice(position + 1)
        expect(faultOf(wrong)).toEqual({ code: 'WRONG_CHARACTER', position, character: other })
      }),
      { seed: 173, numRuns },
    )
  })

  test('people are told its place from 1', () => {
    const at = 10
    const wrong = segwit.slice(0, at) + (segwit[at] === 'q' ? 'p' : 'q') + segwit.slice(at + 1)
    expect(() => decodeAddress(wrong, main)).toThrow(/^Character 11 of this address, "[qp]", seems to be wrong\./)
  })

  test('two wrong characters and more are a bad checksum', () => {
    const swap = (text: string, at: number) => text.slice(0, at) + (text[at] === 'q' ? 'p' : 'q') + text.slice(at + 1)
    expect(faultOf(swap(swap(segwit, 10), 20))).toEqual({ code: 'BAD_CHECKSUM' })
    expect(faultOf(swap(swap(swap(segwit, 10), 20), 30))).toEqual({ code: 'BAD_CHECKSUM' })
    expect(faultOf('shl1')).toEqual({ code: 'BAD_CHECKSUM' })
    expect(faultOf(legacy.slice(0, -1))).toEqual({ code: 'BAD_CHECKSUM' })
  })

  test('characters that no address has', () => {
    expect(faultOf(`${segwit.slice(0, 8)}b${segwit.slice(9)}`)).toEqual({
      code: 'BAD_CHARACTER',
      position: 8,
      character: 'b',
    })
    expect(faultOf(`${legacy.slice(0, 8)}0${legacy.slice(9)}`)).toEqual({
      code: 'BAD_CHARACTER',
      position: 8,
      character: '0',
    })
    expect(faultOf(`${legacy} `)).toEqual({ code: 'BAD_CHARACTER', position: legacy.length, character: ' ' })
  })

  test('letters that only look like ours', () => {
    const kelvin = 'SHL1QK'.replace('K', '\u212a')
    expect(kelvin.toLowerCase()).toBe('shl1qk')
    expect(faultOf(kelvin)).toEqual({ code: 'BAD_CHARACTER', position: 5, character: '\u212a' })
  })

  test('mixed case', () => {
    expect(faultOf(segwit.toUpperCase())).toBeUndefined()
    expect(faultOf(segwit.slice(0, 10) + segwit.slice(10).toUpperCase())).toEqual({ code: 'MIXED_CASE' })
    expect(faultOf(`SHL${segwit.slice(3)}`)).toEqual({ code: 'MIXED_CASE' })
  })

  test('another network, by its name', () => {
    const script = fromHex(`0014${'5a'.repeat(20)}`)
    const legacyScript = fromHex(`a914${'5a'.repeat(20)}87`)
    const named = (found: string) => ({ code: 'OTHER_NETWORK', found, wanted: "Shoal's main network" })
    const { test: trying, local } = networks
    expect(faultOf(addressOfScript(script, trying.addresses) as string)).toEqual(named("Shoal's test network"))
    expect(faultOf(addressOfScript(script, local.addresses) as string)).toEqual(named("Shoal's local network"))
    expect(faultOf(addressOfScript(script, bitcoinMain.addresses) as string)).toEqual(named('Bitcoin'))
    expect(faultOf(addressOfScript(legacyScript, bitcoinMain.addresses) as string)).toEqual(named('Bitcoin'))
    expect(faultOf(addressOfScript(legacyScript, trying.addresses) as string)).toEqual(named("Shoal's test network"))
    // A mistake in another network's address is still a mistake.
    expect(faultOf('bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5')?.code).toBe('WRONG_CHARACTER')
  })

  test('networks that nobody here knows', () => {
    const unknown = { code: 'UNKNOWN_NETWORK', wanted: "Shoal's main network" }
    expect(faultOf(addressOfScript(fromHex(`0014${'5a'.repeat(20)}`), { ...main, hrp: 'ltc' }) as string)).toEqual(
      unknown,
    )
    const { encode } = createBase58check((bytes: Uint8Array) => sha256(bytes))
    expect(faultOf(encode(Uint8Array.of(0x42, ...new Uint8Array(20))))).toEqual(unknown)
    expect(faultOf(encode(Uint8Array.of(main.publicKeyHash, ...new Uint8Array(19))))).toEqual(unknown)
  })

  test('witness programs that cannot be', () => {
    for (const text of [
      'BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R',
      'bc1pw5dgrnzv',
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav',
      'BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P',
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf',
    ])
      expect(faultOf(text)).toEqual({ code: 'BAD_WITNESS_PROGRAM' })
  })
})
