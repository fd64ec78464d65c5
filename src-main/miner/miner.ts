/**
 * Mining as a person controls it. Off until started; then it mines whenever nothing speaks against it: a chain that has
 * caught up, mains power and nobody at the machine, as far as the settings ask for that. On a network without difficulty it
 * makes a block each `blockInterval`.
 *
 * Work is on a template of the tip. A new tip ends it at once; better fees are looked for every `LOOK_FOR_FEES`, and headers get
 * a new time as often.
 */

import type { ChainNetwork } from '../chain/consensus/network.ts'
import { decodeHeader } from '../chain/primitives/header.ts'
import { type Clock, type Millis, SECOND, type Timer } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import type { FoundNonce, MiningWorkers } from '../kernel/mining-workers.ts'
import type { PowerMonitor } from '../kernel/power.ts'
import type { Random } from '../kernel/random.ts'
import { generateBlocks } from './generate.ts'
import { MiningMeter } from './meter.ts'
import type { MinedBlock } from './mined-blocks.ts'
import { MinerError } from './miner-error.ts'
import { TemplateJob } from './mining-job.ts'
import { type PauseReason, pauseReasonOf } from './pause-reason.ts'
import { type MiningChain, WatchedChain } from './watched-chain.ts'

export const DEFAULT_BLOCK_INTERVAL: Millis = SECOND
export const LOOK_FOR_FEES: Millis = 10 * SECOND
/** A template is taken up when it pays this many parts in a hundred more. */
const BETTER_BY_PERCENT = 1n
/** Headers are made anew after this long, for their time. */
const HEADERS_LAST: Millis = 30 * SECOND
/** After a template could not be had. */
const TRY_AGAIN_AFTER: Millis = 2 * SECOND
const PREFIX_BYTES = 4

export interface MinerParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly workers: MiningWorkers
  readonly power: PowerMonitor
  readonly network: ChainNetwork
  /** Undefined while there is none. */
  readonly chain: () => MiningChain | undefined
  readonly pauses: () => { readonly onBattery: boolean; readonly whileActive: boolean }
  /** A block of ours is part of the chain. */
  readonly mined: (block: MinedBlock) => void
  /** Anything that is shown has changed. */
  readonly changed: () => void
  readonly blockInterval?: Millis
}

export type MinerState =
  | { readonly kind: 'off' }
  | { readonly kind: 'mining' }
  | { readonly kind: 'paused'; readonly because: PauseReason }

export class Miner {
  readonly meter = new MiningMeter()
  readonly blockInterval: Millis | undefined
  readonly #parts: MinerParts
  /** One sentence, or empty. */
  #workersNotice = ''
  /** Of the last block that was found here; one sentence, or empty. */
  #blockNotice = ''
  #payTo: Uint8Array | undefined
  #state: MinerState = { kind: 'off' }
  #job: TemplateJob | undefined
  #jobAt: Millis = 0
  /** Grows with each reason to make a new template: an answer to an older question is dropped. */
  #turn = 0
  /** On a paced network: not before this time. */
  #pacedUntil: Millis = 0
  #timer: Timer | undefined
  #watched: WatchedChain | undefined
  #unwatchPower: (() => void) | undefined

