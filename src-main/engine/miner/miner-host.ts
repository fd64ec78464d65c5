/**
 * The miner over the life of the engine: where rewards go, what is remembered of them from run to run, and the last ten
 * minutes for the chart.
 */
import { join } from 'node:path'
import { MAX_MINER_SAMPLES, type MinerSample, type MinerStatus } from '#shared/contract/miner.ts'
import type { Settings } from '#shared/contract/settings.ts'
import type { ChainNetwork } from '../../chain/consensus/network.ts'
import type { NodeChain } from '../../chain/node/node-chain.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import { workOfBits } from '../../chain/primitives/target.ts'
import { type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Host } from '../../kernel/host.ts'
import type { Log } from '../../kernel/log.ts'
import { hashesForTarget } from '../../miner/meter.ts'
import { MAX_MINED_BYTES, MinedBlocks } from '../../miner/mined-blocks.ts'
import { Miner } from '../../miner/miner.ts'
import { WholeFile } from '../../storage/whole-file.ts'
import type { ChainHost } from '../chain/chain-host.ts'
import { Watchers } from '../watchers.ts'
import { RewardTarget, type RewardWallet } from './reward-target.ts'

const SAMPLE_EVERY: Millis = SECOND
const NO_KERNEL = 'not started yet'

type MinerSettings = Pick<
  Settings,
  'minerThreads' | 'minerShare' | 'minerAddress' | 'minerPausesOnBattery' | 'minerPausesWhileActive'
>

export interface MinerHostParts {
  readonly host: Pick<Host, 'clock' | 'random' | 'files' | 'power' | 'miningWorkers'>
  readonly log: Log
  readonly chainHost: ChainHost
  readonly network: ChainNetwork
  readonly profile: string
  readonly settings: () => MinerSettings
  /** Threads that this machine can run at once. */
  readonly maxThreads: number
  /** Milliseconds between blocks on a network without difficulty. */
  readonly blockInterval: Millis | undefined
  readonly wallet?: RewardWallet
}

export class MinerHost {
  readonly watchers = new Watchers()
  readonly #parts: MinerHostParts
  readonly #miner: Miner
  readonly #file: WholeFile
  readonly #target: RewardTarget
  readonly #samples: MinerSample[] = []
  #mined = new MinedBlocks()
  #threads: number
  #share: number
  #timer: Timer | undefined
  #unwatch: (() => void) | undefined
  readonly #unwatchWallet: (() => void) | undefined
  #watched: NodeChain | undefined
  #saving: Promise<void> = Promise.resolve()
  #isSaveWanted = false

