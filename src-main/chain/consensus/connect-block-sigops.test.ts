import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { hash160 } from '../primitives/hashes.ts'
import { Transaction } from '../primitives/transaction.ts'
import { Opcode } from '../script/opcodes.ts'
import { pushOf } from '../script/script-reader.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { ANYONE_CAN_SPEND, coinOf, spendCoins } from '../test-support/test-keys.ts'
import { connectBlock, isBlockFault } from './connect-block.ts'
import { allFrom } from './network.ts'
import { networks } from './networks.ts'

const { local } = networks

describe('signature checks of a block', () => {
  /** Coins whose redeem script asks for 20 checks a byte; each transaction spends one. */
  function redeeming(counts: readonly number[]): { chain: TestChain; transactions: readonly Transaction[] } {
    const chain = new TestChain()
    chain.mineMany(100)
    const scripts = counts.map((count) => new Uint8Array(count / 20).fill(Opcode.OP_CHECKMULTISIG))
    const outputs = scripts.map((script) => ({ value: 1_000n, scriptPubKey: payToScriptHash(script) }))
    const funding = spendCoins([chain.reward(1)], outputs)
    chain.mine({ transactions: [funding] })
    const transactions = scripts.map((script, index) => {
      const bare = spendCoins([coinOf(funding, index)], [{ value: 0n, scriptPubKey: ANYONE_CAN_SPEND }])
      const inputs = bare.inputs.map((input) => ({ ...input, scriptSig: pushOf(script) }))
      return new Transaction({ version: 2, inputs, outputs: bare.outputs, lockTime: 0 })
    })
    return { chain, transactions }
  }

  const reasonOf = ({ chain, transactions }: ReturnType<typeof redeeming>, network = local): string | undefined => {
    const outcome = connectBlock(chain.next({ transactions, fees: 0n }), {
      network,
      height: chain.height + 1,
      medianTimePast: chain.medianTimePastAt(chain.height),
      coins: chain,
      medianTimePastAt: (height) => chain.medianTimePastAt(height),
      isBip30Needed: false,
    })
    return isBlockFault(outcome) ? outcome.reason : undefined
  }

  test('of redeem scripts count four each, up to 80,000', () => {
    expect(reasonOf(redeeming(Array<number>(8).fill(2_500)))).toBeUndefined()
    expect(reasonOf(redeeming([...Array<number>(8).fill(2_500), 20]))).toBe('bad-blk-sigops')
  })

  test('of redeem scripts do not count before BIP 16', () => {
    const many = redeeming([...Array<number>(8).fill(2_500), 20])
    expect(reasonOf(many, { ...local, activation: { ...allFrom(Infinity) } })).toBeUndefined()
  })

  test('of one transaction are at most 2,500 from BIP 54 on', () => {
    const over = redeeming([2_520])
    expect(reasonOf(redeeming([2_500]))).toBeUndefined()
    expect(reasonOf(over)).toBe('bad-txns-legacy-sigops')
    expect(reasonOf(over, { ...local, activation: { ...local.activation, bip54: Infinity } })).toBeUndefined()
  })
})

function payToScriptHash(script: Uint8Array): Uint8Array {
  const hash = pushOf(hash160(script))
  return concatBytes([Uint8Array.of(Opcode.OP_HASH160), hash, Uint8Array.of(Opcode.OP_EQUAL)])
}
