import { base58 } from '@scure/base'
import { address as oracle } from 'bitcoinjs-lib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { knownAddresses, networks } from '../consensus/networks.ts'
import { bitcoinMain, bitcoinRegtest } from '../test-support/bitcoin-networks.ts'
import { vectorJson } from '../test-support/vectors.ts'
import { type AddressPrefixes, addressOfScript, decodeAddress, scriptOfAddress } from './address.ts'
import { AddressError } from './address-error.ts'
import { destinationOf, witnessProgramOf } from './output-script.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const main = networks.main.addresses
const ours = [main, networks.test.addresses, networks.local.addresses]
const bitcoin = bitcoinMain.addresses
const bitcoinTest: AddressPrefixes = { ...bitcoinRegtest.addresses, hrp: 'tb' }
const chains: Readonly<Record<string, AddressPrefixes>> = {
  main: bitcoin,
  test: bitcoinTest,
  regtest: bitcoinRegtest.addresses,
}
const oracleOf = ({ hrp, publicKeyHash, scriptHash }: AddressPrefixes) => ({
  messagePrefix: '',
  bech32: hrp,
  bip32: { public: 0x0488b21e, private: 0x0488ade4 },
  pubKeyHash: publicKeyHash,
  scriptHash,
  wif: 0xbf,
})

type KeyIo = [
  text: string,
  hex: string,
  facts: { isPrivkey: boolean; chain: string; tryCaseFlip?: boolean; disabled?: boolean },
]

describe("Bitcoin Core's key_io", () => {
  const valid = vectorJson<KeyIo[]>('core/key_io_valid.json')
  const addresses = valid.filter(([, , { isPrivkey }]) => !isPrivkey)

  test('has 35 addresses and 27 private keys', () => expect([addresses.length, valid.length]).toEqual([35, 62]))

  test.each(addresses.filter(([, , { disabled }]) => !disabled))('%s', (text, hex, { chain, tryCaseFlip }) => {
    const prefixes = chains[chain] as AddressPrefixes
    expect(toHex(scriptOfAddress(text, prefixes))).toBe(hex)
    expect(addressOfScript(fromHex(hex), prefixes)).toBe(text)
    const flipped = text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase()
    if (tryCaseFlip) expect(toHex(scriptOfAddress(flipped, prefixes))).toBe(hex)
  })

  test('three are from before BIP 350 and have the old checksum', () => {
    const old = addresses.filter(([, , { disabled }]) => disabled)
    expect(old).toHaveLength(3)
    for (const [text, hex] of old) {
      expect(() => scriptOfAddress(text, bitcoin)).toThrow(AddressError)
      expect(toHex(scriptOfAddress(addressOfScript(fromHex(hex), bitcoin) as string, bitcoin))).toBe(hex)
    }
  })

  test.each(ours)('under the prefixes of $title', (prefixes) => {
    for (const [text, hex] of addresses) {
      const mapped = addressOfScript(fromHex(hex), prefixes) as string
      expect(toHex(scriptOfAddress(mapped, prefixes))).toBe(hex)
      if (prefixes === main) expect(() => scriptOfAddress(text, prefixes)).toThrow(AddressError)
    }
  })

  test('private keys are no addresses', () => {
    const keys = valid.filter(([, , { isPrivkey }]) => isPrivkey)
    expect(keys).toHaveLength(27)
    for (const [text] of keys)
      for (const prefixes of [...Object.values(chains), ...ours])
        expect(() => decodeAddress(text, prefixes, knownAddresses)).toThrow(AddressError)
  })

  test('60 texts that are no address on any network', () => {
    const invalid = vectorJson<[string][]>('core/key_io_invalid.json')
    expect(invalid).toHaveLength(60)
    for (const [text] of invalid)
      for (const prefixes of [...Object.values(chains), ...ours])
        expect(() => decodeAddress(text, prefixes, knownAddresses)).toThrow(AddressError)
  })
})

describe('base58', () => {
  test.each(vectorJson<[string, string][]>('core/base58_encode_decode.json'))('%s is %s', (hex, text) => {
    expect(base58.encode(fromHex(hex))).toBe(text)
    expect(toHex(base58.decode(text))).toBe(hex)
  })
})

interface AddressFixtures {
  standard: { network: string; base58check?: string; bech32?: string; hash?: string; data?: string; version: number }[]
  bech32: { address: string; version: number; prefix: string; data: string }[]
  invalid: {
    bech32: { address: string }[]
    fromBase58Check: { address: string }[]
    toOutputScript: { address: string; exception?: string }[]
  }
}

