/** Addresses, digests and signed transactions against @scure/btc-signer, which shares no code with ours; both ways. */
import * as scure from '@scure/btc-signer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { toHex } from '../../kernel/bytes.ts'
import { addressOfScript, scriptOfAddress } from '../address/address.ts'
import { networks } from '../consensus/networks.ts'
import { displayHash } from '../primitives/hashes.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import { ANYONE_CAN_SPEND, coinOf, spendCoins, TestKey } from '../test-support/test-keys.ts'
import { STANDARD_FLAGS } from './script-flags.ts'
import { SharedSighashes, witnessSighash } from './sighash-witness.ts'
import { DirectChecks } from './signature-checks.ts'
import { verifyInput } from './verify-input.ts'

const settings = { seed: 31, numRuns: process.env.SHOAL_LONG === '1' ? 2_000 : 150 }
const { addresses } = networks.test
const theirNetwork = {
  bech32: addresses.hrp,
  pubKeyHash: addresses.publicKeyHash,
  scriptHash: addresses.scriptHash,
  wif: 0xef,
}
const checks = new DirectChecks(createSignatureVerifier())
const HASH_TYPES = [1, 2, 3, 0x81, 0x82, 0x83]

const keys = fc.integer({ min: 10, max: 1_000_000 }).map((number) => new TestKey(number))
const outputs = fc.array(
  fc.record({
    value: fc.bigInt({ min: 1_000n, max: 2_000_000_000_000n }),
    key: keys,
    kind: fc.constantFrom('p2wpkh', 'p2pkh'),
  }),
  { minLength: 1, maxLength: 4 },
)

/** A transaction that pays to a script. */
function fundingOf(value: bigint, scriptPubKey: Uint8Array) {
  const outpoint = { txid: new Uint8Array(32).fill(3), index: 1 }
  return spendCoins([{ outpoint, output: { value, scriptPubKey: ANYONE_CAN_SPEND } }], [{ value, scriptPubKey }])
}

/** Output scripts by what they pay to, made by the other program. */
function theirScripts(key: TestKey) {
  const legacy = scure.p2pkh(key.publicKey, theirNetwork)
  const witness = scure.p2wpkh(key.publicKey, theirNetwork)
  const multisig = scure.p2wsh(scure.p2ms(1, [key.publicKey, new TestKey(2).publicKey]), theirNetwork)
  const nested = scure.p2sh(witness, theirNetwork)
  return [legacy, witness, multisig, nested]
}

describe('@scure/btc-signer agrees', () => {
  test('about addresses and output scripts of every kind', () => {
    fc.assert(
      fc.property(keys, (key) => {
        for (const { address, script } of theirScripts(key)) {
          expect(addressOfScript(script, addresses)).toBe(address)
          expect(toHex(scriptOfAddress(String(address), addresses))).toBe(toHex(script))
        }
        expect(toHex(key.p2wpkh)).toBe(toHex(scure.p2wpkh(key.publicKey).script))
        expect(toHex(key.p2pkh)).toBe(toHex(scure.p2pkh(key.publicKey).script))
      }),
      settings,
    )
  })

  test('about digests under witnesses, and the id and bytes of transactions that we sign', () => {
    fc.assert(
      fc.property(keys, outputs, fc.constantFrom(...HASH_TYPES), (key, paid, hashType) => {
        const funding = fundingOf(5_000_000_000n, key.p2wpkh)
        const signed = spendCoins(
          [coinOf(funding, 0, key)],
          paid.map((output) => ({
            value: output.value,
            scriptPubKey: output.kind === 'p2wpkh' ? output.key.p2wpkh : output.key.p2pkh,
          })),
        )
        const theirs = scure.Transaction.fromRaw(signed.bytes(), { allowUnknownOutputs: true })
        expect(theirs.id).toBe(displayHash(signed.txid))
        expect(theirs.weight).toBe(signed.weight)
        expect(toHex(theirs.toBytes(true, true))).toBe(toHex(signed.bytes()))
        expect(toHex(theirs.preimageWitnessV0(0, key.p2pkh, hashType, 5_000_000_000n))).toBe(
          toHex(witnessSighash(new SharedSighashes(signed), 0, key.p2pkh, 5_000_000_000n, hashType)),
        )
      }),
      settings,
    )
  })

  test('about transactions that it signs: ours reads them, writes them again and takes the signatures', () => {
    fc.assert(
      fc.property(keys, outputs, fc.constantFrom(...HASH_TYPES), fc.nat(3), (key, paid, hashType, kind) => {
        const spent = theirScripts(key)[kind] as ReturnType<typeof scure.p2wpkh>
        const value = 7_000_000_000_000n
        const { script: scriptPubKey, ...payment } = spent as {
          script: Uint8Array
          redeemScript?: Uint8Array
          witnessScript?: Uint8Array
        }
        const funding = fundingOf(value, scriptPubKey)
        const theirs = new scure.Transaction({ version: 2, allowLegacyWitnessUtxo: true })
        theirs.addInput({
          txid: displayHash(funding.txid),
          index: 0,
          sighashType: hashType,
          ...(kind === 0
            ? { nonWitnessUtxo: funding.bytes() }
            : { witnessUtxo: { script: scriptPubKey, amount: value } }),
          ...(payment.redeemScript && { redeemScript: payment.redeemScript }),
          ...(payment.witnessScript && { witnessScript: payment.witnessScript }),
        })
        for (const output of paid)
          theirs.addOutput({
            script: output.kind === 'p2wpkh' ? output.key.p2wpkh : output.key.p2pkh,
            amount: output.value,
          })
        theirs.signIdx(key.secret, 0, [hashType])
        theirs.finalize()
        const ours = decodeTransaction(theirs.extract())
        expect(toHex(ours.bytes())).toBe(toHex(theirs.extract()))
        expect(displayHash(ours.txid)).toBe(theirs.id)
        const spend = { shared: new SharedSighashes(ours), index: 0, spent: { value, scriptPubKey } }
        expect(() => verifyInput(spend, STANDARD_FLAGS, checks)).not.toThrow()
        // Another amount is another digest, but where the input is a legacy one.
        const wrong = { ...spend, shared: new SharedSighashes(ours), spent: { value: value + 1n, scriptPubKey } }
        if (kind !== 0) expect(() => verifyInput(wrong, STANDARD_FLAGS, checks)).toThrow()
      }),
      settings,
    )
  })
})
