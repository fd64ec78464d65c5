/** A peer that offers block filters, and how far what it says was compared with what we keep. */
import { bytesEqual } from '../../../kernel/bytes.ts'
import { type Millis, SECOND } from '../../../kernel/clock.ts'
import type { BlockPosition } from '../../chain.ts'
import type { LightNodeChain } from '../../light/light-calls.ts'
import { FILTER_CHECKPOINT_INTERVAL } from '../messages/index.ts'
import type { Peer } from '../peer.ts'
import type { Answered } from './filter-questions.ts'

/** Mostly it announces its newest block by itself. */
const ASK_FOR_HEAD_AFTER: Millis = 20 * SECOND

/** Questions in a row that a source leaves without an answer; one may be due to a reorganisation. */
export const MAX_SILENCES = 2

export class FilterSource {
  readonly peer: Peer
  /** Newest block of our best chain that it is known to have. */
  head: BlockPosition | undefined
  /** Height up to which its filter headers are ours; undefined before it has told its checkpoints. */
  agreedTo: number | undefined
  /** A question is on its way, or it takes part in a dispute. */
  isBusy = false
  /** It says something else than we keep, and neither is proven wrong; or it does not answer. It is asked no more. */
  isOut = false
  /** Questions in a row without an answer. */
  #silences = 0
  #checkpoints: readonly Uint8Array[] = []
  #behindSince: Millis | undefined
  #seen: { readonly hash: Uint8Array; readonly epoch: number } | undefined

  constructor(peer: Peer) {
    this.peer = peer
  }

  /** Filter headers at each thousandth block, as it tells them. */
  get checkpoints(): readonly Uint8Array[] {
    return this.#checkpoints
  }

  /** Whether there was one. A source that is silent too often is given up; one that a person named is asked no more. */
  isAnswer<T>(answer: Answered<T>): answer is T {
    if (answer === 'void') return false
    this.#silences = answer === 'silent' ? this.#silences + 1 : 0
    if (this.#silences >= MAX_SILENCES) {
      if (this.peer.direction === 'manual') this.isOut = true
      else this.peer.close('it did not answer when asked for block filters')
    }
    return answer !== 'silent'
  }

  /** False where they cannot be those of a chain of this height. */
  introduce(checkpoints: readonly Uint8Array[], height: number): boolean {
    if (checkpoints.length !== Math.floor(height / FILTER_CHECKPOINT_INTERVAL)) return false
    this.#checkpoints = checkpoints
    this.agreedTo = 0
    return true
  }

  /** Where its newest block stands in our best chain, looked up once for each block and epoch. */
  async findHead(chain: Pick<LightNodeChain, 'heightOf'>, epoch: number): Promise<void> {
    const hash = this.peer.head?.hash
    if (hash === undefined || (this.#seen?.epoch === epoch && bytesEqual(this.#seen.hash, hash))) return
    const height = await chain.heightOf(hash)
    // A header that is on its way to the chain is not known to it yet; then it is looked up again.
    this.#seen = height === undefined ? undefined : { hash, epoch }
    this.head = height === undefined ? undefined : { hash, height }
  }

  /** Whether it is time to ask a source for its headers that is not known to have our newest. */
  isToTellHead(height: number, now: Millis): boolean {
    if (this.head && this.head.height >= height) {
      this.#behindSince = undefined
      return false
    }
    this.#behindSince ??= now
    if (now - this.#behindSince < ASK_FOR_HEAD_AFTER) return false
    this.#behindSince = now
    return true
  }

  /** What it says of this height and above is to be compared again. */
  cutAt(height: number): void {
    if (this.agreedTo === undefined) return
    this.agreedTo = Math.min(this.agreedTo, height - 1)
    this.#checkpoints = this.#checkpoints.slice(0, Math.floor((height - 1) / FILTER_CHECKPOINT_INTERVAL))
    if (this.head && this.head.height >= height) this.head = undefined
  }
}

/** How far the source is known to agree, after its checkpoints up to `height` were compared as well. */
export async function agreementOf(
  source: FilterSource,
  chain: Pick<LightNodeChain, 'filterHeadersAt'>,
  height: number,
): Promise<number> {
  const agreedTo = source.agreedTo ?? 0
  const first = Math.floor(agreedTo / FILTER_CHECKPOINT_INTERVAL)
  const claims = source.checkpoints.slice(first, Math.floor(height / FILTER_CHECKPOINT_INTERVAL))
  if (claims.length === 0) return agreedTo
  const ours = await chain.filterHeadersAt(claims.map((_, i) => (first + i + 1) * FILTER_CHECKPOINT_INTERVAL))
  const differing = claims.findIndex((claim, i) => {
    const own = ours[i]
    return own === undefined || !bytesEqual(own, claim)
  })
  const same = differing === -1 ? claims.length : differing
  return same === 0 ? agreedTo : (first + same) * FILTER_CHECKPOINT_INTERVAL
}
