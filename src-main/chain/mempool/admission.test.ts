import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { hash160, sha256, ZERO_HASH } from '../primitives/hashes.ts'
import { COINBASE_INDEX, SEQUENCE_FINAL, type Transaction } from '../primitives/transaction.ts'
import { Opcode } from '../script/opcodes.ts'
import { pushOf } from '../script/script-reader.ts'
import { FREE_SCRIPT, free, MempoolFixture, pay, spend, totalOf } from '../test-support/mempool-fixture.ts'
import { coinOf, spendCoins, TestKey, withFields } from '../test-support/test-keys.ts'
import {
  MAX_STANDARD_SIGOPS_COST,
  MAX_STANDARD_WITNESS_ITEM_BYTES,
  MAX_STANDARD_WITNESS_ITEMS,
  MAX_STANDARD_WITNESS_SCRIPT_BYTES,
  MINIMUM_RELAY_FEE_RATE,
} from './policy.ts'

const FEE = 10_000
const key = new TestKey(1)
const { OP_HASH160, OP_EQUAL, OP_0, OP_1, OP_3, OP_DROP, OP_CHECKSIG, OP_CHECKMULTISIG, OP_RETURN } = Opcode

const p2sh = (script: Uint8Array) =>
  concatBytes([Uint8Array.of(OP_HASH160), pushOf(hash160(script)), Uint8Array.of(OP_EQUAL)])
const p2wsh = (script: Uint8Array) => concatBytes([Uint8Array.of(OP_0), pushOf(sha256(script))])
const data = (bytes: number) => concatBytes([Uint8Array.of(OP_RETURN), pushOf(new Uint8Array(bytes))])

/** A fixture with a confirmed output of `script`, worth the reward of block 1 less a fee. */
function withOutput(script: Uint8Array, count = 1) {
  const fixture = new MempoolFixture()
  const value = (totalOf([fixture.coin(1)]) - BigInt(FEE)) / BigInt(count)
  const outputs = Array.from({ length: count }, () => ({ value, scriptPubKey: script }))
  const funding = spend([fixture.coin(1)], outputs)
  fixture.mine([funding])
  const coins = outputs.map((_, index) => coinOf(funding, index))
  return { fixture, coins }
}

/** Spends an output with this input script and witness. */
function spending(coins: Parameters<typeof spendCoins>[0], scriptSig: Uint8Array, witness: readonly Uint8Array[] = []) {
  const bare = spendCoins(coins, [free(totalOf(coins) - 100_000n)])
  return withFields(bare, { inputs: bare.inputs.map((input) => ({ ...input, scriptSig, witness })) })
}

