/**
 * Two peers say different things of the filter of one block, and agree about all before it. Both are asked for the filter
 * itself, which must be the one that they claimed; then the block is looked into (filter-judge.ts). Whoever is proven wrong is
 * banned. Where nothing can be proven, the filter that leaves out less is kept, and who says otherwise is asked no more.
 */
import { bytesEqual } from '../../../kernel/bytes.ts'
import { messageOf } from '../../../kernel/errors.ts'
import type { Log } from '../../../kernel/log.ts'
import type { BlockPosition } from '../../chain.ts'
import { filterHashOf, filterHeaderOf } from '../../light/filter-header.ts'
import type { FilterJudgement, LightNodeChain } from '../../light/light-calls.ts'
import type { FilterQuestions } from './filter-questions.ts'
import type { FilterSource } from './filter-source.ts'

const FALSE_FILTER = 'a false block filter'
const OTHER_FILTER = 'a block filter that is not the one of its filter header'

export interface FilterDisputeParts {
  readonly chain: LightNodeChain
  readonly questions: FilterQuestions
  readonly log: Log
  /** What is kept from this height on was wrong. */
  readonly forgetFrom: (height: number) => Promise<void>
  /** Who says something else than what is kept. */
  readonly source: FilterSource
  readonly block: BlockPosition
  /** Filter hash that it gave. */
  readonly claimed: Uint8Array
}

export class FilterDispute {
  readonly height: number
  readonly source: FilterSource
  isRunning = false
  readonly #parts: FilterDisputeParts

  constructor(parts: FilterDisputeParts) {
    this.#parts = parts
    this.height = parts.block.height
    this.source = parts.source
  }

  /** `isCurrent`: no reorganisation in between. */
  async settle(sources: readonly FilterSource[], isCurrent: () => boolean): Promise<void> {
    const { chain, forgetFrom, block, log } = this.#parts
    const challenge = await this.#challenge()
    if (challenge === undefined || !isCurrent()) return
    const vouchers = sources.filter(({ agreedTo }) => agreedTo !== undefined && agreedTo >= this.height)
    const held = await this.#held(vouchers, isCurrent)
    if (!isCurrent()) return
    if (held === undefined) {
      // Nobody who is here stands by what is kept.
      if (vouchers.every(({ peer }) => peer.isGone)) await forgetFrom(this.height)
      return
    }
    try {
      const judgement = await chain.judgeFilters(block.hash, [held, challenge])
      if (isCurrent()) await this.#pronounce(judgement, vouchers)
    } catch (error) {
      log.write('info', 'filters could not be judged', { height: this.height, error: messageOf(error) })
    }
  }

  async #pronounce({ verdicts, preferred }: FilterJudgement, vouchers: readonly FilterSource[]): Promise<void> {
    const [held, challenge] = verdicts
    this.#parts.log.write('warn', 'filters judged', { height: this.height, held, challenge, preferred })
    const keepsHeld = preferred === 0
    if (!keepsHeld) await this.#parts.forgetFrom(this.height)
    if (challenge === 'wrong') this.source.peer.misbehaved(FALSE_FILTER)
    else if (keepsHeld) this.source.isOut = true
    for (const voucher of vouchers) {
      if (held === 'wrong') voucher.peer.misbehaved(FALSE_FILTER)
      else if (!keepsHeld) voucher.isOut = true
    }
  }

  /** The filter that the source stands by. */
  async #challenge(): Promise<Uint8Array | undefined> {
    const filter = await this.#ask(this.source)
    if (filter === undefined) return undefined
    if (bytesEqual(filterHashOf(filter), this.#parts.claimed)) return filter
    this.source.peer.misbehaved(OTHER_FILTER)
    return undefined
  }

  /** The filter whose filter header is kept. */
  async #held(vouchers: readonly FilterSource[], isCurrent: () => boolean): Promise<Uint8Array | undefined> {
    const { chain, block } = this.#parts
    const stored = await chain.filters({ startHeight: block.height, stopHash: block.hash })
    if (stored?.[0]) return stored[0].filter
    const [previous, header] = await chain.filterHeadersAt([block.height - 1, block.height])
    for (const voucher of vouchers) {
      const filter = isCurrent() ? await this.#ask(voucher) : undefined
      if (filter === undefined || !previous || !header) continue
      if (bytesEqual(filterHeaderOf(filterHashOf(filter), previous), header)) return filter
      voucher.peer.misbehaved(OTHER_FILTER)
    }
    return undefined
  }

  async #ask(source: FilterSource): Promise<Uint8Array | undefined> {
    const { questions, block } = this.#parts
    source.isBusy = true
    try {
      const range = { startHeight: block.height, endHeight: block.height, stopHash: block.hash }
      const answer = await questions.filters(source.peer, range)
      const [first] = source.isAnswer(answer) ? answer : []
      return first && bytesEqual(first.blockHash, block.hash) ? first.filter : undefined
    } finally {
      source.isBusy = false
    }
  }
}
