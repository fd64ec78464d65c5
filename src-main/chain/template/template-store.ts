/**
 * Templates on the best chain's tip, and the blocks made of them. The last few are remembered; a solution of an older one
 * comes too late anyway.
 */
import type { BlockOutcome, ChainTip } from '../chain.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import type { BlockTemplate, ChainMining, TemplateRequest } from '../node/node-chain.ts'
import type { Block } from '../primitives/block.ts'
import type { Transaction } from '../primitives/transaction.ts'
import {
  assembleBlock,
  buildTemplate,
  EXTRANONCE_BYTES,
  type OpenTemplate,
  TRANSACTIONS_LIMITS,
} from './block-template.ts'

export const MAX_REMEMBERED_TEMPLATES = 16

/** What templates are made from. */
export interface TemplateSources {
  readonly network: ChainNetwork
  tip(): ChainTip
  /** Bits that the block after the tip must carry. */
  nextBits(): number
  /** Our time, seconds since 1970. */
  now(): number
  /** Transactions of the mempool for the next block, valid in their order. */
  select(limits: {
    readonly maxWeight: number
    readonly maxSigopsCost: number
  }): readonly { readonly transaction: Transaction; readonly fee: bigint }[]
  accept(block: Block): Promise<BlockOutcome>
}

export class TemplateStore implements Pick<ChainMining, 'template' | 'submitSolution'> {
  readonly #sources: TemplateSources
  /** Oldest first. */
  readonly #open = new Map<number, OpenTemplate>()
  #nextId = 1

  constructor(sources: TemplateSources) {
    this.#sources = sources
  }

  readonly template = async ({ payTo }: TemplateRequest): Promise<BlockTemplate> => {
    const { network, tip, nextBits, now, select } = this.#sources
    const id = this.#nextId++
    const open = buildTemplate({
      ...{ id, network, payTo },
      tip: tip(),
      bits: nextBits(),
      now: now(),
      transactions: select(TRANSACTIONS_LIMITS),
    })
    this.#open.set(id, open)
    if (this.#open.size > MAX_REMEMBERED_TEMPLATES) {
      const [oldest] = this.#open.keys()
      if (oldest !== undefined) this.#open.delete(oldest)
    }
    return open.template
  }

  readonly submitSolution: ChainMining['submitSolution'] = async ({ id, header, extranonce }) => {
    const open = this.#open.get(id)
    if (open === undefined || extranonce.length !== EXTRANONCE_BYTES) return { status: 'stale' }
    return this.#sources.accept(assembleBlock(open, header, extranonce))
  }
}