describe('rules of consensus', () => {
  test('a good transaction is taken, and is known then', async () => {
    const fixture = new MempoolFixture()
    const good = pay([fixture.coin(1)], FEE)
    expect(await fixture.accept(good, 'a')).toEqual({
      status: 'accepted',
      txid: good.txid,
      wtxid: good.wtxid,
      fee: BigInt(FEE),
    })
    expect(await fixture.accept(good, 'b')).toEqual({ status: 'known', txid: good.txid })
    expect(fixture.mempool.knows(good.wtxid)).toBe(true)
    fixture.mine([good])
    expect(fixture.mempool.size).toBe(0)
    expect(await fixture.verdict(good)).toBe('known')
  })

  test('what breaks a rule by itself is invalid', async () => {
    const fixture = new MempoolFixture()
    const coin = fixture.coin(1)
    const good = pay([coin], FEE)
    expect(await fixture.verdict(withFields(good, { outputs: [] }))).toBe('invalid: bad-txns-vout-empty')
    expect(await fixture.verdict(withFields(good, { inputs: [] }))).toBe('invalid: bad-txns-vin-empty')
    expect(await fixture.verdict(spend([coin, coin], [free(1)]))).toBe('invalid: bad-txns-inputs-duplicate')
    expect(await fixture.verdict(fixture.chain.tip.transactions[0] as Transaction)).toBe('invalid: coinbase')
    const more = totalOf([coin]) + 1n
    expect(await fixture.verdict(spend([coin], [free(more)]))).toBe('invalid: bad-txns-in-belowout')
    const nothing = { ...good.inputs[0], previous: { txid: ZERO_HASH, index: COINBASE_INDEX } }
    const twoInputs = withFields(good, { inputs: [good.inputs[0], nothing] as typeof good.inputs })
    expect(await fixture.verdict(twoInputs)).toBe('invalid: bad-txns-prevout-null')
  })

  test('64 bytes without witnesses are invalid, fewer and 65 are not', async () => {
    const fixture = new MempoolFixture()
    const coins = [spend([fixture.coin(1)], [{ value: 100_000n, scriptPubKey: key.p2wpkh }])].map((funding) => {
      fixture.mine([funding])
      return coinOf(funding, 0, key)
    })
    const ofSize = (bytes: number) =>
      spendCoins(coins, [
        { value: 0n, scriptPubKey: concatBytes([Uint8Array.of(OP_RETURN), new Uint8Array(bytes - 61)]) },
      ])
    expect([63, 64, 65].map((bytes) => ofSize(bytes).strippedSize)).toEqual([63, 64, 65])
    expect(await fixture.verdict(ofSize(63))).toBe('policy: tx-size-small')
    expect(await fixture.verdict(ofSize(64))).toBe('invalid: bad-txns-size')
    expect(await fixture.verdict(ofSize(65))).toBe('accepted')
  })

  test('a coinbase is spent exactly when the next block may', async () => {
    const fixture = new MempoolFixture()
    const { height, network } = fixture.chain
    const ripe = height + 1 - network.coinbaseMaturity
    const early = pay([fixture.coin(ripe + 1)], FEE)
    expect(await fixture.verdict(early)).toBe('policy: bad-txns-premature-spend-of-coinbase')
    expect(await fixture.verdict(pay([fixture.coin(ripe)], FEE))).toBe('accepted')
    fixture.mine()
    expect(await fixture.verdict(early)).toBe('accepted')
  })

  test('locktimes are held against the next block and the median time past', async () => {
    const fixture = new MempoolFixture()
    const { height } = fixture.chain
    const at = (lockTime: number, sequence = 0xffff_fffe) => pay([fixture.coin(1)], FEE, { lockTime, sequence })
    expect(await fixture.verdict(at(height + 1))).toBe('policy: non-final')
    const time = fixture.chain.medianTimePastAt(height)
    expect(await fixture.verdict(at(time))).toBe('policy: non-final')
    expect(await fixture.verdict(at(time, SEQUENCE_FINAL))).toBe('accepted')
    const others = new MempoolFixture()
    expect(await others.verdict(at(height))).toBe('accepted')
    const third = new MempoolFixture()
    expect(await third.verdict(at(time - 1))).toBe('accepted')
  })

  test('relative locktimes count from the block of the coin, or from the next one', async () => {
    const { fixture, coins } = withOutput(FREE_SCRIPT)
    const aged = (sequence: number, version = 2) => pay(coins, FEE, { sequence, version })
    expect(await fixture.verdict(aged(2))).toBe('policy: non-BIP68-final')
    fixture.mine()
    const timed = 0x40_0000 + 1_000
    expect(await fixture.verdict(aged(timed))).toBe('policy: non-BIP68-final')
    const parent = aged(2)
    expect(await fixture.verdict(parent)).toBe('accepted')
    const child = (sequence: number) => pay([coinOf(parent, 0)], FEE, { sequence })
    expect(await fixture.verdict(child(1))).toBe('policy: non-BIP68-final')
    expect(await fixture.verdict(child(0))).toBe('accepted')
  })

  test('version 1 knows no relative locktimes', async () => {
    const { fixture, coins } = withOutput(FREE_SCRIPT)
    expect(await fixture.verdict(pay(coins, FEE, { sequence: 1_000, version: 1 }))).toBe('accepted')
  })
})

