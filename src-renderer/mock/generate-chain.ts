/**
 * A made-up chain: every block, transaction and address follows from its number alone, so that a few thousand blocks cost
 * nothing until they are looked at, and what a page says agrees with what the next one says.
 */
import type { BlockPage, BlockRow, TransactionPage, TransactionRow, TransferEntry } from '../client/types.ts'
import { randomFrom } from './random.ts'
import { sampleHash } from './sample.ts'

export const TIP_HEIGHT = 4_312
export const COIN = 100_000_000n
const SUBSIDY = 5n * COIN
const BLOCK_SECONDS = 60
const HASHES_PER_BLOCK = 412_300_000
const WEIGHT_OF_ONE = 561
const MAX_TRANSACTIONS = 64
const ADDRESSES = 60
/** Blocks below pay their miner alone. */
const FIRST_PAYMENTS = 60

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** An address of the main network by its number. */
export function addressOf(n: number): string {
  const random = randomFrom(n * 17 + 5)
  const letters = Array.from({ length: 39 }, () => BECH32[Math.floor(random() * BECH32.length)])
  return `shl1q${letters.join('')}`
}

const addresses = Array.from({ length: ADDRESSES }, (_, n) => addressOf(n))
export const addressNumber = (address: string): number => addresses.indexOf(address)
const addressAt = (n: number): string => addresses[n % ADDRESSES] ?? ''

/** Odd, so that multiplying by it modulo 2^32 can be undone. */
const ODD = 2_654_435_761
const UNDO = inverse(ODD)

function inverse(odd: number): number {
  let x = odd
  for (let n = 0; n < 5; n += 1) x = Math.imul(x, 2 - Math.imul(odd, x))
  return x >>> 0
}

/** 64 hex digits; the last eight tell the number again. */
const hashWith = (seed: number, n: number): string =>
  (sampleHash(seed + n) + sampleHash(seed + 3 * n + 1)).slice(0, 56) +
  (Math.imul(n + 1, ODD) >>> 0).toString(16).padStart(8, '0')
const numberIn = (hash: string): number => (Math.imul(Number.parseInt(hash.slice(-8), 16), UNDO) >>> 0) - 1

export const blockHash = (height: number): string => `000000${hashWith(70_000, height).slice(6)}`
/** A block that lost against the one of its height. */
export const staleHash = (height: number): string => `0000000${hashWith(90_000, height).slice(7)}`

export function heightOfHash(hash: string): number | undefined {
  const height = numberIn(hash)
  return blockHash(height) === hash ? height : undefined
}

/** `height` of the tip's successor stands for the mempool. */
export const transactionId = (height: number, index: number): string =>
  hashWith(500_000, height * MAX_TRANSACTIONS + index)

export function placeOfTransaction(txid: string): { readonly height: number; readonly index: number } | undefined {
  const n = numberIn(txid)
  const place = { height: Math.floor(n / MAX_TRANSACTIONS), index: n % MAX_TRANSACTIONS }
  return transactionId(place.height, place.index) === txid ? place : undefined
}

/** Coinbase included. */
export function transactionCount(height: number): number {
  return height < FIRST_PAYMENTS ? 1 : 2 + Math.floor(randomFrom(height + 11)() ** 2 * (MAX_TRANSACTIONS - 4))
}

export const difficultyAt = (height: number): number =>
  Math.round(HASHES_PER_BLOCK * (1 + 0.3 * Math.sin(height / 170) + 0.04 * Math.sin(height / 9)))

/** What the first output of a transaction is worth: the same kinds of sums are passed on by the same places in blocks. */
function firstValue(height: number, index: number): bigint {
  const scale = [1n, 40n, 900n, 30_000n, 5_000n][index % 5] ?? 1n
  return (500_000n + BigInt(Math.floor(randomFrom(height * 91 + index * 7)() * 450_000))) * scale
}

interface Spend {
  readonly height: number
  readonly index: number
}

