import { describe, expect, test } from 'vitest'
import type { ChainListener, ChainState, ChainTip } from '../chain/chain.ts'
import { nextBits } from '../chain/consensus/difficulty.ts'
import type { ChainNetwork } from '../chain/consensus/network.ts'
import { networks } from '../chain/consensus/networks.ts'
import type { Transaction } from '../chain/primitives/transaction.ts'
import { TemplateStore } from '../chain/template/template-store.ts'
import { TestChain } from '../chain/test-support/test-chain.ts'
import { ANYONE_CAN_SPEND, spendCoins, TestKey } from '../chain/test-support/test-keys.ts'
import { SECOND } from '../kernel/clock.ts'
import type { PowerState } from '../kernel/power.ts'
import { SimulatedMiningWorkers } from '../simulation/mining.ts'
import { Simulation } from '../simulation/simulation.ts'
import type { MinedBlock } from './mined-blocks.ts'
import { LOOK_FOR_FEES, Miner } from './miner.ts'
import { HEADERS_UNDER_WAY, PEERS_MAY_TAKE } from './pause-reason.ts'
import type { MiningChain } from './watched-chain.ts'

/** A network with difficulty on which two hashes make a block: slow miners need some time for those. */
const slow: ChainNetwork = {
  ...networks.local,
  name: 'slow',
  proofOfWork: {
    limit: networks.local.proofOfWork.limit,
    difficulty: { kind: 'wtema', spacing: 60, memory: 20, rise: { blocks: 10, factor: 3 } },
  },
}

class PowerLever {
  state: PowerState = { onBattery: false, userActive: false }
  #changed: (() => void) | undefined

  readonly now = () => this.state

  watch(changed: () => void): () => void {
    this.#changed = changed
    return () => {
      this.#changed = undefined
    }
  }

  set(state: Partial<PowerState>): void {
    this.state = { ...this.state, ...state }
    this.#changed?.()
  }
}

/** A chain in memory that tells of its tip as the real one does. */
class LiveChain {
  readonly network: ChainNetwork
  readonly chain: TestChain
  readonly store: TemplateStore
  readonly #listeners = new Set<ChainListener>()
  phase: ChainState['phase'] = 'synced'
  /** Blocks cannot be written. */
  isFull = false
  /** Of the best header before the tip. */
  headersAhead = 0
  selected: { transaction: Transaction; fee: bigint }[] = []

  constructor(network: ChainNetwork, now: () => number) {
    this.network = network
    this.chain = new TestChain(network)
    const { chain } = this
    this.store = new TemplateStore({
      network,
      tip: () => this.tip(),
      nextBits: () => nextBits(network.proofOfWork.difficulty, chain.ancestry(), network.proofOfWork.limit),
      now,
      select: () => this.selected,
      accept: async (block) => {
        if (this.isFull) throw new Error('The disk is full. Make room.')
        const fault = chain.add(block)
        if (fault) return { status: 'refused', hash: block.hash, fault }
        this.tellTip()
        return { status: 'connected', position: { hash: block.hash, height: chain.height } }
      },
    })
  }

  tip(): ChainTip {
    const { header } = this.chain.tip
    const { height } = this.chain
    return {
      ...{ hash: header.hash, height, work: 0n, time: header.time, bits: header.bits },
      medianTimePast: this.chain.medianTimePastAt(height),
    }
  }

  /** A block of somebody else. */
  mineNext(payTo?: Uint8Array): void {
    const { network, chain } = this
    const bits = nextBits(network.proofOfWork.difficulty, chain.ancestry(), network.proofOfWork.limit)
    chain.mine({ header: { bits }, ...(payTo && { payTo }) })
    this.tellTip()
  }