  constructor(parts: MinerHostParts) {
    const { host, chainHost, network, log, settings, profile, blockInterval, wallet } = parts
    this.#parts = parts
    this.#target = new RewardTarget({ network, wallet, settingsAddress: () => settings().minerAddress })
    this.#threads = Math.min(settings().minerThreads, parts.maxThreads)
    this.#share = settings().minerShare
    this.#file = new WholeFile({
      ...{ files: host.files, log },
      path: join(profile, 'chain', network.name, 'mined.dat'),
      maxBytes: MAX_MINED_BYTES,
    })
    this.#miner = new Miner({
      ...{ clock: host.clock, random: host.random, power: host.power, log, network },
      workers: host.miningWorkers(),
      chain: () => chainHost.chain,
      pauses: () => ({ onBattery: settings().minerPausesOnBattery, whileActive: settings().minerPausesWhileActive }),
      mined: (block) => {
        this.#mined.add(block)
        this.#save()
      },
      changed: () => this.watchers.notify(),
      ...(blockInterval !== undefined && { blockInterval }),
    })
    chainHost.watchers.add(() => this.#follow())
    this.#unwatchWallet = wallet?.watch(() => void this.#walletMoved())
  }

  /** Reads what earlier runs have mined. */
  async load(): Promise<void> {
    this.#mined = MinedBlocks.decode(await this.#file.read())
    this.#timer = this.#parts.host.clock.every(SAMPLE_EVERY, () => this.#sample())
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#unwatch?.()
    this.#unwatchWallet?.()
    await this.#miner.close()
    await this.#saving
  }

  /** @throws MinerError NO_ADDRESS, AddressError */
  async start(options: {
    readonly threads?: number
    readonly share?: number
    readonly address?: string
  }): Promise<void> {
    const script = await this.#target.choose(options.address)
    this.adjust(options)
    this.#miner.start(script)
    this.watchers.notify()
  }

  halt(): void {
    this.#miner.stop()
  }

  adjust({ threads, share }: { readonly threads?: number; readonly share?: number }): void {
    this.#threads = Math.min(threads ?? this.#threads, this.#parts.maxThreads)
    this.#share = share ?? this.#share
    this.#miner.adjust({ threads: this.#threads, share: this.#share })
    this.watchers.notify()
  }

  /** The settings have changed. */
  reconsider(): void {
    this.#miner.reconsider()
  }

  /** Hashes of the blocks, as people write them. @throws MinerError, AddressError */
  async generate(count: number, address: string | undefined): Promise<string[]> {
    const blocks = await this.#miner.generate(count, await this.#target.choose(address))
    return blocks.map(({ hash }) => displayHash(hash))
  }

  get samples(): readonly MinerSample[] {
    return this.#samples
  }

  get hashesPerSecond(): number {
    return this.#miner.meter.rate(this.#parts.host.clock.now())
  }

  status(): MinerStatus {
    const { host, maxThreads } = this.#parts
    const { state, meter, blockInterval } = this.#miner
    const { address } = this.#target
    const paysTo = this.#target.paysTo(this.#isOn)
    const now = host.clock.now()
    const expected = blockInterval === undefined ? meter.expectedSeconds(now) : blockInterval / SECOND
    return {
      state: state.kind,
      ...(state.kind === 'paused' && { pausedBecause: state.because }),
      kernel: this.#miner.kernel ?? NO_KERNEL,
      ...{ threads: this.#threads, maxThreads, share: this.#share },
      ...(address !== undefined && { address }),
      ...(paysTo !== undefined && { paysTo }),
      hashesPerSecond: meter.rate(now),
      difficulty: this.#difficulty(),
      ...(state.kind === 'mining' && expected !== undefined && { expectedSeconds: expected }),
      ...{ attempts: meter.attempts, expectedBlocks: meter.expectedBlocks, blocksFound: meter.blocksFound },
      bestShare: meter.bestShare,
      ...this.#mined.rewards(),
      ...(blockInterval !== undefined && { blockInterval }),
      notice: this.#miner.notice || this.#target.notice(this.#isOn),
    }
  }

  #difficulty(): number {
    const { target } = this.#miner
    if (target !== undefined) return hashesForTarget(target)
    const tip = this.#parts.chainHost.chain?.state.tip
    return tip ? Number(workOfBits(tip.bits)) : 0
  }

  /** Once something was paid to an address of the wallet, rewards go to another. */
  async #walletMoved(): Promise<void> {
    this.watchers.notify()
    if (!this.#isOn) return
    try {
      const script = await this.#target.next()
      if (script !== undefined && this.#isOn) this.#miner.start(script)
    } catch (error) {
      this.#parts.log.write('warn', 'no other address to mine to', { message: messageOf(error) })
    }
  }

  get #isOn(): boolean {
    return this.#miner.state.kind !== 'off'
  }

  #follow(): void {
    const { chain } = this.#parts.chainHost
    if (chain !== this.#watched) {
      this.#unwatch?.()
      this.#watched = chain
      this.#unwatch = chain?.watch({ tipChanged: () => void this.#lookAtRewards() })
      void this.#lookAtRewards()
    }
    this.#miner.reconsider()
  }

  async #lookAtRewards(): Promise<void> {
    const { chain } = this.#parts.chainHost
    // More may be mined before the answer is here.
    const blocks = [...this.#mined.blocks]
    if (chain === undefined || blocks.length === 0) return
    try {
      this.#mined.setStandings(blocks, await chain.standingOf(blocks.map(({ hash }) => hash)))
      this.watchers.notify()
    } catch (error) {
      this.#parts.log.write('debug', 'rewards not looked at', { message: messageOf(error) })
    }
  }

  #sample(): void {
    const { meter, state } = this.#miner
    if (state.kind === 'off' && this.#samples.length === 0) return
    const { clock } = this.#parts.host
    this.#samples.push({
      time: clock.wallTime(),
      hashesPerSecond: meter.rate(clock.now()),
      ...{ attempts: meter.attempts, expectedBlocks: meter.expectedBlocks, blocksFound: meter.blocksFound },
      difficulty: this.#difficulty(),
    })
    if (this.#samples.length > MAX_MINER_SAMPLES) this.#samples.shift()
    if (state.kind !== 'off') this.watchers.notify()
  }

  /** One writing at a time; what comes meanwhile is in the next. */
  #save(): void {
    if (this.#isSaveWanted) return
    this.#isSaveWanted = true
    this.#saving = this.#saving.then(() => {
      this.#isSaveWanted = false
      return this.#file.write(this.#mined.encode())
    })
  }
}
