import { secp256k1 } from '@noble/curves/secp256k1.js'
import { describe, expect, test } from 'vitest'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import type { SignatureBatches, SignatureCheck } from '../../kernel/signature-verifier.ts'
import { Transaction } from '../primitives/transaction.ts'
import { assemble } from './assembly.ts'
import { Opcode } from './opcodes.ts'
import { CONSENSUS_FLAGS } from './script-flags.ts'
import { pushOf } from './script-reader.ts'
import { legacySighash } from './sighash-legacy.ts'
import { SharedSighashes } from './sighash-witness.ts'
import { SignatureCache } from './signature-checks.ts'
import type { Spend } from './spend-checker.ts'
import { MAX_BATCH_CHECKS, MAX_OPEN_BATCHES, verifyInputs } from './verify-inputs.ts'

type Batches = Pick<SignatureBatches, 'verifyAll'>

const verifier = createSignatureVerifier()
const secrets = [1, 2, 3].map((n) => new Uint8Array(32).fill(n))
const [keyA, keyB, keyC] = secrets.map((secret) => secp256k1.getPublicKey(secret, true)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
]
const CHECKSIG = Uint8Array.of(Opcode.OP_CHECKSIG)
const payTo = (key: Uint8Array) => concatBytes([pushOf(key), CHECKSIG])

/** Spends `script` with the signatures of `signers` behind `before`. */
function spendOf(script: Uint8Array, signers: readonly number[], before = new Uint8Array(0), sequence = 0): Spend {
  const input = { previous: { txid: new Uint8Array(32).fill(5), index: 0 }, scriptSig: before, sequence, witness: [] }
  const fields = { version: 2, inputs: [input], outputs: [{ value: 1n, scriptPubKey: script }], lockTime: 0 }
  const digest = legacySighash(fields, 0, script, 1)
  const signatures = signers.map((signer) => {
    const der = secp256k1.sign(digest, secrets[signer] as Uint8Array, { prehash: false, format: 'der' })
    return pushOf(Uint8Array.of(...der, 1))
  })
  const scriptSig = concatBytes([before, ...signatures])
  const transaction = new Transaction({ ...fields, inputs: [{ ...input, scriptSig }] })
  return { shared: new SharedSighashes(transaction), index: 0, spent: { value: 1n, scriptPubKey: script } }
}

/** Batches that answer at once and count. */
function counting(): Batches & { sizes: number[]; mostOpen: number } {
  let open = 0
  return {
    sizes: [],
    mostOpen: 0,
    async verifyAll(checks) {
      this.sizes.push(checks.length)
      this.mostOpen = Math.max(this.mostOpen, ++open)
      await Promise.resolve()
      open--
      return checks.map((check) => verifier.verify(check))
    },
  }
}

