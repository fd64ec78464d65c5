import { createBase58check } from '@scure/base'
import { HDKey } from '@scure/bip32'
import { payments } from 'bitcoinjs-lib'
import fc from 'fast-check'
import secp256k1 from 'secp256k1'
import { describe, expect, test } from 'vitest'
import { networks } from '../../chain/consensus/networks.ts'
import { sha256 } from '../../chain/primitives/hashes.ts'
import { vectorJson } from '../../chain/test-support/vectors.ts'
import { concatBytes, fromHex, toHex, utf8 } from '../../kernel/bytes.ts'
import type { KeyChain } from '../wallet-types.ts'
import { type AccountNetwork, accountNetworks } from './account-network.ts'
import { addToPublicKey, derOf, publicKeyOf, signAttempt, signLowR, verifies } from './curve.ts'
import { childOf, HARDENED, readAccountKey } from './extended-key.ts'
import { KeyError } from './key-error.ts'
import { PrivateAccount } from './private-account.ts'
import { openPublicAccount } from './public-account.ts'
import { readWords, seedOf } from './words.ts'

const long = process.env.SHOAL_LONG === '1'
const base58check = createBase58check((bytes: Uint8Array) => sha256(bytes))
const ABANDON = `${'abandon '.repeat(11)}about`

function accountOf(words: string, network: AccountNetwork): PrivateAccount {
  const read = readWords(words)
  if ('wrong' in read) throw new Error('bad words')
  return new PrivateAccount(seedOf(read, ''), network)
}

const codeOfThrown = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error instanceof KeyError ? error.fault : error
  }
  return undefined
}

describe('BIP 32', () => {
  interface Node {
    readonly path: string
    readonly xpub: string
    readonly xprv: string
  }
  const { valid, invalid } = vectorJson<{
    valid: readonly { seed: string; chains: readonly Node[] }[]
    invalid: readonly { key: string; reason: string }[]
  }>('bips/bip32.json')

  test('17 nodes, private and public', () => {
    const nodes = valid.flatMap(({ seed, chains }) => chains.map((chain) => ({ seed, ...chain })))
    expect(nodes).toHaveLength(17)
    for (const { seed, path, xpub, xprv } of nodes) {
      const node = HDKey.fromMasterSeed(fromHex(seed)).derive(path)
      expect([node.publicExtendedKey, node.privateExtendedKey]).toEqual([xpub, xprv])
    }
  })

  test('children of a public key are those of the private one', () => {
    for (const { seed, chains } of valid)
      for (const { path, xpub } of chains) {
        const last = path.split('/').at(-1) as string
        if (path === 'm' || last.endsWith("'")) continue
        const parent = HDKey.fromMasterSeed(fromHex(seed)).derive(path.slice(0, -last.length - 1))
        const { publicKey, chainCode } = parent
        if (!publicKey || !chainCode) throw new Error('no key')
        const child = childOf({ publicKey, chainCode }, Number(last))
        const expected = HDKey.fromExtendedKey(xpub)
        expect(child).toEqual({ publicKey: expected.publicKey, chainCode: expected.chainCode })
      }
  })

  test('16 bad keys are refused, by the reader of accounts too', () => {
    expect(invalid).toHaveLength(16)
    for (const { key, reason } of invalid) {
      expect(() => HDKey.fromExtendedKey(key), reason).toThrow()
      expect(
        codeOfThrown(() => readAccountKey(key, accountNetworks.main)),
        reason,
      ).toMatchObject({
        code: 'BAD_ACCOUNT_KEY',
      })
    }
  })

  test('native children equal those of @scure/bip32', () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
    fc.assert(
      fc.property(bytes(64), fc.nat(HARDENED - 1), (seed, index) => {
        const node = HDKey.fromMasterSeed(seed)
        const { publicKey, chainCode } = node
        if (!publicKey || !chainCode) throw new Error('no key')
        const wanted = node.deriveChild(index)
        expect(childOf({ publicKey, chainCode }, index)).toEqual({
          publicKey: wanted.publicKey,
          chainCode: wanted.chainCode,
        })
      }),
      { seed: 32, numRuns: long ? 2_000 : 50 },
    )
  })

  test('a hardened index has no public child, and neither has one that is no index', () => {
    const account = readAccountKey(accountOf(ABANDON, accountNetworks.main).extendedPublicKey, accountNetworks.main)
    for (const index of [-1, 0.5, HARDENED, Number.NaN])
      expect(codeOfThrown(() => childOf(account, index))).toMatchObject({ code: 'NO_SUCH_KEY' })
  })

  test('a sum that is no key has a typed error', () => {
    const key = { publicKey: publicKeyOf(fromHex('01'.padStart(64, '0'))), chainCode: new Uint8Array(32) }
    expect(() => addToPublicKey(key.publicKey, new Uint8Array(32).fill(0xff))).toThrow()
  })
})

