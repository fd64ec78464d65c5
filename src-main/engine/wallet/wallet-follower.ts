/**
 * Keeps a wallet up to the chain: looks at blocks until it has seen all, then at the mempool, and has what is ours offered
 * (`own-offers.ts`). One loop; whatever happens meanwhile only makes it go round once more, so nothing is done twice at once.
 *
 * The wallet decides what is looked at and what it means; nothing here is remembered beyond a run.
 * Limits: `MOST_BLOCKS_AT_ONCE` a question, fewer where the wallet takes long with the answers; after a failure it waits `RETRY_FIRST`, doubling up to `RETRY_LAST`.
 */
import type { ChainListener } from '../../chain/chain.ts'
import type { NodeChain } from '../../chain/node/node-chain.ts'
import type { WalletCalls, WalletMempool } from '../../chain/node/wallet-calls.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Random } from '../../kernel/random.ts'
import { WakeUp } from '../../kernel/wake-up.ts'
import type { OwnPending, WalletFollowing, WalletSending } from '../../wallet/wallet-book.ts'
import { type OfferOutcome, OwnOffers } from './own-offers.ts'
import { ScanPace, type ShownProgress } from './scan-pace.ts'

/** A question is about so many blocks, as what the answers before it have taken of this thread allows. */
export const LEAST_BLOCKS_AT_ONCE = 20
export const FIRST_BLOCKS_AT_ONCE = 200
export const MOST_BLOCKS_AT_ONCE = 2_000
/** Whoever else waits on this thread should have a turn after this. */
const TAKING_SLICE: Millis = 8
export const RETRY_FIRST: Millis = 5 * SECOND
export const RETRY_LAST: Millis = MINUTE
/** Transactions come in bursts. */
const MEMPOOL_PAUSE: Millis = 250
/** A light node's filters come after its headers, and nobody tells when. */
const LOOK_AGAIN_AFTER: Millis = SECOND

export type FollowedChain = WalletCalls & Pick<NodeChain, 'state' | 'watch' | 'acceptTransaction' | 'tipAt'>
export type FollowedWallet = WalletFollowing & Pick<WalletSending, 'ownPending' | 'setRefused'>

export interface WalletFollowerParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly chain: FollowedChain
  readonly wallet: FollowedWallet
  /** Unix seconds before which nothing can have been paid to the wallet; undefined for not known. */
  readonly birthday: number | undefined
  /** Peers of our node now. */
  readonly connected: () => number
  /** Announces to all peers one that our own mempool has; `own` names it. */
  readonly announceAgain: (own: OwnPending) => void
  /** Something of the wallet, or of how far it is, is another. */
  readonly changed: () => void
}

export class WalletFollower {
  readonly #parts: WalletFollowerParts
  readonly #pace = new ScanPace()
  readonly #unwatch: () => void
  readonly #wakeUp: WakeUp
  readonly #offers: OwnOffers
  /** What is to be done in the next round. */
  #pool: 'nothing' | 'news' | 'whole' = 'whole'
  #sequence = 0
  #blocksAtOnce = FIRST_BLOCKS_AT_ONCE
  #isSynced: boolean
  #running: Promise<void> | undefined
  #isWanted = false
  #retry: Timer | undefined
  #retryAfter = RETRY_FIRST
  #stuck = ''
  #isStopped = false

  constructor(parts: WalletFollowerParts) {
    this.#parts = parts
    this.#isSynced = parts.chain.state.phase === 'synced'
    this.#wakeUp = new WakeUp(parts.clock, () => this.wake())
    this.#offers = new OwnOffers({ ...parts, due: () => this.wake() })
    this.#unwatch = parts.chain.watch(this.#listener())
    this.wake()
  }

  /** Why it does not go on, one sentence; empty where it does. */
  get stuck(): string {
    return this.#stuck
  }

  progress(): ShownProgress | undefined {
    const { chain, clock } = this.#parts
    return this.#pace.shown(chain.state.tip.height, clock.now())
  }

  /** There may be something to do: the chain moved, or the wallet wants a scan. */
  wake(): void {
    if (this.#isStopped) return
    this.#isWanted = true
    if (this.#retry === undefined) this.#running ??= this.#run()
  }

  /** As `wake`, also where it waits after a failure. */
  wakeAtOnce(): void {
    this.#endRetry()
    this.wake()
  }

  /** Offers one of ours to our own node, which passes it on. Never fails. */
  offer(own: OwnPending): Promise<OfferOutcome> {
    return this.#offers.offer(own)
  }

  /** Settles when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#unwatch()
    this.#endRetry()
    this.#wakeUp.cancel()
    this.#offers.stop()
    await this.#running
  }

  #listener(): ChainListener {
    return {
      tipChanged: ({ disconnected }) => {
        if (disconnected.length > 0) {
          this.#pool = 'whole'
          this.#offers.reorganised()
        }
        this.#parts.changed()
        this.wake()
      },
      transactionAdded: () => this.#poolMoved(),
      transactionRemoved: (removed) => this.#leftMempool(removed),
      stateChanged: () => this.#stateMoved(),
    }
  }

  /** Called by the chain, which has nothing to do with a full disk: the wallet looks at the whole mempool then. */
  #leftMempool({ txid, reason }: Parameters<NonNullable<ChainListener['transactionRemoved']>>[0]): void {
    const { wallet, log, changed } = this.#parts
    try {
      if (wallet.leftMempool(txid, reason)) changed()
    } catch (error) {
      log.write('warn', 'removal not taken', { code: codeOf(error), message: messageOf(error) })
      this.#pool = 'whole'
      this.wake()
    }
  }

  #poolMoved(): void {
    if (this.#pool === 'nothing') this.#pool = 'news'
    this.#wakeUp.within(MEMPOOL_PAUSE)
  }

  /** While it catches up a node passes nothing on. */
  #stateMoved(): void {
    const isSynced = this.#parts.chain.state.phase === 'synced'
    if (isSynced === this.#isSynced) return
    this.#isSynced = isSynced
    if (isSynced) this.#offers.again()
  }

  /** Until there is nothing left to do, or something fails. */
  async #run(): Promise<void> {
    try {
      while (this.#isWanted && !this.#isStopped) {
        this.#isWanted = false
        await this.#round()
        this.#retryAfter = RETRY_FIRST
        this.#setStuck('')
      }
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#running = undefined
    }
  }

