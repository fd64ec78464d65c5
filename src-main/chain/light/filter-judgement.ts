/**
 * Says of filters that are said to be of one block which of them cannot be, by what is known of the block.
 *
 * Certain are the scripts of its outputs, those of outputs that it makes and spends itself, and those of outputs whose block
 * was looked into. With all of them known there is one filter (BIP 158) and every other is wrong. With some unknown a filter
 * is surely wrong where it lacks a certain script, or has more elements than certain scripts and unknown inputs together.
 * What an input shows of the script that it spends proves nothing (revealed-scripts.ts), but of filters that are all
 * possible the one that holds most of that, then the larger one, is preferred: one that holds too much costs a block in vain,
 * one that holds too little costs a payment.
 */
import { SerializationError } from '../../codec/serialization-error.ts'
import { bytesEqual, toHex } from '../../kernel/bytes.ts'
import { outpointKey } from '../coins/coin.ts'
import type { Block } from '../primitives/block.ts'
import type { TransactionInput } from '../primitives/transaction.ts'
import { basicFilterOf, filteredScripts } from './basic-filter.ts'
import { BlockFilter } from './block-filter.ts'
import { FilterError } from './filter-error.ts'
import type { FilterJudgement, FilterVerdict } from './light-calls.ts'
import { revealedScripts } from './revealed-scripts.ts'

/** Scripts of outputs, by `outpointKey`, as far as they are known. */
export type KnownScripts = ReadonlyMap<string, Uint8Array>

/** Inputs of the block that spend outputs of other blocks. */
export function foreignInputs(block: Block): TransactionInput[] {
  const own = new Set(block.transactions.map(({ txid }) => toHex(txid)))
  return block.transactions
    .slice(1)
    .flatMap(({ inputs }) => inputs.filter(({ previous }) => !own.has(toHex(previous.txid))))
}

/** Scripts of all outputs of the block. */
export function scriptsMadeBy(block: Block): Map<string, Uint8Array> {
  const made = new Map<string, Uint8Array>()
  for (const { txid, outputs } of block.transactions)
    for (const [index, { scriptPubKey }] of outputs.entries()) made.set(outpointKey({ txid, index }), scriptPubKey)
  return made
}

/** The filters as they can be read; undefined for one that is none. */
export function readFilters(blockHash: Uint8Array, filters: readonly Uint8Array[]): (BlockFilter | undefined)[] {
  return filters.map((bytes) => {
    try {
      return BlockFilter.decode(blockHash, bytes)
    } catch (error) {
      if (error instanceof FilterError || error instanceof SerializationError) return undefined
      throw error
    }
  })
}

/** `known`: scripts of outputs of other blocks that the block spends, as far as these were looked into. */
export function judge(
  block: Block,
  filters: readonly (BlockFilter | undefined)[],
  known: KnownScripts,
): FilterJudgement {
  const evidence = evidenceOf(block, known)
  const verdicts = filters.map((filter) => verdictOf(filter, evidence))
  return { verdicts, preferred: preferredOf(filters, verdicts, evidence.unknown) }
}

interface Evidence {
  readonly certain: readonly Uint8Array[]
  readonly unknown: readonly TransactionInput[]
  /** Where everything is known: the filter. */
  readonly exact: Uint8Array | undefined
}

function evidenceOf(block: Block, known: KnownScripts): Evidence {
  const made = scriptsMadeBy(block)
  const spent: Uint8Array[] = []
  const unknown: TransactionInput[] = []
  for (const { inputs } of block.transactions.slice(1))
    for (const input of inputs) {
      const key = outpointKey(input.previous)
      const script = made.get(key) ?? known.get(key)
      if (script) spent.push(script)
      else unknown.push(input)
    }
  const exact = unknown.length === 0 ? basicFilterOf(block, spent).bytes : undefined
  const certain = new Map([...filteredScripts(block, spent)].map((script) => [toHex(script), script]))
  return { certain: [...certain.values()], unknown, exact }
}

function verdictOf(filter: BlockFilter | undefined, { certain, unknown, exact }: Evidence): FilterVerdict {
  if (filter === undefined) return 'wrong'
  if (exact) return bytesEqual(filter.bytes, exact) ? 'right' : 'wrong'
  if (filter.count > certain.length + unknown.length) return 'wrong'
  return certain.every((script) => filter.matches(script)) ? 'possible' : 'wrong'
}

function preferredOf(
  filters: readonly (BlockFilter | undefined)[],
  verdicts: readonly FilterVerdict[],
  unknown: readonly TransactionInput[],
): number {
  const shown = unknown.map(revealedScripts).filter((scripts) => scripts.length > 0)
  const held = (filter: BlockFilter) => shown.filter((scripts) => filter.matchesAny(scripts)).length
  let preferred = -1
  let most: readonly [number, number] = [-1, -1]
  for (const [i, filter] of filters.entries()) {
    if (filter === undefined || verdicts[i] === 'wrong') continue
    const [scripts, elements] = [held(filter), filter.count]
    if (scripts < most[0] || (scripts === most[0] && elements <= most[1])) continue
    preferred = i
    most = [scripts, elements]
  }
  return preferred
}