describe('form', () => {
  test('versions 1 and 2 are standard', async () => {
    for (const [version, verdict] of [
      [0, 'policy: version'],
      [1, 'accepted'],
      [2, 'accepted'],
      [3, 'policy: version'],
      [-1, 'policy: version'],
    ] as const) {
      const fixture = new MempoolFixture()
      expect(await fixture.verdict(pay([fixture.coin(1)], FEE, { version }))).toBe(verdict)
    }
  })

  test('weight is bounded', async () => {
    const fixture = new MempoolFixture()
    const outputs = Array.from({ length: 3_200 }, () => free(1_000))
    expect(await fixture.verdict(spend([fixture.coin(1)], outputs))).toBe('policy: tx-size')
  })

  test('input scripts push, and not too much', async () => {
    const fixture = new MempoolFixture()
    const coins = [fixture.coin(1)]
    const large = pushOf(new Uint8Array(520))
    const most = concatBytes([large, large, large, pushOf(new Uint8Array(77)), pushOf(Uint8Array.of(OP_1))])
    expect(most.length).toBe(1_650)
    expect(await fixture.verdict(spending(coins, concatBytes([most, Uint8Array.of(OP_0)])))).toBe(
      'policy: scriptsig-size',
    )
    // Small enough; that too much is left on the stack is another rule.
    const cluttered = 'policy: non-mandatory-script-verify-flag (CLEANSTACK)'
    expect(await fixture.verdict(spending(coins, most))).toBe(cluttered)
    expect(await fixture.verdict(spending(coins, Uint8Array.of(OP_DROP)))).toBe('policy: scriptsig-not-pushonly')
  })

  test('outputs have a known form', async () => {
    const keys = (count: number) =>
      concatBytes([
        Uint8Array.of(OP_1),
        ...Array.from({ length: count }, (_, n) => pushOf(new TestKey(n).publicKey)),
        Uint8Array.of(OP_1 + count - 1, OP_CHECKMULTISIG),
      ])
    for (const [name, script, verdict] of [
      ['p2pk', concatBytes([pushOf(key.publicKey), Uint8Array.of(OP_CHECKSIG)]), 'accepted'],
      ['p2pkh', key.p2pkh, 'accepted'],
      ['p2wpkh', key.p2wpkh, 'accepted'],
      ['p2wsh', p2wsh(key.p2pkh), 'accepted'],
      ['multisig of 3', keys(3), 'accepted'],
      ['multisig of 4', keys(4), 'policy: scriptpubkey'],
      ['anything', Uint8Array.of(OP_1), 'policy: scriptpubkey'],
      ['nothing', new Uint8Array(0), 'policy: scriptpubkey'],
      ['taproot', concatBytes([Uint8Array.of(OP_1), pushOf(new Uint8Array(32))]), 'policy: scriptpubkey'],
      ['80 bytes of data', data(80), 'accepted'],
      ['81 bytes of data', data(81), 'policy: scriptpubkey'],
      ['data that is no push', Uint8Array.of(OP_RETURN, OP_DROP), 'policy: scriptpubkey'],
    ] as const) {
      const fixture = new MempoolFixture()
      const outputs = [{ value: 10_000n, scriptPubKey: script }, free(50_000)]
      expect(await fixture.verdict(spend([fixture.coin(1)], outputs)), name).toBe(verdict)
    }
  })

  test('data may stand in one output, and without value', async () => {
    const fixture = new MempoolFixture()
    const output = { value: 0n, scriptPubKey: data(20) }
    expect(await fixture.verdict(spend([fixture.coin(1)], [output, output, free(1_000)]))).toBe(
      'policy: multi-op-return',
    )
    expect(await fixture.verdict(spend([fixture.coin(1)], [output, free(1_000)]))).toBe('accepted')
  })

  test('dust is what costs more to spend than it is worth', async () => {
    for (const [script, least] of [
      [FREE_SCRIPT, 540n],
      [key.p2pkh, 546n],
      [key.p2wpkh, 294n],
      [p2wsh(key.p2pkh), 330n],
    ] as const) {
      const fixture = new MempoolFixture()
      const paying = (value: bigint) => spend([fixture.coin(1)], [{ value, scriptPubKey: script }, free(50_000)])
      expect(await fixture.verdict(paying(least - 1n))).toBe('policy: dust')
      expect(await fixture.verdict(paying(least))).toBe('accepted')
    }
  })
})