  async #round(): Promise<void> {
    await this.#begin()
    const isCaughtUp = await this.#scan()
    if (this.#isStopped) return
    if (!isCaughtUp) {
      this.#wakeUp.within(LOOK_AGAIN_AFTER)
      return
    }
    await this.#lookAtMempool()
    if (!this.#offers.areDue || !this.#isSynced || this.#isStopped) return
    await this.#offers.offerAll()
    this.#parts.changed()
  }

  /** Where the first scan of a new wallet starts. One without a cursor that has seen blocks is to look at all of them. */
  async #begin(): Promise<void> {
    const { chain, wallet, birthday } = this.#parts
    if (wallet.cursor !== undefined || wallet.top !== undefined || birthday === undefined) return
    const height = await chain.heightAtTime(birthday)
    const before = await chain.tipAt(Math.max(0, Math.min(height - 1, chain.state.tip.height)))
    if (before !== undefined && !this.#isStopped) wallet.startAt({ hash: before.hash, height: before.height })
  }

  /** Whether everything up to the end of the chain was looked at. */
  async #scan(): Promise<boolean> {
    const { chain, wallet, clock, changed } = this.#parts
    for (;;) {
      const scan = wallet.nextScan(this.#blocksAtOnce)
      const result = await chain.scanForWallet(scan)
      if (this.#isStopped) return false
      const since = clock.now()
      const outcome = wallet.takeScan(scan, result)
      this.#blocksAtOnce = blocksAfter(this.#blocksAtOnce, clock.now() - since)
      const { scanned, height } = result
      this.#pace.moved(wallet.cursor?.height ?? 0, height, clock.now())
      this.#setStuck('')
      changed()
      // A light node may lack filters of the newest blocks.
      if (!outcome.again) return scanned.height >= height
    }
  }

  /** What came in while a block did may be in it already: then the scan goes first. */
  async #lookAtMempool(): Promise<void> {
    const { chain, wallet, changed } = this.#parts
    const which = this.#pool
    if (which === 'nothing') return
    this.#pool = 'nothing'
    const { hash } = chain.state.tip
    try {
      const { transactions, sequence } = await this.#mempoolAfter(which === 'whole' ? 0 : this.#sequence)
      if (this.#isStopped) return
      if (!bytesEqual(hash, chain.state.tip.hash)) {
        this.#pool = 'whole'
        return
      }
      this.#sequence = sequence
      if (wallet.takeMempool(transactions, this.#now(), which)) changed()
    } catch (error) {
      this.#pool = 'whole'
      throw error
    }
  }

  /** A large mempool is had piece by piece; what concerns one wallet fits into memory. */
  async #mempoolAfter(after: number): Promise<WalletMempool> {
    const { chain, wallet } = this.#parts
    const all: Uint8Array[] = []
    for (let sequence = after; ; ) {
      const next = await chain.mempoolForWallet({ ...wallet.scripts(), after: sequence })
      all.push(...next.transactions)
      // An empty answer ends it, and one that goes back is of another time.
      if (next.transactions.length === 0 || next.sequence <= sequence || this.#isStopped)
        return { transactions: all, sequence: next.sequence }
      sequence = next.sequence
    }
  }

  #failed(error: unknown): void {
    if (this.#isStopped) return
    const { clock, log } = this.#parts
    log.write('warn', 'wallet does not follow', { code: codeOf(error), message: messageOf(error) })
    this.#setStuck(messageOf(error))
    this.#isWanted = true
    this.#retry = clock.after(this.#retryAfter, () => {
      this.#endRetry()
      this.wake()
    })
    this.#retryAfter = Math.min(2 * this.#retryAfter, RETRY_LAST)
  }

  #endRetry(): void {
    this.#retry?.cancel()
    this.#retry = undefined
  }

  #setStuck(sentence: string): void {
    if (sentence === this.#stuck) return
    this.#stuck = sentence
    this.#parts.changed()
  }

  #now(): number {
    return Math.floor(this.#parts.clock.wallTime() / SECOND)
  }
}

/** Twice as many where that was quick, half as many where it was slow. */
function blocksAfter(blocks: number, took: Millis): number {
  if (took > TAKING_SLICE) return Math.max(LEAST_BLOCKS_AT_ONCE, Math.floor(blocks / 2))
  return took < TAKING_SLICE / 4 ? Math.min(MOST_BLOCKS_AT_ONCE, 2 * blocks) : blocks
}