describe('BIP 84', () => {
  const facts = vectorJson<readonly { section: string; key: string; value: string }[]>('bips/bip84.json')
  const fact = (section: string, key: string): string => {
    const found = facts.find((each) => each.section.includes(section) && each.key === key)
    if (!found) throw new Error(`no ${section} ${key}`)
    return found.value
  }
  /** Bitcoin, with the version bytes that the specification uses. */
  const bitcoin: AccountNetwork = {
    coinType: 0,
    versions: { public: 0x04b2_4746, private: 0x04b2_430c },
    addresses: { title: 'Bitcoin', hrp: 'bc', publicKeyHash: 0, scriptHash: 5 },
  }

  test('the account, three addresses, their public and private keys', () => {
    const keys = accountOf(fact('root', 'mnemonic'), bitcoin)
    expect(keys.extendedPublicKey).toBe(fact('Account 0, root', 'xpub'))
    expect(keys.fingerprint).toBe('73c5da0a')
    const account = openPublicAccount(keys.extendedPublicKey, bitcoin)
    for (const [section, chain, index] of [
      ['first receiving', 0, 0],
      ['second receiving', 0, 1],
      ['first change', 1, 0],
    ] as const) {
      expect(account.addressAt({ chain, index })).toBe(fact(section, 'address'))
      expect(toHex(account.publicKeyAt({ chain, index }))).toBe(fact(section, 'pubkey'))
      const privateKey = base58check.decode(fact(section, 'privkey')).slice(1, 33)
      expect(toHex(keys.secretAt({ chain, index }))).toBe(toHex(privateKey))
    }
  })
})