  constructor(parts: MinerParts) {
    const { workers, clock, network, blockInterval = DEFAULT_BLOCK_INTERVAL } = parts
    this.#parts = parts
    this.blockInterval = network.proofOfWork.difficulty.kind === 'fixed' ? blockInterval : undefined
    workers.onFound((found) => void this.#found(found))
    workers.onProgress((progress) => this.meter.add(progress, clock.now()))
    workers.onFault((fault) => {
      this.#workersNotice = fault.message
      parts.log.write('warn', 'mining workers', { code: fault.code, message: fault.message })
      parts.changed()
    })
  }

  get state(): MinerState {
    return this.#state
  }

  /** What a person should know of, or empty. */
  get notice(): string {
    return this.#blockNotice || this.#workersNotice
  }

  get kernel(): string | undefined {
    return this.#parts.workers.kernel
  }

  /** The target that is mined for. */
  get target(): bigint | undefined {
    return this.#job?.target
  }

  /** Grains that the block that is mined for pays. */
  get workedFor(): bigint | undefined {
    return this.#job?.template.reward
  }

  start(payTo: Uint8Array): void {
    this.#payTo = payTo
    this.#blockNotice = ''
    if (this.#state.kind !== 'off') {
      // Rewards go elsewhere from now on.
      this.#workAnew()
      return
    }
    const { power, changed } = this.#parts
    this.#state = { kind: 'paused', because: 'chain-not-synced' }
    this.#unwatchPower = power.watch(() => this.#consider())
    this.#consider()
    changed()
  }

  /** Nothing is hashed any more within 100 ms. */
  stop(): void {
    this.#payTo = undefined
    this.#watch(undefined)
    this.#unwatchPower?.()
    this.#unwatchPower = undefined
    this.#rest()
    this.#state = { kind: 'off' }
    this.#parts.changed()
  }

  adjust({ threads, share }: { readonly threads?: number; readonly share?: number }): void {
    const { workers } = this.#parts
    if (threads !== undefined) workers.setThreads(threads)
    if (share !== undefined) workers.setShare(share)
  }

  /** The chain came or went, or the settings changed. */
  reconsider(): void {
    if (this.#state.kind !== 'off') this.#consider()
  }

  /** Blocks at once. @throws MinerError NOT_LOCAL, NOT_MINED */
  async generate(count: number, payTo: Uint8Array): Promise<readonly MinedBlock[]> {
    const { network, random, mined } = this.#parts
    if (network.proofOfWork.difficulty.kind !== 'fixed')
      throw new MinerError({ code: 'NOT_LOCAL', network: network.name })
    const chain = this.#parts.chain()
    if (chain === undefined) throw new MinerError({ code: 'NOT_MINED', reason: 'the chain is not open', done: 0 })
    const blocks: MinedBlock[] = []
    await generateBlocks(count, {
      ...{ chain, payTo },
      prefix: () => random.bytes(PREFIX_BYTES),
      now: () => this.#now(),
      made: (block) => {
        blocks.push(block)
        mined(block)
      },
    })
    return blocks
  }

  async close(): Promise<void> {
    this.stop()
    await this.#parts.workers.close()
  }

  /** Mines, pauses or goes on pausing, as things are now. */
  #consider(): void {
    const chain = this.#parts.chain()
    if (chain !== this.#watched?.chain) this.#watch(chain)
    const { network, power, pauses } = this.#parts
    const because = pauseReasonOf({
      ...{ network, chain: chain?.state, power: power.now(), pauses: pauses() },
      openFor: this.#watched?.openFor ?? 0,
      tipStandsFor: this.#watched?.tipStandsFor ?? 0,
    })
    const { kind } = this.#state
    if (because !== undefined) {
      this.#rest()
      this.#state = { kind: 'paused', because }
    } else if (kind !== 'mining') {
      this.#state = { kind: 'mining' }
      this.meter.start(this.#parts.clock.now())
      void this.#renew()
    }
    this.#parts.changed()
  }

  #watch(chain: MiningChain | undefined): void {
    this.#watched?.end()
    const events = { tipChanged: () => this.#workAnew(), changed: () => this.#consider() }
    this.#watched = chain && new WatchedChain(chain, this.#parts.clock, events)
  }

  #rest(): void {
    this.#dropWork()
    this.meter.stop()
  }

  #dropWork(): void {
    this.#turn++
    this.#timer?.cancel()
    this.#timer = undefined
    this.#job = undefined
    this.#parts.workers.work(undefined)
  }

  /** What is worked on is of no use any more. */
  #workAnew(): void {
    const wasMining = this.#state.kind === 'mining'
    this.#dropWork()
    this.#consider()
    if (wasMining && this.#state.kind === 'mining') void this.#renew()
  }

  /** Asks for a template, and works on it where it is the first or pays better. */
  async #renew(): Promise<void> {
    const { clock, random, log, workers } = this.#parts
    const chain = this.#watched?.chain
    const payTo = this.#payTo
    if (chain === undefined || payTo === undefined) return
    const turn = ++this.#turn
    const wait = this.#pacedUntil - clock.now()
    if (wait > 0) return this.#again(wait)
    try {
      const template = await chain.template({ payTo })
      if (turn !== this.#turn) return
      if (this.#isBetter(template.reward, clock.now())) {
        this.#job = new TemplateJob({ template, prefix: random.bytes(PREFIX_BYTES), now: () => this.#now() })
        this.#jobAt = clock.now()
        this.meter.setTarget(this.#job.target)
        workers.work(this.#job)
      }
      this.#again(LOOK_FOR_FEES)
    } catch (error) {
      log.write('warn', 'no template to mine on', { message: messageOf(error) })
      if (turn === this.#turn) this.#again(TRY_AGAIN_AFTER)
    }
  }

  #isBetter(reward: bigint, now: Millis): boolean {
    const job = this.#job
    if (job === undefined || now - this.#jobAt >= HEADERS_LAST) return true
    return reward * 100n >= job.template.reward * (100n + BETTER_BY_PERCENT)
  }

  #again(after: Millis): void {
    this.#timer?.cancel()
    this.#timer = this.#parts.clock.after(after, () => void this.#renew())
  }

  async #found({ job, header, extranonce }: FoundNonce): Promise<void> {
    const { clock, log, mined, changed } = this.#parts
    const chain = this.#watched?.chain
    if (!(job instanceof TemplateJob) || chain === undefined) return
    const { id, height, reward } = job.template
    if (this.blockInterval !== undefined) this.#pacedUntil = clock.now() + this.blockInterval
    try {
      const outcome = await chain.submitSolution({ id, header, extranonce })
      log.write('info', 'block found', { height, status: outcome.status })
      if (outcome.status === 'connected' || outcome.status === 'stored') {
        this.meter.blockFound()
        mined({ hash: decodeHeader(header).hash, height, reward })
        this.#blockNotice = ''
      } else if (outcome.status === 'refused')
        this.#blockNotice = `A block that was found here was refused (${outcome.fault.reason}).`
    } catch (error) {
      log.write('error', 'block found and not taken', { height, message: messageOf(error) })
      this.#blockNotice = `A block that was found here could not be kept. ${messageOf(error)}`
    }
    // Where it became the tip there is a new job already.
    if (this.#job === job) {
      this.#job = undefined
      void this.#renew()
    }
    changed()
  }

  /** Seconds since 1970. */
  #now(): number {
    return Math.floor(this.#parts.clock.wallTime() / SECOND)
  }
}
