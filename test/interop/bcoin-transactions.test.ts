/** Transactions outside blocks: our mempool and bcoin's take the same ones, and refuse others by the same rules. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import { hash160, sha256 } from '../../src-main/chain/primitives/hashes.ts'
import type { Transaction, TransactionOutput } from '../../src-main/chain/primitives/transaction.ts'
import { Opcode } from '../../src-main/chain/script/opcodes.ts'
import { pushOf } from '../../src-main/chain/script/script-reader.ts'
import { MempoolFixture } from '../../src-main/chain/test-support/mempool-fixture.ts'
import { TestChain } from '../../src-main/chain/test-support/test-chain.ts'
import { coinOf, type OwnedCoin, spendCoins, TestKey, withFields } from '../../src-main/chain/test-support/test-keys.ts'
import { concatBytes } from '../../src-main/kernel/bytes.ts'
import { bcoinTransactionReasonsOf, POLICY_WITHOUT_NAME_IN_BCOIN } from './bcoin-reasons.ts'
import { Bcoin } from './support/bcoin.ts'
import { Machine } from './support/machine.ts'

const network = networks.local
const FEE = 10_000n
const MAX_CHAIN = 25
const key = new TestKey(1)
const thief = new TestKey(666)
const ends: (() => Promise<void>)[] = []
const { OP_0, OP_1, OP_4, OP_CHECKMULTISIG, OP_CHECKSIG, OP_DROP, OP_EQUAL, OP_HASH160, OP_NOT, OP_RETURN } = Opcode

const p2sh = (script: Uint8Array) =>
  concatBytes([Uint8Array.of(OP_HASH160), pushOf(hash160(script)), Uint8Array.of(OP_EQUAL)])
const data = (bytes: number) => concatBytes([Uint8Array.of(OP_RETURN), pushOf(new Uint8Array(bytes))])
/** Spent by a signature that does not fit: NULLFAIL forbids one that is not empty. */
const notSigned = concatBytes([pushOf(key.publicKey), Uint8Array.of(OP_CHECKSIG, OP_NOT)])
const fourKeys = concatBytes([
  Uint8Array.of(OP_1),
  ...[1, 2, 3, 4].map((number) => pushOf(new TestKey(number).publicKey)),
  Uint8Array.of(OP_4, OP_CHECKMULTISIG),
])
/** The outputs that are spent, in this order. */
const FUNDED = { p2wpkh: key.p2wpkh, p2pkh: key.p2pkh, anyone: Uint8Array.of(OP_1), notSigned: p2sh(notSigned) }

let fixture: MempoolFixture
let bcoin: Bcoin
let coins: Readonly<Record<keyof typeof FUNDED, OwnedCoin>>

beforeAll(async () => {
  const chain = new TestChain(network)
  chain.mineMany(network.coinbaseMaturity + 1, { payTo: key.p2wpkh })
  const scripts = Object.values(FUNDED)
  const each = (chain.reward(1).output.value - FEE) / BigInt(scripts.length)
  const outputs = scripts.map((scriptPubKey) => ({ value: each, scriptPubKey }))
  const funding = spendCoins([chain.reward(1, key)], outputs)
  chain.mine({ transactions: [funding] })
  coins = Object.fromEntries(
    Object.keys(FUNDED).map((name, index) => [name, coinOf(funding, index, name === 'anyone' ? undefined : key)]),
  ) as typeof coins
  fixture = new MempoolFixture({ chain })
  const machine = await Machine.start({ onTestFinished: (end) => ends.push(end) })
  bcoin = await Bcoin.start(machine, { network })
  await bcoin.injectAll(chain.blocks.slice(1))
})
afterAll(async () => {
  for (const end of ends) await end()
})

/** Spends a coin to these outputs, the rest less a fee back to the key. */
function paying(coin: OwnedCoin, outputs: readonly TransactionOutput[], options = {}): Transaction {
  const left = outputs.reduce((value, output) => value - output.value, coin.output.value - FEE)
  return spendCoins([coin], [...outputs, { value: left, scriptPubKey: key.p2wpkh }], options)
}

const to = (scriptPubKey: Uint8Array, value = 100_000n): TransactionOutput => ({ value, scriptPubKey })