describe('accounts of our networks', () => {
  test('coin types, version bytes and address prefixes', () => {
    const shown = (['main', 'test', 'local'] as const).map((name) => {
      const { extendedPublicKey } = accountOf(ABANDON, accountNetworks[name])
      const address = openPublicAccount(extendedPublicKey, accountNetworks[name]).addressAt({ chain: 0, index: 0 })
      return [accountNetworks[name].coinType, extendedPublicKey.slice(0, 4), address.split('1')[0]]
    })
    expect(shown).toEqual([
      [7_533, 'xpub', 'shl'],
      [1, 'tpub', 'tshl'],
      [1, 'tpub', 'lshl'],
    ])
  })

  test('public and private keys belong together, and addresses are those of bitcoinjs-lib', () => {
    const network = accountNetworks.local
    const { hrp: bech32, publicKeyHash: pubKeyHash, scriptHash } = networks.local.addresses
    const oracle = { bech32, pubKeyHash, scriptHash, bip32: network.versions, wif: 0xef, messagePrefix: '' }
    const bytes = fc.uint8Array({ minLength: 64, maxLength: 64 })
    fc.assert(
      fc.property(bytes, fc.constantFrom<KeyChain>(0, 1), fc.nat(HARDENED - 1), (seed, chain, index) => {
        const keys = new PrivateAccount(seed, network)
        const account = openPublicAccount(keys.extendedPublicKey, network)
        const pubkey = account.publicKeyAt({ chain, index })
        expect(toHex(publicKeyOf(keys.secretAt({ chain, index })))).toBe(toHex(pubkey))
        const payment = payments.p2wpkh({ pubkey, network: oracle })
        expect(account.addressAt({ chain, index })).toBe(payment.address)
        expect(toHex(account.scriptAt({ chain, index }))).toBe(toHex(payment.output as Uint8Array))
      }),
      { seed: 84, numRuns: long ? 1_000 : 40 },
    )
  })

  test('kept keys are bounded and come out the same when they are made again', () => {
    const { extendedPublicKey } = accountOf(ABANDON, accountNetworks.test)
    const few = openPublicAccount(extendedPublicKey, accountNetworks.test, 3)
    const many = openPublicAccount(extendedPublicKey, accountNetworks.test)
    const first = few.scriptAt({ chain: 0, index: 0 })
    expect(few.scriptAt({ chain: 0, index: 0 })).toBe(first)
    for (let index = 0; index < 10; index++) few.scriptAt({ chain: 0, index })
    const again = few.scriptAt({ chain: 0, index: 0 })
    expect(again).not.toBe(first)
    expect(again).toEqual(many.scriptAt({ chain: 0, index: 0 }))
  })

  test('other kinds of extended keys are refused by what is wrong with them', () => {
    const seed = new Uint8Array(64).fill(7)
    const root = HDKey.fromMasterSeed(seed, accountNetworks.main.versions)
    const account = root.derive("m/84'/7533'/0'")
    const cases = [
      [root.publicExtendedKey, 'depth'],
      [account.deriveChild(0).publicExtendedKey, 'depth'],
      [root.derive("m/84'/7533'/0").publicExtendedKey, 'depth'],
      [account.privateExtendedKey, 'private'],
      [accountOf(ABANDON, accountNetworks.test).extendedPublicKey, 'network'],
      [`${account.publicExtendedKey.slice(0, -1)}1`, 'text'],
      ['', 'text'],
    ]
    for (const [text, reason] of cases)
      expect(codeOfThrown(() => openPublicAccount(text as string, accountNetworks.main))).toEqual({
        code: 'BAD_ACCOUNT_KEY',
        reason,
      })
  })

  test('wiped keys sign nothing any more', () => {
    const keys = accountOf(ABANDON, accountNetworks.main)
    keys.wipe()
    expect(() => keys.secretAt({ chain: 0, index: 0 })).toThrow()
  })
})

describe('signatures', () => {
  const cases =
    vectorJson<readonly (readonly [secret: string, message: string, signature: string])[]>('crypto/rfc6979_core.json')

  test('the first attempt is RFC 6979', () => {
    expect(cases).toHaveLength(12)
    for (const [secret, message, signature] of cases)
      expect(toHex(signAttempt(sha256(utf8(message)), fromHex(secret), 0))).toBe(signature)
  })

  test('R and S are low, DER has at most 70 bytes, the key verifies it, the same again', () => {
    const attempts = { first: 0, later: 0 }
    for (let i = 0; i < (long ? 5_000 : 200); i++) {
      const secret = sha256(utf8(`secret ${i}`))
      const digest = sha256(utf8(`digest ${i}`))
      const signature = signLowR(digest, secret)
      expect(signLowR(digest, secret)).toEqual(signature)
      expect(derOf(signature).length).toBeLessThanOrEqual(70)
      expect(toHex(secp256k1.signatureNormalize(Uint8Array.from(signature)))).toBe(toHex(signature))
      expect(verifies(signature, digest, publicKeyOf(secret))).toBe(true)
      if (toHex(signAttempt(digest, secret, 0)) === toHex(signature)) attempts.first++
      else attempts.later++
    }
    expect(attempts.first).toBeGreaterThan(0)
    expect(attempts.later).toBeGreaterThan(0)
  })

  test('the counter of a later attempt is 32 bytes, little-endian, from 1', () => {
    const secret = sha256(utf8('secret'))
    const digest = sha256(utf8('digest'))
    const data = concatBytes([Uint8Array.of(1), new Uint8Array(31)])
    expect(signAttempt(digest, secret, 1)).toEqual(secp256k1.ecdsaSign(digest, secret, { data }).signature)
  })
})
