import { describe, expect, test } from 'vitest'
import { outpointKey } from '../coins/coin.ts'
import { recentChain } from '../test-support/recent-chain.ts'
import { ANYONE_CAN_SPEND, spendCoins, TestKey } from '../test-support/test-keys.ts'
import { basicFilterOf, filteredScripts } from './basic-filter.ts'
import { BlockFilter } from './block-filter.ts'
import { foreignInputs, judge, readFilters, scriptsMadeBy } from './filter-judgement.ts'
import { revealedScripts } from './revealed-scripts.ts'

const payer = new TestKey(1)
const payee = new TestKey(2)
const stranger = new TestKey(3)

/** A block that spends two rewards, one with a script that its input shows and one bare, and an output that it makes. */
function spendingBlock() {
  const chain = recentChain(0)
  for (const payTo of [payer.p2wpkh, ANYONE_CAN_SPEND]) chain.mine({ payTo })
  chain.mineMany(110)
  const coins = [chain.reward(1, payer), chain.reward(2)]
  const value = coins.reduce((sum, { output }) => sum + output.value, 0n)
  const first = spendCoins(coins, [{ value, scriptPubKey: payee.p2pkh }])
  const output = first.outputs[0] as (typeof first.outputs)[0]
  const own = { outpoint: { txid: first.txid, index: 0 }, output, key: payee }
  const second = spendCoins([own], [{ value, scriptPubKey: stranger.p2wpkh }])
  const block = chain.mine({ transactions: [first, second], payTo: stranger.p2pkh })
  const spent = [payer.p2wpkh, ANYONE_CAN_SPEND, payee.p2pkh]
  const known = new Map(coins.map(({ outpoint, output: coin }) => [outpointKey(outpoint), coin.scriptPubKey]))
  return { block, spent, known, scripts: [...filteredScripts(block, spent)] }
}

const filterOf = (hash: Uint8Array, scripts: readonly Uint8Array[]) => BlockFilter.of(hash, scripts)
const without = (scripts: readonly Uint8Array[], script: Uint8Array) =>
  scripts.filter((one) => Buffer.compare(one, script) !== 0)

describe('with all that the block spends known', () => {
  test('there is one right filter, and every other is wrong', () => {
    const { block, spent, known, scripts } = spendingBlock()
    const right = basicFilterOf(block, spent)
    const filters = [right, filterOf(block.hash, without(scripts, payer.p2wpkh)), undefined]
    expect(judge(block, filters, known)).toEqual({ verdicts: ['right', 'wrong', 'wrong'], preferred: 0 })
    const larger = filterOf(block.hash, [...scripts, new TestKey(9).p2wpkh])
    expect(judge(block, [larger], known)).toEqual({ verdicts: ['wrong'], preferred: -1 })
  })

  test('filters that cannot be read are wrong', () => {
    const { block, known } = spendingBlock()
    const read = readFilters(block.hash, [Uint8Array.of(5), Uint8Array.of(0, 1), new Uint8Array(0)])
    expect(read).toEqual([undefined, undefined, undefined])
    expect(judge(block, read, known).verdicts).toEqual(['wrong', 'wrong', 'wrong'])
  })
})

describe('with nothing known but the block', () => {
  const nothing = new Map<string, Uint8Array>()

  test('a filter that lacks an output, or an output made and spent here, is wrong', () => {
    const { block, scripts } = spendingBlock()
    for (const script of [stranger.p2wpkh, stranger.p2pkh, payee.p2pkh])
      expect(judge(block, [filterOf(block.hash, without(scripts, script))], nothing).verdicts).toEqual(['wrong'])
  })

  test('a filter with more elements than the block can have is wrong', () => {
    const { block, scripts } = spendingBlock()
    const larger = filterOf(block.hash, [...scripts, new TestKey(9).p2wpkh])
    expect(judge(block, [larger], nothing).verdicts).toEqual(['wrong'])
  })

  test('what an input shows decides which is kept, and proves nothing', () => {
    const { block, scripts } = spendingBlock()
    const right = filterOf(block.hash, scripts)
    const lacking = filterOf(block.hash, without(scripts, payer.p2wpkh))
    const bare = filterOf(block.hash, without(scripts, ANYONE_CAN_SPEND))
    expect(judge(block, [lacking, right], nothing)).toEqual({ verdicts: ['possible', 'possible'], preferred: 1 })
    expect(judge(block, [bare, right, lacking], nothing).preferred).toBe(1)
    expect(judge(block, [lacking, bare], nothing).preferred).toBe(1)
  })
})

test('inputs of other blocks are those whose transactions are not here', () => {
  const { block, known } = spendingBlock()
  const keys = foreignInputs(block).map(({ previous }) => outpointKey(previous))
  expect(keys).toEqual([...known.keys()])
  expect(scriptsMadeBy(block).size).toBe(block.transactions.reduce((sum, { outputs }) => sum + outputs.length, 0))
})

test('inputs show pay to key hash and to script hash, with and without witness, and nothing of bare scripts', () => {
  const { block } = spendingBlock()
  const [shown, bare] = foreignInputs(block)
  expect(shown && revealedScripts(shown)).toContainEqual(payer.p2wpkh)
  expect(bare && revealedScripts(bare)).toEqual([])
  const own = block.transactions[2]?.inputs[0]
  expect(own && revealedScripts(own)).toContainEqual(payee.p2pkh)
})