/** The outputs that a transaction spends: first outputs of the same kind, some blocks back. */
function spends({ height, index }: Spend): readonly Spend[] {
  const count = 2 + (randomFrom(height * 5 + index)() < 0.15 ? 3 : 0)
  return Array.from({ length: count }, (_, n) => ({
    height: Math.max(0, height - 2 - n * 4 - (index % 11)),
    index: 1 + ((index + 4) % 5),
  }))
}

const ownerOf = ({ height, index }: Spend): string => addressAt(height * 7 + index * 3)
const changeOwnerOf = ({ height, index }: Spend): string => addressAt(height * 11 + index * 5 + 1)
const minerOf = (height: number): string => addressAt(((height * 2_654_435_761) >>> 0) % 7)

export function feeRateOf({ height, index }: Spend): number {
  return 1 + Math.floor(randomFrom(height * 3 + index * 101)() ** 4 * 90 * 10) / 10
}

function sizesOf(inputs: number, outputs: number) {
  const weight = WEIGHT_OF_ONE + (inputs - 2) * 272 + (outputs - 2) * 124
  return { weight, virtualSize: Math.ceil(weight / 4), size: Math.ceil(weight / 3) }
}

export interface Chain {
  readonly tip: number
  /** Unix seconds of the tip. */
  readonly tipTime: number
  /** Nothing below it is kept. */
  readonly keptFrom: number
}

export function timeOf(chain: Chain, height: number): number {
  if (height > chain.tip) return chain.tipTime + 3 * (height - chain.tip)
  return Math.round(
    chain.tipTime - (chain.tip - height) * BLOCK_SECONDS + randomFrom(height)() * 50 - (height === chain.tip ? 0 : 25),
  )
}

export function transactionAt(chain: Chain, place: Spend): TransactionPage {
  const { height, index } = place
  const confirmed = height <= chain.tip
  const common = {
    id: transactionId(height, index),
    wtxid: hashWith(700_000, height * MAX_TRANSACTIONS + index),
    ...(confirmed ? { height, blockHash: blockHash(height) } : {}),
    time: timeOf(chain, height),
    version: 2,
    confirmations: confirmed ? chain.tip - height + 1 : 0,
  }
  const sides = index === 0 ? coinbaseSides(chain, height) : usualSides(place)
  const { from, to, fee } = sides
  const sizes = sizesOf(from.length, to.length)
  return {
    ...common,
    ...sizes,
    ...(fee === undefined ? {} : { fee }),
    lockTime: index === 0 ? Math.max(0, height - 1) : 0,
    value: to.reduce((sum, entry) => sum + (entry.value ?? 0n), 0n),
    isCoinbase: index === 0,
    inputs: from.length,
    outputs: to.length,
    from,
    to,
    replaceable: index !== 0 && index % 3 === 0,
    hex: `02000000${common.id}${common.wtxid}00000000`,
  }
}

interface Sides {
  readonly from: TransferEntry[]
  readonly to: TransferEntry[]
  readonly fee?: bigint
}

function coinbaseSides(chain: Chain, height: number): Sides {
  return {
    from: [{ kind: 'coinbase', text: `Shoal ${height}` }],
    to: [
      {
        address: minerOf(height),
        value: SUBSIDY + feesOf(height),
        kind: 'P2WPKH',
        spentBy: chain.tip - height > 400,
      },
      { kind: 'OP_RETURN', value: 0n, text: 'witness commitment' },
    ],
  }
}

