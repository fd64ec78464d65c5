/** The choice of coins by itself: fixtures of others as invariants, the search without change, subsets, and what it costs. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { feeFor } from '../../chain/mempool/policy.ts'
import { vectorJson } from '../../chain/test-support/vectors.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { branchAndBound } from './branch-and-bound.ts'
import { leastMissing, mostPayable, type Selection, selectCoins, worthSpending } from './coin-selection.ts'
import {
  costOfChange,
  type FundingTask,
  LEAST_CHANGE,
  LONG_TERM_FEE_RATE,
  MAX_INPUTS,
  settle,
  wasteOf,
} from './funding.ts'
import { closeSubset } from './subset-sum.ts'
import { INPUT_VIRTUAL_SIZE, INPUT_WEIGHT, sizeOfOutputs } from './transaction-size.ts'

/** Of bitcoinjs/coinselect: pay to public key hash, rates in whole grains per byte. Values may be no amounts at all. */
interface FixtureValue {
  readonly value?: number | string
  readonly script?: { readonly length: number } | string
}
interface Fixture {
  readonly description: string
  readonly feeRate: number | string
  readonly inputs: readonly (number | FixtureValue)[]
  readonly outputs?: readonly (number | FixtureValue)[]
  readonly output?: number | FixtureValue
  readonly expected: {
    readonly inputs?: readonly unknown[]
    readonly outputs?: readonly { readonly value?: number }[]
    readonly fee?: number
  }
}

const P2PKH_BYTES = 25

/** What it is worth as an amount; undefined where it is none (a fraction, a text, nothing). */
function amountOf(value: number | FixtureValue): bigint | undefined {
  const number = typeof value === 'number' ? value : value.value
  return typeof number === 'number' && Number.isSafeInteger(number) ? BigInt(number) : undefined
}

function scriptOf(value: number | FixtureValue): Uint8Array {
  const script = typeof value === 'number' ? undefined : value.script
  return new Uint8Array(script?.length ?? P2PKH_BYTES)
}

function taskFor(amount: bigint, outputs: readonly { readonly scriptPubKey: Uint8Array }[], rate: number): FundingTask {
  return {
    amount: Number(amount),
    outputs: sizeOfOutputs(outputs),
    given: { count: 0, value: 0 },
    needsChange: outputs.length === 0,
    rate,
    fee: (size) => feeFor(rate, size),
  }
}

function p2wpkhTask(amount: number, rate = 5_000): FundingTask {
  return taskFor(BigInt(amount), [{ scriptPubKey: new Uint8Array(22) }], rate)
}

function checkSelection({ coins, settlement }: Selection<{ value: bigint }>, task: FundingTask): void {
  const worth = coins.reduce((sum, { value }) => sum + Number(value), 0)
  expect(worth).toBe(task.amount + settlement.fee + settlement.change)
  expect(settlement.fee).toBeGreaterThanOrEqual(task.fee(settlement.virtualSize))
  expect(settlement.fee - settlement.excess).toBe(task.fee(settlement.virtualSize))
  expect(settlement.change === 0 || settlement.change >= LEAST_CHANGE).toBe(true)
  for (const { value } of coins) {
    expect(Number(value)).toBeGreaterThan((task.rate * Math.floor(INPUT_VIRTUAL_SIZE)) / 1_000)
  }
  expect(new Set(coins).size).toBe(coins.length)
}

/** Runs the case; `undefined` where its amounts or rate are none that could be written down here. */
function runFixture({ inputs, outputs = [], feeRate }: Fixture): string {
  const values = inputs.map(amountOf)
  const amounts = outputs.map(amountOf)
  if ([...values, ...amounts].includes(undefined) || typeof feeRate !== 'number' || !Number.isInteger(feeRate))
    return 'no amounts'
  const coins = (values as bigint[]).map((value) => ({ value }))
  const amount = (amounts as bigint[]).reduce((sum, value) => sum + value, 0n)
  const task = taskFor(
    amount,
    outputs.map((output) => ({ scriptPubKey: scriptOf(output) })),
    feeRate * 1_000,
  )
  const selection = selectCoins(coins, task, SeededRandom.of(1))
  const { missing } = leastMissing(worthSpending(coins, task), task, amount)
  expect(selection === undefined).toBe(missing > 0n)
  if (selection) checkSelection(selection, task)
  return selection ? 'found' : 'not enough'
}