describe('inputs', () => {
  test('outputs of no known form are not spent', async () => {
    const { fixture, coins } = withOutput(Uint8Array.of(OP_1))
    expect(await fixture.verdict(spending(coins, new Uint8Array(0)))).toBe('policy: bad-txns-nonstandard-inputs')
  })

  test('outputs of later witness versions are not spent', async () => {
    const { fixture, coins } = withOutput(concatBytes([Uint8Array.of(OP_1), pushOf(new Uint8Array(32))]))
    expect(await fixture.verdict(spending(coins, new Uint8Array(0)))).toBe('policy: bad-txns-nonstandard-inputs')
  })

  test('15 signature checks behind a script hash', async () => {
    for (const [checks, verdict] of [
      [15, 'accepted'],
      [16, 'policy: bad-txns-nonstandard-inputs'],
    ] as const) {
      // Not run: they stand behind an IF that is not taken.
      const redeem = Uint8Array.of(OP_0, Opcode.OP_IF, ...new Array(checks).fill(OP_CHECKSIG), Opcode.OP_ENDIF, OP_1)
      const { fixture, coins } = withOutput(p2sh(redeem))
      expect(await fixture.verdict(spending(coins, pushOf(redeem)))).toBe(verdict)
    }
  })

  test('witnesses of a script hash are bounded', async () => {
    const script = (bytes: number) => {
      const pushes = [pushOf(new Uint8Array(500)), Uint8Array.of(OP_DROP)]
      const body = concatBytes([Uint8Array.of(OP_DROP), ...new Array(6).fill(pushes).flat(), Uint8Array.of(OP_1)])
      return concatBytes([new Uint8Array(bytes - body.length).fill(Opcode.OP_NOP), body])
    }
    for (const [item, size, verdict] of [
      [MAX_STANDARD_WITNESS_ITEM_BYTES, MAX_STANDARD_WITNESS_SCRIPT_BYTES - 400, 'accepted'],
      [MAX_STANDARD_WITNESS_ITEM_BYTES + 1, MAX_STANDARD_WITNESS_SCRIPT_BYTES - 400, 'policy: bad-witness-nonstandard'],
      [1, MAX_STANDARD_WITNESS_SCRIPT_BYTES + 1, 'policy: bad-witness-nonstandard'],
    ] as const) {
      const witnessScript = script(size)
      const { fixture, coins } = withOutput(p2wsh(witnessScript))
      const transaction = spending(coins, new Uint8Array(0), [new Uint8Array(item), witnessScript])
      expect(await fixture.verdict(transaction)).toBe(verdict)
    }
    for (const [count, verdict] of [
      [MAX_STANDARD_WITNESS_ITEMS, 'accepted'],
      [MAX_STANDARD_WITNESS_ITEMS + 1, 'policy: bad-witness-nonstandard'],
    ] as const) {
      const witnessScript = Uint8Array.of(...new Array(count).fill(OP_DROP), OP_1)
      const { fixture, coins } = withOutput(p2wsh(witnessScript))
      const items = new Array<Uint8Array>(count).fill(new Uint8Array(1))
      expect(await fixture.verdict(spending(coins, new Uint8Array(0), [...items, witnessScript]))).toBe(verdict)
    }
  })

  test('a witness that nothing asks for is not relayed', async () => {
    const { fixture, coins } = withOutput(FREE_SCRIPT)
    const transaction = spending(coins, pushOf(Uint8Array.of(OP_1)), [new Uint8Array(1)])
    expect(await fixture.verdict(transaction)).toBe('policy: bad-witness-nonstandard')
  })

  test('signature checks outside witnesses are bounded for a transaction (BIP 54)', async () => {
    const redeem = Uint8Array.of(OP_0, Opcode.OP_IF, ...new Array(15).fill(OP_CHECKSIG), Opcode.OP_ENDIF, OP_1)
    const most = Math.floor(2_500 / 15)
    const { fixture, coins } = withOutput(p2sh(redeem), most + 1)
    expect(await fixture.verdict(spending(coins, pushOf(redeem)))).toBe('invalid: bad-txns-legacy-sigops')
    expect(await fixture.verdict(spending(coins.slice(0, most), pushOf(redeem)))).toBe('accepted')
  })

  test('the cost of signature checks is bounded, and counts for the size', async () => {
    // One CHECKMULTISIG without a number of keys counts 20, in a witness.
    const checks = 100
    const script = Uint8Array.of(OP_0, Opcode.OP_IF, ...new Array(checks).fill(OP_CHECKMULTISIG), Opcode.OP_ENDIF, OP_1)
    const most = MAX_STANDARD_SIGOPS_COST / (checks * 20)
    const { fixture, coins } = withOutput(p2wsh(script), most + 1)
    expect(await fixture.verdict(spending(coins, new Uint8Array(0), [script]))).toBe('policy: bad-txns-too-many-sigops')
    const all = spending(coins.slice(0, most), new Uint8Array(0), [script])
    expect(await fixture.verdict(all)).toBe('accepted')
    expect(fixture.mempool.find(all.txid)?.virtualSize).toBe((MAX_STANDARD_SIGOPS_COST * 20) / 4)
  })

  test('inputs that are not there', async () => {
    const fixture = new MempoolFixture()
    const parent = pay([fixture.coin(1)], FEE)
    const child = pay([coinOf(parent, 0)], FEE)
    expect(await fixture.verdict(child)).toBe('policy: bad-txns-inputs-missingorspent')
    await fixture.acceptAll([parent])
    const noOutput = pay([{ outpoint: { txid: parent.txid, index: 1 }, output: free(50_000) }], FEE)
    expect(await fixture.verdict(noOutput)).toBe('invalid: bad-txns-inputs-missingorspent')
    expect(await fixture.verdict(child)).toBe('accepted')
  })
})