function usualSides(place: Spend): Sides {
  const from = spends(place).map((spend) => ({
    address: ownerOf(spend),
    value: firstValue(spend.height, spend.index),
    kind: 'P2WPKH',
    outpoint: { txid: transactionId(spend.height, spend.index), index: 0 },
  }))
  const paid = firstValue(place.height, place.index)
  const noted = (place.height + place.index) % 13 === 0
  const fee = feeOf(place, from.length, noted ? 3 : 2)
  const change = from.reduce((sum, entry) => sum + entry.value, 0n) - paid - fee
  const to: TransferEntry[] = [
    { address: ownerOf(place), value: paid, kind: 'P2WPKH' },
    { address: changeOwnerOf(place), value: change, kind: 'P2WPKH' },
  ]
  if (noted) to.push({ kind: 'OP_RETURN', value: 0n, text: 'Thanks for the fish <b>& the recordings</b>' })
  return { from, to, fee }
}

function feeOf(place: Spend, inputs: number, outputs: number): bigint {
  return BigInt(Math.ceil(feeRateOf(place) * sizesOf(inputs, outputs).virtualSize))
}

const fees = new Map<number, bigint>()

/** Of a block. */
function feesOf(height: number): bigint {
  const known = fees.get(height)
  if (known !== undefined) return known
  let sum = 0n
  for (let index = 1; index < transactionCount(height); index += 1) {
    const noted = (height + index) % 13 === 0
    sum += feeOf({ height, index }, spends({ height, index }).length, noted ? 3 : 2)
  }
  fees.set(height, sum)
  return sum
}

export function blockRowAt(chain: Chain, height: number): BlockRow {
  const kept = height >= chain.keptFrom
  const transactions = transactionCount(height)
  return {
    id: blockHash(height),
    height,
    time: timeOf(chain, height),
    ...(kept
      ? {
          transactions,
          size: 320 + (transactions - 1) * 188,
          weight: 1_100 + (transactions - 1) * WEIGHT_OF_ONE,
          fees: feesOf(height),
          reward: SUBSIDY + feesOf(height),
          miner: minerOf(height),
        }
      : {}),
  }
}

export function blockPageAt(chain: Chain, height: number): BlockPage {
  const row = blockRowAt(chain, height)
  const difficulty = difficultyAt(height)
  return {
    ...row,
    inBestChain: true,
    confirmations: chain.tip - height + 1,
    previous: height === 0 ? '0'.repeat(64) : blockHash(height - 1),
    ...(height < chain.tip ? { next: blockHash(height + 1) } : {}),
    version: 0x2000_0000,
    bits: '1d0a6b3c',
    nonce: Math.imul(height + 1, ODD) >>> 0,
    merkleRoot: hashWith(800_000, height),
    medianTime: row.time - 330,
    difficulty,
    work: (BigInt(difficulty) * BigInt(height + 1)).toString(16),
    ...(row.size === undefined
      ? { contents: 'pruned' as const }
      : { contents: 'kept' as const, strippedSize: row.size - 36, coinbaseText: `Shoal ${height}` }),
  }
}

export function rowOf(page: TransactionPage): TransactionRow {
  const { id, height, blockHash: block, time, virtualSize, fee, value, isCoinbase, inputs, outputs } = page
  return {
    id,
    ...(height === undefined ? {} : { height }),
    ...(block === undefined ? {} : { blockHash: block }),
    time,
    virtualSize,
    ...(fee === undefined ? {} : { fee }),
    value,
    isCoinbase,
    inputs,
    outputs,
  }
}

/** The places of every transaction that an address has to do with, newest first, the mempool's before all. */
export function placesOf(chain: Chain, address: string, mempool: number): readonly Spend[] {
  const found: Spend[] = []
  for (let height = chain.tip + 1; height >= 0; height -= 1) {
    const count = height > chain.tip ? mempool + 1 : transactionCount(height)
    for (let index = height > chain.tip ? 1 : 0; index < count; index += 1) {
      const place = { height, index }
      const touches =
        index === 0
          ? minerOf(height) === address
          : ownerOf(place) === address ||
            changeOwnerOf(place) === address ||
            spends(place).some((spend) => ownerOf(spend) === address)
      if (touches) found.push(place)
    }
  }
  return found
}

export const subsidies = (height: number): bigint => SUBSIDY * BigInt(height + 1)
