/**
 * A thousand payments that the wallet plans and the vault signs, against bitcoinjs-lib, @scure/btc-signer and @noble/curves,
 * which share no code with ours: addresses, transactions, ids, digests, signatures.
 */
import { secp256k1 as curve } from '@noble/curves/secp256k1.js'
import * as scure from '@scure/btc-signer'
import * as bitcoin from 'bitcoinjs-lib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { networks } from '../../chain/consensus/networks.ts'
import { displayHash, sha256 } from '../../chain/primitives/hashes.ts'
import type { Transaction } from '../../chain/primitives/transaction.ts'
import { SharedSighashes, witnessSighash } from '../../chain/script/sighash-witness.ts'
import { TestKey } from '../../chain/test-support/test-keys.ts'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { concatBytes, toHex } from '../../kernel/bytes.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { accountNetworks } from '../keys/account-network.ts'
import { PrivateAccount } from '../keys/private-account.ts'
import { openPublicAccount } from '../keys/public-account.ts'
import { chosen } from '../test-support/spending-bed.ts'
import { signTransaction } from '../vault/sign-transaction.ts'
import type { KeyPath, WalletCoin } from '../wallet-types.ts'
import { planPayment } from './plan-payment.ts'
import { signingRequestOf, withWitnesses } from './signing.ts'
import type { SpendingPlan, SpendingView } from './spending-types.ts'

const settings = { seed: 5_521, numRuns: process.env.SHOAL_LONG === '1' ? 3_000 : 1_000 }
const network = accountNetworks.main
const { addresses } = networks.main
const privateAccount = new PrivateAccount(sha256(Uint8Array.of(5)), network)
const account = openPublicAccount(privateAccount.extendedPublicKey, network)
const verifier = createSignatureVerifier()
/** Of RFC 6979 alone: what half of all signatures are. */
const LOW_R = 0x80

const theirNetwork = {
  scure: { bech32: addresses.hrp, pubKeyHash: addresses.publicKeyHash, scriptHash: addresses.scriptHash, wif: 0xbf },
  bitcoinjs: {
    ...bitcoin.networks.bitcoin,
    bech32: addresses.hrp,
    pubKeyHash: addresses.publicKeyHash,
    scriptHash: addresses.scriptHash,
  },
}