describe('the fixtures of coinselect, as invariants', () => {
  for (const file of ['index', 'accumulative']) {
    test.each(vectorJson<Fixture[]>(`coinselect/${file}.json`))(`${file}: $description`, (fixture) => {
      const outcome = runFixture(fixture)
      // Our inputs are smaller than theirs: what they could pay, we can.
      if (fixture.expected.inputs) expect(outcome).toBe('found')
      else expect(outcome).not.toBe('found')
    })
  }

  test.each(vectorJson<Fixture[]>('coinselect/break.json'))('break, equal parts: $description', (fixture) => {
    const part = fixture.output ?? 0
    const amount = amountOf(part) ?? 0n
    const count = (fixture.expected.outputs ?? []).filter(({ value }) => value === Number(amount)).length
    const outcome = runFixture({ ...fixture, outputs: Array.from({ length: Math.max(1, count) }, () => part) })
    if (fixture.expected.inputs) expect(outcome).toBe('found')
    else if (fixture.description !== 'not enough funds') expect(outcome).not.toBe('found')
    // There our second input is worth more than it costs, and theirs is not.
    else expect(outcome).toBe('found')
  })

  test.each(vectorJson<Fixture[]>('coinselect/split.json'))('split, all of it: $description', (fixture) => {
    const { inputs, outputs = [], feeRate, expected } = fixture
    const values = inputs.map(amountOf)
    const fixed = outputs.map(amountOf).reduce<bigint>((sum, value) => sum + (value ?? 0n), 0n)
    if (values.includes(undefined) || typeof feeRate !== 'number' || !Number.isInteger(feeRate)) {
      expect(expected.outputs).toBeUndefined()
      return
    }
    const task = taskFor(
      0n,
      outputs.map((output) => ({ scriptPubKey: scriptOf(output) })),
      feeRate * 1_000,
    )
    const coins = worthSpending(
      (values as bigint[]).map((value) => ({ value })),
      task,
    )
    const { amount, count } = mostPayable(coins, task, MAX_INPUTS)
    const theirs = (expected.outputs ?? []).reduce((sum, { value }) => sum + BigInt(value ?? 0), 0n)
    expect(amount).toBeGreaterThanOrEqual(theirs)
    expect(amount).toBeLessThanOrEqual(coins.reduce((sum, { value }) => sum + value, 0n))
    expect(count).toBe(expected.outputs ? inputs.length : count)
    expect(amount === 0n || amount > fixed || expected.outputs === undefined).toBe(true)
  })
})

describe('branch and bound', () => {
  const match = { target: 100, tolerance: 5, costOfCoin: 1, maxCoins: 10 }

  test('finds the match that wastes least, or nothing', () => {
    expect(branchAndBound([90, 60, 40, 12], match)).toEqual([1, 2])
    expect(branchAndBound([104, 60, 40], match)).toEqual([1, 2])
    expect(branchAndBound([101, 60, 40], { ...match, costOfCoin: 2 })).toEqual([0])
    expect(branchAndBound([90, 60, 20], match)).toBeUndefined()
    expect(branchAndBound([], match)).toBeUndefined()
    expect(branchAndBound([60, 30, 10, 10], { ...match, maxCoins: 2 })).toBeUndefined()
  })

  test('is as good as trying every subset', () => {
    const lists = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 9 })
    fc.assert(
      fc.property(
        lists,
        fc.integer({ min: 20, max: 150 }),
        fc.integer({ min: -3, max: 3 }),
        (list, target, costOfCoin) => {
          const values = [...list].sort((a, b) => b - a)
          const found = branchAndBound(values, { ...match, target, costOfCoin })
          const wasteOfSum = (count: number, sum: number) => count * costOfCoin + sum - target
          let least = Infinity
          for (let subset = 1; subset < 1 << values.length; subset++) {
            const taken = values.filter((_, place) => (subset >> place) & 1)
            const sum = taken.reduce((total, value) => total + value, 0)
            if (sum >= target && sum <= target + match.tolerance) least = Math.min(least, wasteOfSum(taken.length, sum))
          }
          if (found === undefined) {
            expect(least).toBe(Infinity)
            return
          }
          const sum = found.reduce((total, place) => total + (values[place] as number), 0)
          const waste = wasteOfSum(found.length, sum)
          // Where more coins are better, a branch ends at its first match all the same: it cannot go on without needless ones.
          if (costOfCoin >= 0) expect(waste).toBe(least)
          else expect(sum >= target && sum <= target + match.tolerance).toBe(true)
        },
      ),
      { seed: 5_531, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 2_000 },
    )
  })

  test('ends after the steps it was given', () => {
    // Sums of even numbers never match an odd one exactly.
    const values = Array.from({ length: 60 }, (_, i) => 2 ** 20 + 2 * (60 - i))
    const odd = { target: 30 * 2 ** 20 + 1_831, tolerance: 0, costOfCoin: 0, maxCoins: 60 }
    expect(branchAndBound(values, odd, 5_000)).toBeUndefined()
    expect(branchAndBound([7, 5, 3], { ...match, target: 8, tolerance: 0 }, 3)).toBeUndefined()
    expect(branchAndBound([7, 5, 3], { ...match, target: 8, tolerance: 0 })).toEqual([1, 2])
  })
})