/** Each breaks one rule. */
const REFUSED: readonly (readonly [reason: string, how: string, make: () => Transaction])[] = [
  ['coinbase', 'the coinbase of the tip', () => fixture.chain.tip.transactions[0] as Transaction],
  ['bad-txns-vout-empty', 'no outputs', () => spendCoins([coins.p2wpkh], [])],
  ['bad-txns-in-belowout', 'more out than in', () => spendCoins([coins.p2wpkh], [to(key.p2wpkh, 2_000_000_000n)])],
  ['bad-txns-inputs-duplicate', 'one coin twice', () => spendCoins([coins.p2wpkh, coins.p2wpkh], [to(key.p2wpkh)])],
  ['bad-txns-premature-spend-of-coinbase', 'a young coinbase', () => paying({ ...fixture.coin(5), key }, [])],
  ['version', 'version 3', () => paying(coins.p2wpkh, [], { version: 3 })],
  ['tx-size', 'over 400,000 weight units', () => paying(coins.p2wpkh, new Array(3_400).fill(to(key.p2wpkh, 1_000n)))],
  ['scriptpubkey', 'an output of no known form', () => paying(coins.p2wpkh, [to(Uint8Array.of(OP_DROP))])],
  ['scriptpubkey', 'a bare multisig of four keys', () => paying(coins.p2wpkh, [to(fourKeys)])],
  ['scriptpubkey', '81 bytes of data', () => paying(coins.p2wpkh, [to(data(81), 0n)])],
  ['multi-op-return', 'data in two outputs', () => paying(coins.p2wpkh, [to(data(1), 0n), to(data(2), 0n)])],
  ['dust', 'an output of 293 grains', () => paying(coins.p2wpkh, [to(key.p2wpkh, 293n)])],
  [
    'scriptsig-not-pushonly',
    'an input script that does something',
    () => {
      const signed = paying(coins.p2pkh, [])
      return withFields(signed, { inputs: signed.inputs.map((i) => ({ ...i, scriptSig: Uint8Array.of(OP_DROP) })) })
    },
  ],
  ['bad-txns-nonstandard-inputs', 'spends an output of no known form', () => paying(coins.anyone, [])],
  [
    'non-final',
    'a locktime after the next block',
    () => paying(coins.p2wpkh, [], { lockTime: fixture.chain.height + 1 }),
  ],
  ['non-BIP68-final', 'coins that are too young', () => paying(coins.p2wpkh, [], { sequence: 2 })],
  [
    'min relay fee not met',
    'a fee of one grain',
    () => spendCoins([coins.p2wpkh], [to(key.p2wpkh, coins.p2wpkh.output.value - 1n)]),
  ],
  [
    'mandatory-script-verify-flag-failed (EQUALVERIFY)',
    "somebody else's key in a witness",
    () => paying({ ...coins.p2wpkh, key: thief }, []),
  ],
  [
    'mandatory-script-verify-flag-failed (EQUALVERIFY)',
    "somebody else's key in an input script",
    () => paying({ ...coins.p2pkh, key: thief }, []),
  ],
  [
    'non-mandatory-script-verify-flag (NULLFAIL)',
    'a signature that is to be empty',
    () => {
      const bare = paying({ ...coins.notSigned, key: thief }, [])
      const scriptSig = concatBytes([pushOf(thief.sign(sha256(Uint8Array.of(1)))), pushOf(notSigned)])
      return withFields(bare, { inputs: bare.inputs.map((i) => ({ ...i, scriptSig, witness: [] })) })
    },
  ],
  [
    'tx-size-small',
    '63 bytes without witnesses',
    () => spendCoins([coins.p2wpkh], [to(Uint8Array.of(OP_RETURN, OP_0, OP_0), 0n)]),
  ],
  [
    'bad-txns-size',
    '64 bytes without witnesses',
    () => spendCoins([coins.p2wpkh], [to(Uint8Array.of(OP_RETURN, OP_0, OP_0, OP_0), 0n)]),
  ],
]
/** Why our mempool refuses a transaction. */
async function reasonIn(mempool: MempoolFixture, transaction: Transaction): Promise<string | undefined> {
  const outcome = await mempool.accept(transaction)
  return outcome.status === 'refused' ? outcome.reason : undefined
}

const isOursAlone = (reason: string) => POLICY_WITHOUT_NAME_IN_BCOIN.has(reason)

describe('a transaction that both refuse', () => {
  test.each(REFUSED.filter(([reason]) => !isOursAlone(reason)))('%s: %s', async (reason, _how, make) => {
    const transaction = make()
    expect(await reasonIn(fixture, transaction)).toBe(reason)
    const answer = await bcoin.addTransaction(transaction)
    expect(answer).toMatchObject({ accepted: false })
    expect(bcoinTransactionReasonsOf(reason)).toContain(answer.reason)
    expect(await bcoin.mempool()).toEqual([])
  })
})

test('both take chains of 25, and a conflict that pays no more is refused; nothing longer', async () => {
  let coin = coins.p2wpkh
  for (let i = 0; i < MAX_CHAIN; i++) {
    const transaction = paying(coin, [])
    expect(await fixture.verdict(transaction)).toBe('accepted')
    expect(await bcoin.addTransaction(transaction)).toEqual({ accepted: true })
    coin = coinOf(transaction, 0, key)
  }
  const refused = [
    ['too-long-mempool-chain', paying(coin, [])],
    ['insufficient fee', paying(coins.p2wpkh, [to(key.p2pkh)])],
  ] as const
  for (const [reason, transaction] of refused) {
    expect(await reasonIn(fixture, transaction)).toBe(reason)
    expect(bcoinTransactionReasonsOf(reason)).toContain((await bcoin.addTransaction(transaction)).reason)
  }
  expect(await bcoin.mempool()).toHaveLength(MAX_CHAIN)
})

describe('a transaction that only we refuse', () => {
  test.each(REFUSED.filter(([reason]) => isOursAlone(reason)))('%s: %s', async (reason, _how, make) => {
    await bcoin.reset()
    await bcoin.injectAll(fixture.chain.blocks.slice(1))
    const fresh = new MempoolFixture({ chain: fixture.chain })
    const transaction = make()
    expect(await reasonIn(fresh, transaction)).toBe(reason)
    expect(await bcoin.addTransaction(transaction)).toEqual({ accepted: true })
  })
})