describe('inputs in batches', () => {
  test('many are split into batches, of which few are under way', async () => {
    const batches = counting()
    const count = MAX_BATCH_CHECKS * (MAX_OPEN_BATCHES + 2) + 1
    const spend = spendOf(payTo(keyA), [0])
    const spends = Array.from({ length: count }, (_, n) =>
      n % 500 === 0 ? spendOf(payTo(keyA), [0], undefined, n) : spend,
    )
    expect(await verifyInputs(spends, CONSENSUS_FLAGS, { verifier, batches })).toBeUndefined()
    expect(Math.max(...batches.sizes)).toBeLessThanOrEqual(MAX_BATCH_CHECKS)
    expect(batches.sizes.length).toBeGreaterThan(1)
    expect(batches.mostOpen).toBeLessThanOrEqual(MAX_OPEN_BATCHES)
  })

  test('the first bad one is named, whichever way it is bad', async () => {
    const good = spendOf(payTo(keyA), [0])
    const signedByOther = spendOf(payTo(keyA), [1])
    const failing = spendOf(assemble('RETURN'), [])
    const run = (...spends: Spend[]) => verifyInputs(spends, CONSENSUS_FLAGS, { verifier, batches: counting() })
    expect(await run(good, signedByOther, failing)).toMatchObject({ place: 1, error: { code: 'EVAL_FALSE' } })
    expect(await run(good, failing, signedByOther)).toMatchObject({ place: 1, error: { code: 'OP_RETURN' } })
    expect(await run(good, good)).toBeUndefined()
    expect(await run()).toBeUndefined()
  })

  test('a script that wants a signature not to fit is right in the end', async () => {
    const wantsBad = concatBytes([pushOf(keyA), CHECKSIG, Uint8Array.of(Opcode.OP_NOT)])
    const run = (signer: number) =>
      verifyInputs([spendOf(wantsBad, [signer])], CONSENSUS_FLAGS, { verifier, batches: counting() })
    expect(await run(1)).toBeUndefined()
    expect(await run(0)).toMatchObject({ error: { code: 'EVAL_FALSE' } })
  })

  test('two of three signatures are known on the way, three of three are batched', async () => {
    const multisig = (m: number) =>
      concatBytes([Uint8Array.of(Opcode.OP_1 + m - 1), ...[keyA, keyB, keyC].map(pushOf), assemble('3 CHECKMULTISIG')])
    const dummy = Uint8Array.of(0)
    const batches = counting()
    expect(
      await verifyInputs([spendOf(multisig(2), [0, 2], dummy)], CONSENSUS_FLAGS, { verifier, batches }),
    ).toBeUndefined()
    expect(batches.sizes).toEqual([])
    expect(
      await verifyInputs([spendOf(multisig(3), [0, 1, 2], dummy)], CONSENSUS_FLAGS, { verifier, batches }),
    ).toBeUndefined()
    expect(batches.sizes).toEqual([3])
    expect(
      await verifyInputs([spendOf(multisig(3), [0, 2, 1], dummy)], CONSENSUS_FLAGS, { verifier, batches }),
    ).toMatchObject({ place: 0 })
  })

  test('what is assumed does not get into the cache', async () => {
    const cache = new SignatureCache()
    const asked: SignatureCheck[] = []
    const batches: Batches = {
      verifyAll: async (checks) => {
        asked.push(...checks)
        return checks.map((check) => verifier.verify(check))
      },
    }
    const bad = spendOf(payTo(keyA), [1])
    await verifyInputs([bad, spendOf(payTo(keyB), [1])], CONSENSUS_FLAGS, { verifier, batches, cache })
    expect(asked.map((check) => cache.has(check))).toEqual([false, true])
  })

  test('what is good gets into the cache, unless that is not asked for', async () => {
    for (const remembers of [true, false]) {
      const cache = new SignatureCache()
      const batches = counting()
      const run = () =>
        verifyInputs([spendOf(payTo(keyA), [0])], CONSENSUS_FLAGS, { verifier, batches, cache, remembers })
      expect([await run(), await run()]).toEqual([undefined, undefined])
      expect([cache.size, batches.sizes.length]).toEqual(remembers ? [1, 1] : [0, 2])
    }
  })

  test('batches that cannot be answered reject the whole', async () => {
    const batches: Batches = { verifyAll: () => Promise.reject(new Error('the threads are gone')) }
    const spend = spendOf(payTo(keyA), [0])
    await expect(verifyInputs([spend], CONSENSUS_FLAGS, { verifier, batches })).rejects.toThrow('the threads are gone')
  })

  test('a batch that fails while an earlier one is under way rejects the whole and nothing else', async () => {
    let answerFirst = () => {}
    let calls = 0
    const batches: Batches = {
      verifyAll: (checks) => {
        if (calls++ > 0) return Promise.reject(new Error('the threads are gone'))
        return new Promise((resolve) => {
          answerFirst = () => resolve(checks.map(() => true))
        })
      },
    }
    const spends = Array.from({ length: MAX_BATCH_CHECKS + 1 }, () => spendOf(payTo(keyA), [0]))
    const outcome = verifyInputs(spends, CONSENSUS_FLAGS, { verifier, batches })
    // Lets the second batch fail before the first is answered.
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    answerFirst()
    await expect(outcome).rejects.toThrow('the threads are gone')
  })

  test('an answer that is missing counts as none', async () => {
    const batches: Batches = { verifyAll: async () => [] }
    const run = (signer: number) =>
      verifyInputs([spendOf(payTo(keyA), [signer])], CONSENSUS_FLAGS, { verifier, batches })
    expect(await run(0)).toBeUndefined()
    expect(await run(1)).toMatchObject({ place: 0, error: { code: 'EVAL_FALSE' } })
  })
})