describe('close subsets', () => {
  test('are enough, close, and never worse than one coin that is enough alone', () => {
    const random = SeededRandom.of(3)
    expect(closeSubset([50, 30, 20], 100, random)).toEqual([0, 1, 2])
    expect(closeSubset([50, 30, 20], 101, random)).toBeUndefined()
    expect(closeSubset([500, 120, 50, 30, 20], 101, random)).toEqual([1])
    expect(closeSubset([500, 50, 30, 20], 100, random)).toEqual([1, 2, 3])
    const values = Array.from({ length: 300 }, (_, i) => 1_000 - 3 * i)
    const sum = (closeSubset(values, 77_777, random) ?? []).reduce(
      (total, place) => total + (values[place] as number),
      0,
    )
    expect(sum).toBeGreaterThanOrEqual(77_777)
    expect(sum).toBeLessThan(77_900)
  })
})

describe('what is chosen', () => {
  test('is a match without change where there is one', () => {
    const coins = [9_000_000, 500_000, 300_700, 200_195].map((value) => ({ value: BigInt(value) }))
    // Two inputs, one output: 178 virtual bytes.
    const selection = selectCoins(coins, p2wpkhTask(500_000), SeededRandom.of(1))
    expect(selection?.settlement).toMatchObject({ change: 0 })
    expect(selection?.coins.map(({ value }) => value)).toEqual([300_700n, 200_195n])
  })

  test('is few coins where fees are high, and more where they are low', () => {
    const coins = [40_000_000, ...Array.from({ length: 30 }, (_, i) => 500_000 + 11 * i)].map((value) => ({
      value: BigInt(value),
    }))
    const at = (rate: number) =>
      Array.from({ length: 10 }, (_, seed) => selectCoins(coins, p2wpkhTask(5_000_000, rate), SeededRandom.of(seed)))
    for (const selection of at(50 * LONG_TERM_FEE_RATE)) expect(selection?.coins).toHaveLength(1)
    for (const selection of at(LONG_TERM_FEE_RATE / 2)) expect(selection?.coins.length).toBeGreaterThan(9)
  })

  test('is nothing more where what is given is enough', () => {
    const task = { ...p2wpkhTask(50_000), given: { count: 1, value: 60_000 } }
    expect(selectCoins([{ value: 10_000n }], task, SeededRandom.of(1))).toMatchObject({ coins: [] })
  })

  test('weighs as its parts do', () => {
    expect(INPUT_WEIGHT).toBe(271)
    const task = p2wpkhTask(1_000_000, LONG_TERM_FEE_RATE)
    const exact = settle(task, 1, 1_000_000 + 220)
    expect(exact).toEqual({ fee: 220, change: 0, virtualSize: 110, excess: 0 })
    expect(wasteOf(task, 1, exact as NonNullable<typeof exact>)).toBe(0)
    const changed = settle(task, 1, 2_000_000) as NonNullable<ReturnType<typeof settle>>
    expect(changed).toMatchObject({ virtualSize: 141, fee: 282, change: 999_718 })
    expect(wasteOf(task, 1, changed)).toBe(costOfChange(task))
    expect(settle(task, 1, 1_000_219)).toBeUndefined()
    expect(settle(task, MAX_INPUTS, 2_000_000)).toBeDefined()
    expect(settle(task, MAX_INPUTS + 1, 2_000_000)).toBeUndefined()
  })

  test('of ten thousand coins is found at once', () => {
    const random = SeededRandom.of(9)
    const coins = Array.from({ length: 10_000 }, () => ({ value: BigInt(1_000 + random.below(1_000_000_000)) }))
    for (const amount of [50_000, 1_000_000_000, 40_000_000_000]) {
      const task = p2wpkhTask(amount, 1_000)
      const selection = selectCoins(coins, task, random)
      if (selection === undefined) throw new Error('there is enough')
      checkSelection(selection, task)
    }
  })
})