describe('fees', () => {
  test('the least that is relayed', async () => {
    const fixture = new MempoolFixture()
    const { virtualSize } = pay([fixture.coin(1)], FEE)
    const least = Math.ceil((virtualSize * MINIMUM_RELAY_FEE_RATE) / 1_000)
    expect(await fixture.verdict(pay([fixture.coin(1)], least - 1))).toBe('policy: min relay fee not met')
    expect(await fixture.verdict(pay([fixture.coin(1)], least))).toBe('accepted')
  })
})

describe('scripts', () => {
  const wallet = () => {
    const fixture = new MempoolFixture()
    const funding = spend(
      [fixture.coin(1)],
      [
        { value: 100_000n, scriptPubKey: key.p2wpkh },
        { value: 100_000n, scriptPubKey: key.p2pkh },
      ],
    )
    fixture.mine([funding])
    return { fixture, coins: [coinOf(funding, 0, key), coinOf(funding, 1, key)] }
  }

  test('signatures are checked, and not again for the block', async () => {
    const { fixture, coins } = wallet()
    const good = spendCoins(coins, [free(150_000)])
    expect(await fixture.verdict(good)).toBe('accepted')
    expect(fixture.verifiers.asked).toHaveLength(2)
    expect(fixture.verifiers.asked.every((check) => fixture.verifiers.cache.has(check))).toBe(true)
  })

  test('a wrong signature is invalid', async () => {
    const { fixture, coins } = wallet()
    const good = spendCoins(coins, [free(150_000)])
    const forged = withFields(good, { outputs: [free(150_001)] })
    expect(await fixture.verdict(forged, 'a')).toBe('invalid: mandatory-script-verify-flag-failed (EVAL_FALSE)')
    expect(fixture.mempool.knows(forged.wtxid)).toBe(true)
    const asked = fixture.verifiers.asked.length
    expect(await fixture.verdict(forged, 'b')).toBe('invalid: mandatory-script-verify-flag-failed (EVAL_FALSE)')
    expect(fixture.verifiers.asked).toHaveLength(asked)
    expect(await fixture.verdict(good)).toBe('accepted')
  })

  test('what only relay forbids is no offence', async () => {
    // CHECKSIG NOT with a signature that is not empty: NULLFAIL is policy.
    const redeem = concatBytes([pushOf(key.publicKey), Uint8Array.of(OP_CHECKSIG, Opcode.OP_NOT)])
    const { fixture, coins } = withOutput(p2sh(redeem))
    const signature = new TestKey(2).sign(sha256(Uint8Array.of(1)))
    const transaction = spending(coins, concatBytes([pushOf(signature), pushOf(redeem)]))
    expect(await fixture.verdict(transaction)).toBe('policy: non-mandatory-script-verify-flag (NULLFAIL)')
  })

  test('one whose witness was taken off is no offence, and may come whole', async () => {
    const { fixture, coins } = wallet()
    const whole = spendCoins(coins.slice(0, 1), [free(50_000)])
    const cut = withFields(whole, { inputs: whole.inputs.map((input) => ({ ...input, witness: [] })) })
    expect(cut.txid).toEqual(whole.txid)
    expect(await fixture.verdict(cut, 'a')).toBe(
      'policy: mandatory-script-verify-flag-failed (WITNESS_PROGRAM_MISMATCH)',
    )
    expect(fixture.mempool.knows(cut.txid)).toBe(false)
    expect(await fixture.verdict(whole, 'b')).toBe('accepted')
    expect(await fixture.verdict(cut, 'c')).toBe('policy: txn-same-nonwitness-data-in-mempool')
  })

  test('three signatures of three in a bare multisig', async () => {
    const keys = [1, 2, 3].map((number) => new TestKey(number))
    const script = concatBytes([
      Uint8Array.of(OP_3),
      ...keys.map(({ publicKey }) => pushOf(publicKey)),
      Uint8Array.of(OP_3, OP_CHECKMULTISIG),
    ])
    const { fixture, coins } = withOutput(script)
    expect(await fixture.verdict(spending(coins, Uint8Array.of(OP_0, OP_0, OP_0, OP_0)))).toMatch('EVAL_FALSE')
  })
})