describe("bitcoinjs-lib's fixtures", () => {
  const fixtures = vectorJson<AddressFixtures>('bitcoinjs/address.json')
  const names: Readonly<Record<string, AddressPrefixes>> = {
    bitcoin,
    testnet: bitcoinTest,
    regtest: bitcoinRegtest.addresses,
    litecoin: { title: 'Litecoin', hrp: 'ltc', publicKeyHash: 0x30, scriptHash: 0x32 },
    dogecoin: { title: 'Dogecoin', hrp: 'doge', publicKeyHash: 0x1e, scriptHash: 0x16 },
  }

  test.each(fixtures.standard)('$base58check $bech32', ({ network, base58check, bech32, hash, data, version }) => {
    const prefixes = names[network] as AddressPrefixes
    const text = (base58check ?? bech32) as string
    const script = scriptOfAddress(text, prefixes)
    const destination = destinationOf(script)
    expect(addressOfScript(script, prefixes)).toBe(base58check ?? text.toLowerCase())
    const program = witnessProgramOf(script)
    if (bech32) expect([program?.version, toHex(program?.program as Uint8Array)]).toEqual([version, data])
    else
      expect(destination).toEqual({
        type: version === prefixes.publicKeyHash ? 'p2pkh' : 'p2sh',
        hash: fromHex(hash as string),
      })
  })

  test.each(fixtures.bech32)('$address', ({ address, version, prefix, data }) => {
    const prefixes = [bitcoin, bitcoinTest].find(({ hrp }) => hrp === prefix) as AddressPrefixes
    const program = witnessProgramOf(scriptOfAddress(address, prefixes))
    expect([program?.version, toHex(program?.program as Uint8Array)]).toEqual([version, data])
  })

  test('what it refuses is refused, but for what is refused because of taproot', () => {
    const { bech32, fromBase58Check, toOutputScript } = fixtures.invalid
    // A point that is not on the curve: taproot's rule, and taproot is anybody's here.
    const refused = [...bech32, ...fromBase58Check, ...toOutputScript.filter(({ exception }) => exception)]
    expect([refused.length, toOutputScript.length]).toEqual([7 + 2 + 23, 24])
    const beyond = ['BC1SW50QGDZ25J', 'bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du']
    for (const { address } of refused.filter(({ address }) => !beyond.includes(address)))
      for (const prefixes of [bitcoin, bitcoinTest])
        expect(() => decodeAddress(address, prefixes), address).toThrow(AddressError)
    // Refused there because the prefix of that case is another one, and because of the old kind of checksum.
    expect(() => decodeAddress(beyond[0] as string, { ...bitcoin, hrp: 'foo' })).toThrow(AddressError)
    expect(() => decodeAddress(beyond[1] as string, bitcoin)).toThrow(AddressError)
  })
})

describe('random scripts', () => {
  const hash = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex)
  const script = fc.oneof(
    hash(20).map((hex) => `76a914${hex}88ac`),
    hash(20).map((hex) => `a914${hex}87`),
    hash(20).map((hex) => `0014${hex}`),
    hash(32).map((hex) => `0020${hex}`),
  )

  test('have the addresses that bitcoinjs-lib gives them', () => {
    fc.assert(
      fc.property(script, fc.constantFrom(...ours), (hex, prefixes) => {
        const text = addressOfScript(fromHex(hex), prefixes) as string
        expect(text).toBe(oracle.fromOutputScript(fromHex(hex), oracleOf(prefixes)))
        expect(toHex(scriptOfAddress(text, prefixes))).toBe(hex)
        expect(toHex(oracle.toOutputScript(text, oracleOf(prefixes)))).toBe(hex)
      }),
      { seed: 58, numRuns },
    )
  })

  test('random texts bring nothing but an address or a coded error', () => {
    const good = addressOfScript(fromHex(`0020${'ab'.repeat(32)}`), main) as string
    const text = fc.oneof(
      fc.string({ maxLength: 100, unit: 'binary' }),
      fc
        .tuple(fc.nat(good.length), fc.string({ maxLength: 3 }))
        .map(([at, part]) => good.slice(0, at) + part + good.slice(at)),
    )
    fc.assert(
      fc.property(text, (drawn) => {
        try {
          expect(addressOfScript(scriptOfAddress(drawn, main, knownAddresses), main)).toBe(drawn.toLowerCase())
        } catch (error) {
          if (!(error instanceof AddressError)) throw error
        }
      }),
      { seed: 59, numRuns },
    )
  })
})