  tellTip(): void {
    for (const listener of this.#listeners) listener.tipChanged?.({ disconnected: [], connected: [] })
  }

  tellState(): void {
    for (const listener of this.#listeners) listener.stateChanged?.()
  }

  get asMiningChain(): MiningChain {
    const live = this
    return {
      get state() {
        const tip = live.tip()
        return { phase: live.phase, tip, bestHeader: { ...tip, height: tip.height + live.headersAhead } } as ChainState
      },
      watch(listener) {
        live.#listeners.add(listener)
        return () => live.#listeners.delete(listener)
      },
      template: this.store.template,
      submitSolution: this.store.submitSolution,
    }
  }
}

function world({ network = networks.local as ChainNetwork, hashesPerSecond = 1_000 } = {}) {
  const sim = new Simulation({ seed: 7 })
  const { clock, random, log } = sim.host('miner')
  const live = new LiveChain(network, () => Math.floor(clock.wallTime() / SECOND))
  const power = new PowerLever()
  const workers = new SimulatedMiningWorkers({ clock, random, hashesPerSecond })
  const mined: MinedBlock[] = []
  const chain = live.asMiningChain
  const miner = new Miner({
    ...{ clock, random, log, workers, power, network },
    chain: () => chain,
    pauses: () => ({ onBattery: true, whileActive: true }),
    mined: (block) => mined.push(block),
    changed: () => {},
  })
  return { sim, live, power, miner, mined }
}

describe('on the local network', () => {
  test('a block comes each interval, however fast the machine', async () => {
    const { sim, live, miner, mined } = world({ hashesPerSecond: 1_000_000 })
    miner.start(ANYONE_CAN_SPEND)
    await sim.run(60 * SECOND)
    expect(live.chain.height).toBeGreaterThanOrEqual(58)
    expect(live.chain.height).toBeLessThanOrEqual(61)
    expect(mined.length).toBe(live.chain.height)
    expect(miner.meter.blocksFound).toBe(live.chain.height)
    await miner.close()
    await sim.stop()
  })

  test('a block that cannot be kept is said, until one can', async () => {
    const { sim, live, miner, mined } = world()
    live.isFull = true
    miner.start(ANYONE_CAN_SPEND)
    await sim.run(5 * SECOND)
    expect([live.chain.height, mined.length, miner.meter.blocksFound]).toEqual([0, 0, 0])
    expect(miner.notice).toBe('A block that was found here could not be kept. The disk is full. Make room.')
    live.isFull = false
    await sim.run(5 * SECOND)
    expect(mined.length).toBeGreaterThan(0)
    expect(miner.notice).toBe('')
    await miner.close()
    await sim.stop()
  })

  test('blocks are made at once, and not on a network with difficulty', async () => {
    const { sim, live, miner } = world()
    const blocks = await sim.within(SECOND, miner.generate(150, ANYONE_CAN_SPEND))
    expect([blocks.length, live.chain.height]).toEqual([150, 150])
    const other = world({ network: slow })
    await expect(other.miner.generate(1, ANYONE_CAN_SPEND)).rejects.toMatchObject({ code: 'NOT_LOCAL' })
  })
})

describe('on a network with difficulty', () => {
  test('it rests on battery and while somebody is there, and goes on by itself', async () => {
    const { sim, power, miner, live } = world({ network: slow, hashesPerSecond: 0.1 })
    power.set({ onBattery: true })
    miner.start(ANYONE_CAN_SPEND)
    expect(miner.state).toEqual({ kind: 'paused', because: 'battery' })
    await sim.run(60 * SECOND)
    expect(live.chain.height).toBe(0)
    power.set({ onBattery: false, userActive: true })
    expect(miner.state).toEqual({ kind: 'paused', because: 'user-active' })
    power.set({ userActive: false })
    expect(miner.state).toEqual({ kind: 'mining' })
    await sim.run(600 * SECOND)
    expect(live.chain.height).toBeGreaterThan(5)
    await miner.close()
    await sim.stop()
  })

  test('nothing is mined on a chain that is being rebuilt, and nothing after a stop', async () => {
    const { sim, live, miner } = world({ network: slow, hashesPerSecond: 0.1 })
    live.phase = 'rebuilding'
    miner.start(ANYONE_CAN_SPEND)
    expect(miner.state).toEqual({ kind: 'paused', because: 'chain-not-synced' })
    live.phase = 'synced'
    live.tellState()
    await sim.run(300 * SECOND)
    const { height } = live.chain
    expect(height).toBeGreaterThan(0)
    miner.stop()
    await sim.run(300 * SECOND)
    expect([live.chain.height, miner.state.kind]).toEqual([height, 'off'])
    await miner.close()
    await sim.stop()
  })

  test('a chain whose tip is old is mined on once peers have had time to tell of a newer one', async () => {
    const { sim, live, miner } = world({ network: slow, hashesPerSecond: 0.1 })
    live.phase = 'initial-sync'
    miner.start(ANYONE_CAN_SPEND)
    await sim.run(PEERS_MAY_TAKE - SECOND)
    expect([miner.state.kind, live.chain.height]).toEqual(['paused', 0])
    await sim.run(300 * SECOND)
    expect(miner.state.kind).toBe('mining')
    expect(live.chain.height).toBeGreaterThan(0)
    await miner.close()
    await sim.stop()
  })

  test('a few headers whose blocks are kept back stop nobody, and more of them not for ever', async () => {
    const { sim, live, miner } = world({ network: slow, hashesPerSecond: 0.1 })
    miner.start(ANYONE_CAN_SPEND)
    live.headersAhead = HEADERS_UNDER_WAY
    live.tellState()
    expect(miner.state.kind).toBe('mining')
    live.headersAhead++
    live.tellState()
    expect(miner.state).toEqual({ kind: 'paused', because: 'chain-not-synced' })
    await sim.run(PEERS_MAY_TAKE - SECOND)
    expect([miner.state.kind, live.chain.height]).toEqual(['paused', 0])
    await sim.run(2 * SECOND)
    expect(miner.state.kind).toBe('mining')
    // A tip that moves is one that catches up.
    live.mineNext()
    expect(miner.state.kind).toBe('paused')
    await miner.close()
    await sim.stop()
  })

  test('before it has caught up for the first time one missing block is enough to wait for', async () => {
    const { sim, live, miner } = world()
    live.phase = 'initial-sync'
    live.headersAhead = 1
    miner.start(ANYONE_CAN_SPEND)
    expect(miner.state).toEqual({ kind: 'paused', because: 'chain-not-synced' })
    await miner.close()
    await sim.stop()
  })

  test('a block of somebody else ends the work on the tip before it', async () => {
    const { sim, live, miner, mined } = world({ network: slow, hashesPerSecond: 0.1 })
    miner.start(ANYONE_CAN_SPEND)
    for (let i = 0; i < 20; i++) {
      await sim.run(5 * SECOND)
      live.mineNext()
    }
    await sim.run(60 * SECOND)
    // Every block of ours fitted its parent: none was refused.
    expect([miner.notice, live.chain.height]).toEqual(['', 20 + mined.length])
    expect(mined.length).toBeGreaterThan(0)
    await miner.close()
    await sim.stop()
  })

  test('a template is taken up within ten seconds where it pays more, and not where it does not', async () => {
    const { sim, live, miner } = world({ network: slow, hashesPerSecond: 1e-6 })
    const key = new TestKey(1)
    live.mineNext(key.p2wpkh)
    for (let i = 0; i < slow.coinbaseMaturity; i++) live.mineNext()
    miner.start(ANYONE_CAN_SPEND)
    await sim.run(SECOND)
    expect(miner.workedFor).toBe(5_000_000_000n)
    const spend = spendCoins([live.chain.reward(1, key)], [{ value: 4_000_000_000n, scriptPubKey: key.p2wpkh }])
    live.selected = [{ transaction: spend, fee: 1_000_000_000n }]
    await sim.run(LOOK_FOR_FEES)
    expect(miner.workedFor).toBe(6_000_000_000n)
    live.selected = []
    await sim.run(LOOK_FOR_FEES)
    expect(miner.workedFor).toBe(6_000_000_000n)
    await miner.close()
    await sim.stop()
  })
})