const paths = fc.record({ chain: fc.constantFrom<0 | 1>(0, 1), index: fc.nat(60) })
const cases = fc.record({
  coins: fc.array(fc.record({ path: paths, value: fc.bigInt({ min: 1_000_000n, max: 900_000_000_000n }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  recipients: fc.array(fc.record({ key: fc.nat(5_000), kind: fc.constantFrom('p2wpkh', 'p2pkh') }), {
    minLength: 1,
    maxLength: 3,
  }),
  takesAll: fc.boolean(),
  rate: fc.integer({ min: 1_000, max: 100_000 }),
  tipHeight: fc.integer({ min: 0, max: 5_000_000 }),
  seed: fc.nat(2 ** 30),
})
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never

function viewOf({ coins, tipHeight, seed }: Case): SpendingView {
  const change: KeyPath = { chain: 1, index: 61 }
  return {
    addresses,
    tipHeight,
    coins: coins.map(
      ({ path, value }, place): WalletCoin => ({
        outpoint: { txid: sha256(Uint8Array.of(place, seed & 0xff, (seed >> 8) & 0xff)), index: seed % 5 },
        value,
        script: account.scriptAt(path),
        path,
        confirmations: 1,
        isReward: false,
        status: 'available',
        frozen: false,
      }),
    ),
    pending: [],
    change: { path: change, script: account.scriptAt(change) },
    pathOf: () => undefined,
    isUsed: () => false,
  }
}

/** Everything to one, or the smallest part of what there is to all. */
function planOf(one: Case): SpendingPlan {
  const recipients = one.recipients.map(({ key, kind }, place) => ({
    script: kind === 'p2pkh' ? new TestKey(key).p2pkh : new TestKey(key).p2wpkh,
    amount: one.takesAll && place === 0 ? ('everything' as const) : 100_000n + BigInt(place),
  }))
  return planPayment({ recipients, fee: chosen(one.rate) }, viewOf(one), SeededRandom.of(one.seed))
}

describe('a thousand payments', () => {
  test('are the same for bitcoinjs-lib: bytes, id, size, digests; and @noble/curves takes every signature', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const plan = planOf(one)
        const signed = withWitnesses(plan, signTransaction(signingRequestOf(plan), privateAccount), verifier)
        const theirs = bitcoin.Transaction.fromBuffer(signed.bytes())
        expect(theirs.toHex()).toBe(toHex(signed.bytes()))
        expect(theirs.getId()).toBe(displayHash(signed.txid))
        expect(theirs.virtualSize()).toBe(signed.virtualSize)
        expect(theirs.locktime).toBe(signed.lockTime)
        const shared = new SharedSighashes(signed)
        for (const [index, { value, path }] of plan.coins.entries()) {
          const publicKey = account.publicKeyAt(path)
          const payment = bitcoin.payments.p2wpkh({ pubkey: publicKey, network: theirNetwork.bitcoinjs })
          expect(payment.address).toBe(account.addressAt(path))
          const scriptCode = bitcoin.payments.p2pkh({ pubkey: publicKey }).output as Uint8Array
          const digest = theirs.hashForWitnessV0(index, scriptCode, value, bitcoin.Transaction.SIGHASH_ALL)
          expect(toHex(digest)).toBe(toHex(witnessSighash(shared, index, scriptCode, value, 1)))
          const [signature, key] = witnessAt(signed, index)
          expect(toHex(key)).toBe(toHex(publicKey))
          const options = { prehash: false, format: 'der', lowS: true } as const
          expect(curve.verify(signature.subarray(0, -1), digest, publicKey, options)).toBe(true)
        }
      }),
      settings,
    )
  }, 180_000)

  test('are signed by @scure/btc-signer with the same bytes, but where we go on to a signature with a low R', () => {
    const counts = { same: 0, low: 0 }
    fc.assert(
      fc.property(cases, (one) => {
        const plan = planOf(one)
        const signed = withWitnesses(plan, signTransaction(signingRequestOf(plan), privateAccount), verifier)
        const theirs = signedByThem(plan)
        expect(theirs.id).toBe(displayHash(signed.txid))
        const theirWitnesses = scure.RawTx.decode(theirs.extract()).witnesses as Uint8Array[][]
        let isSame = true
        for (const [index, { path, value }] of plan.coins.entries()) {
          const [ours] = witnessAt(signed, index)
          const [other] = theirWitnesses[index] as [Uint8Array]
          expect(scure.p2wpkh(account.publicKeyAt(path), theirNetwork.scure).address).toBe(account.addressAt(path))
          // DER: 30, length, 02, length of R, R; its highest bit takes a byte more.
          if ((other[3] as number) === 33) {
            isSame = false
            expect(toHex(ours)).toBe(toHex(lowRByNoble(digestOf(signed, index, value, path), path)))
          } else expect(toHex(ours)).toBe(toHex(other))
        }
        if (isSame) expect(toHex(theirs.extract())).toBe(toHex(signed.bytes()))
        counts[isSame ? 'same' : 'low']++
      }),
      settings,
    )
    expect(counts.same).toBeGreaterThan(settings.numRuns / 5)
    expect(counts.low).toBeGreaterThan(settings.numRuns / 5)
  }, 180_000)
})

/** Signature and public key. */
function witnessAt({ inputs }: Transaction, index: number): readonly [Uint8Array, Uint8Array] {
  const [signature, key] = inputs[index]?.witness ?? []
  if (signature === undefined || key === undefined) throw new RangeError(`input ${index} is not signed`)
  return [signature, key]
}

function signedByThem({ transaction, coins }: SpendingPlan): scure.Transaction {
  const theirs = new scure.Transaction({ version: transaction.version, lockTime: transaction.lockTime })
  for (const [index, { value, script }] of coins.entries()) {
    const { previous, sequence } = transaction.inputs[index] as Transaction['inputs'][number]
    const witnessUtxo = { script, amount: value }
    theirs.addInput({ txid: displayHash(previous.txid), index: previous.index, sequence, witnessUtxo })
  }
  for (const { value, scriptPubKey } of transaction.outputs) theirs.addOutput({ script: scriptPubKey, amount: value })
  for (const [index, { path }] of coins.entries()) theirs.signIdx(privateAccount.secretAt(path), index)
  theirs.finalize()
  return theirs
}

function digestOf(signed: Transaction, index: number, value: bigint, path: KeyPath): Uint8Array {
  const scriptCode = bitcoin.payments.p2pkh({ pubkey: account.publicKeyAt(path) }).output as Uint8Array
  return bitcoin.Transaction.fromBuffer(signed.bytes()).hashForWitnessV0(index, scriptCode, value, 1)
}

/** As Bitcoin Core goes on: RFC 6979 with the number of the attempt as additional data, from 1. */
function lowRByNoble(digest: Uint8Array, path: KeyPath): Uint8Array {
  const secret = privateAccount.secretAt(path)
  for (let attempt = 1; ; attempt++) {
    const extraEntropy = new Uint8Array(32)
    new DataView(extraEntropy.buffer).setUint32(0, attempt, true)
    const compact = curve.sign(digest, secret, { prehash: false, lowS: true, extraEntropy })
    if ((compact[0] as number) >= LOW_R) continue
    const der = curve.Signature.fromBytes(compact).toBytes('der')
    return concatBytes([der, Uint8Array.of(1)])
  }
}
