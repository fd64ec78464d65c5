/**
 * What is ours and waits for a block, offered to our own node, which passes it on: at the start, after a reorganisation, to
 * the first peer after a time without any, and every so often. The wallet keeps it and says what it is; never a reward.
 */
import type { TransactionOutcome } from '../../chain/chain.ts'
import type { NodeChain } from '../../chain/node/node-chain.ts'
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Random } from '../../kernel/random.ts'
import { WakeUp } from '../../kernel/wake-up.ts'
import type { OwnPending, WalletSending } from '../../wallet/wallet-book.ts'

/** After a refusal that says nothing about the transaction. */
export const OFFER_SOON: Millis = 5 * SECOND
/**
 * What waits for a block is offered again after a random time between these. Bitcoin Core takes 12 to 36 hours, so that
 * nobody learns whose it is; on a network of desktops that come and go a peer that was away would not hear of it for as long.
 */
const OFFER_AGAIN_LEAST: Millis = 15 * MINUTE
const OFFER_AGAIN_SPREAD: Millis = 30 * MINUTE
/** How soon the first peer after a time without any is offered what waits. */
const LOOK_FOR_PEERS_EVERY: Millis = 5 * SECOND
/** The mempool could not take it at that moment; it says nothing about the transaction. */
const PASSING_REASONS: readonly string[] = ['mempool-busy', 'chain-changing']
/** For a transaction whose parents nobody has. */
const NO_PARENTS = 'bad-txns-inputs-missingorspent'

export interface OwnOffersParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly chain: Pick<NodeChain, 'acceptTransaction'>
  readonly wallet: Pick<WalletSending, 'ownPending' | 'setRefused'>
  /** Peers of our node now. */
  readonly connected: () => number
  /** Announces to all peers one that our own mempool has; `own` names it. */
  readonly announceAgain: (own: OwnPending) => void
  /** There is something to offer: `offerAll` is to be called. */
  readonly due: () => void
}

/** `refused`: the rule's name. `waits`: it is kept, and offered again soon. */
export type OfferOutcome =
  | { readonly status: 'taken' | 'known' | 'waits' }
  | { readonly status: 'refused'; readonly reason: string }

export class OwnOffers {
  readonly #parts: OwnOffersParts
  readonly #again: WakeUp
  readonly #peersTimer: Timer
  /** `missing`: what our own node lacks; `all`: announced to peers too. */
  #what: 'nothing' | 'missing' | 'all' = 'all'
  #isAlone: boolean
  #isStopped = false

  constructor(parts: OwnOffersParts) {
    this.#parts = parts
    this.#isAlone = parts.connected() === 0
    this.#peersTimer = parts.clock.every(LOOK_FOR_PEERS_EVERY, () => this.#lookForPeers())
    this.#again = new WakeUp(parts.clock, () => this.again())
    this.#schedule()
  }

  /** `offerAll` has something to do. */
  get areDue(): boolean {
    return this.#what !== 'nothing'
  }

  /** Blocks were undone: what was in them may be missing. */
  reorganised(): void {
    if (this.#what === 'nothing') this.#what = 'missing'
  }

  /** Everything, and to all peers. */
  again(): void {
    this.#what = 'all'
    this.#schedule()
    this.#parts.due()
  }

  /** Never fails. */
  async offer(own: OwnPending): Promise<OfferOutcome> {
    const { chain, wallet, log } = this.#parts
    let outcome: TransactionOutcome
    try {
      outcome = await chain.acceptTransaction(own.bytes, undefined)
    } catch (error) {
      log.write('warn', 'transaction not offered', { code: codeOf(error), message: messageOf(error) })
      this.#soon()
      return { status: 'waits' }
    }
    if (outcome.status === 'accepted' || outcome.status === 'known') {
      if (own.refused && !this.#isStopped) wallet.setRefused(own.txid, '')
      return { status: outcome.status === 'known' ? 'known' : 'taken' }
    }
    const reason = outcome.status === 'orphan' ? NO_PARENTS : outcome.reason
    if (!PASSING_REASONS.includes(reason)) return { status: 'refused', reason }
    this.#soon()
    return { status: 'waits' }
  }

  /** All that waits for a block. */
  async offerAll(): Promise<void> {
    const { wallet, announceAgain } = this.#parts
    const what = this.#what
    this.#what = 'nothing'
    for (const own of wallet.ownPending()) {
      const outcome = await this.offer(own)
      if (this.#isStopped) return
      if (outcome.status === 'refused' && outcome.reason !== own.refused) wallet.setRefused(own.txid, outcome.reason)
      if (outcome.status === 'known' && what === 'all') announceAgain(own)
    }
  }

  stop(): void {
    this.#isStopped = true
    this.#again.cancel()
    this.#peersTimer.cancel()
  }

  #soon(): void {
    if (!this.#isStopped) this.#again.within(OFFER_SOON)
  }

  #schedule(): void {
    const { random } = this.#parts
    this.#again.within(OFFER_AGAIN_LEAST + random.below(OFFER_AGAIN_SPREAD))
  }

  /** Nobody has heard of what was offered while there was nobody. */
  #lookForPeers(): void {
    const wasAlone = this.#isAlone
    this.#isAlone = this.#parts.connected() === 0
    if (wasAlone && !this.#isAlone) this.again()
  }
}
