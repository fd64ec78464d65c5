/**
 * Finds out which of several filters of one block is false: looks into the block and, where the filters disagree about what
 * an input spends, into the blocks that made it. These are found by the filters of the blocks before, about which nobody
 * disagrees: an input mostly shows the script that it spends (revealed-scripts.ts), and the filters say which blocks have it.
 *
 * Not every output can be found: bare keys and scripts show nothing, and a search ends after `MAX_SEARCHED_BACK` blocks or
 * `MAX_SOURCE_BLOCKS` fetched ones. What is then proven, and what is not, is for filter-judgement.ts.
 */
import { outpointKey } from '../coins/coin.ts'
import type { HeaderTree } from '../headers/header-tree.ts'
import type { Block } from '../primitives/block.ts'
import type { TransactionInput } from '../primitives/transaction.ts'
import { BlockFilter } from './block-filter.ts'
import { foreignInputs, judge, readFilters, scriptsMadeBy } from './filter-judgement.ts'
import type { FilterLedger } from './filter-ledger.ts'
import type { FilterJudgement } from './light-calls.ts'
import { revealedScripts } from './revealed-scripts.ts'

/** Blocks before the disputed one whose filters are searched for what it spends: two weeks of blocks of a minute. */
export const MAX_SEARCHED_BACK = 20_160
/** Blocks fetched for one judgement beside the disputed one. */
export const MAX_SOURCE_BLOCKS = 32
/** Filters searched before others have their turn. */
const FILTERS_OF_TURN = 200

export interface FilterJudgeParts {
  readonly tree: HeaderTree
  readonly ledger: FilterLedger
  /** Rejects where it cannot be had. */
  readonly block: (hash: Uint8Array) => Promise<Block>
  readonly pause: () => Promise<void>
}

export class FilterJudge {
  readonly #parts: FilterJudgeParts

  constructor(parts: FilterJudgeParts) {
    this.#parts = parts
  }

  async judge(blockHash: Uint8Array, filters: readonly Uint8Array[]): Promise<FilterJudgement> {
    const block = await this.#parts.block(blockHash)
    const read = readFilters(blockHash, filters)
    const first = judge(block, read, new Map())
    const left = read.filter((filter, i) => filter && first.verdicts[i] === 'possible') as BlockFilter[]
    if (left.length < 2) return first
    return judge(block, read, await this.#sourcesOf(block, left))
  }

  /** Scripts that the block spends, as far as the filters disagree about them and they can be found. */
  async #sourcesOf(block: Block, filters: readonly BlockFilter[]): Promise<Map<string, Uint8Array>> {
    const { tree, ledger, pause } = this.#parts
    const known = new Map<string, Uint8Array>()
    const foreign = foreignInputs(block)
    let wanted = foreign.filter((input) => isContested(input, filters))
    const top = tree.height(tree.find(block.hash)) - 1
    let fetched = 0
    for (let height = top; height > Math.max(0, top - MAX_SEARCHED_BACK) && wanted.length > 0; height--) {
      if ((top - height) % FILTERS_OF_TURN === 0) await pause()
      const row = tree.bestBranch.at(height)
      const bytes = ledger.at(row)?.filter
      if (bytes === undefined || !BlockFilter.decode(tree.hash(row), bytes).matchesAny(wanted.flatMap(revealedScripts)))
        continue
      if (fetched++ === MAX_SOURCE_BLOCKS) break
      const made = scriptsMadeBy(await this.#parts.block(tree.hash(row)))
      for (const { previous } of foreign) {
        const script = made.get(outpointKey(previous))
        if (script) known.set(outpointKey(previous), script)
      }
      wanted = wanted.filter(({ previous }) => !known.has(outpointKey(previous)))
    }
    return known
  }
}

function isContested(input: TransactionInput, filters: readonly BlockFilter[]): boolean {
  return revealedScripts(input).some((script) => new Set(filters.map((filter) => filter.matches(script))).size > 1)
}
