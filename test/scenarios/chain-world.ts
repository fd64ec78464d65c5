/**
 * Whole nodes of the chain over simulated streams: the real peer-to-peer code, the full chain on a database in memory, and
 * miners that find real proof of work after exponentially distributed times.
 */
import type { ChainTip } from '../../src-main/chain/chain.ts'
import type { ChainNetwork } from '../../src-main/chain/consensus/network.ts'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import { AddressManager } from '../../src-main/chain/network/addrman/address-manager.ts'
import { Services } from '../../src-main/chain/network/messages/index.ts'
import { PeerToPeerNode, type PeerToPeerOptions } from '../../src-main/chain/network/peer-to-peer-node.ts'
import type { NodeChain } from '../../src-main/chain/node/node-chain.ts'
import { type Block, decodeBlock } from '../../src-main/chain/primitives/block.ts'
import { displayHash } from '../../src-main/chain/primitives/hashes.ts'
import type { Transaction } from '../../src-main/chain/primitives/transaction.ts'
import { FREE_SCRIPT } from '../../src-main/chain/test-support/mempool-fixture.ts'
import { SIMULATED_START } from '../../src-main/chain/test-support/recent-chain.ts'
import { TestChain } from '../../src-main/chain/test-support/test-chain.ts'
import { type Millis, SECOND } from '../../src-main/kernel/clock.ts'
import { noPowerMonitor } from '../../src-main/kernel/power.ts'
import { hashesForTarget } from '../../src-main/miner/meter.ts'
import { Miner } from '../../src-main/miner/miner.ts'
import { openSimulatedChain } from '../../src-main/simulation/chain.ts'
import type { SimulatedHost } from '../../src-main/simulation/host.ts'
import { SimulatedMiningWorkers } from '../../src-main/simulation/mining.ts'
import { Simulation, type SimulationOptions } from '../../src-main/simulation/simulation.ts'

/** The local network, but rewards can be spent soon. */
export const QUICK_NETWORK: ChainNetwork = { ...networks.local, coinbaseMaturity: 10 }

export interface ChainWorldOptions extends Partial<SimulationOptions> {
  /** Mean time between blocks of hash rate 1. Default a minute. */
  readonly interval?: Millis
}

export interface ChainNodeOptions extends Partial<Pick<PeerToPeerOptions, 'limits' | 'anchors'>> {
  readonly host?: SimulatedHost
  /** In its chain from the start. */
  readonly blocks?: readonly Block[]
  /** Nodes whose addresses it was given. */
  readonly given?: readonly ChainNode[]
  /** Of a run before this. */
  readonly addresses?: AddressManager
  /** It mines: its part of the hash rate. */
  readonly hashRate?: number
  /** Not among the peers: it hears and tells nothing. */
  readonly isAlone?: boolean
}

/** A change of a node's best chain. */
export interface TipMove {
  readonly at: Millis
  readonly depth: number
  readonly tip: ChainTip
}

export interface FoundBlock {
  readonly hash: string
  readonly height: number
  readonly at: Millis
  readonly by: ChainNode
}

export interface ChainNode {
  readonly host: SimulatedHost
  readonly chain: NodeChain
  readonly node: PeerToPeerNode
  readonly addresses: AddressManager
  readonly hashRate: number
  readonly miner: Miner | undefined
  /** Since it was opened, oldest first. */
  readonly moves: TipMove[]
}

export class ChainWorld {
  readonly simulation: Simulation
  readonly nodes: ChainNode[] = []
  /** By all miners, in the order in which they were found. */
  readonly found: FoundBlock[] = []
  readonly interval: Millis

  constructor({ interval = 60 * SECOND, ...options }: ChainWorldOptions = {}) {
    this.interval = interval
    this.simulation = new Simulation({ seed: 1, ...options })
  }

  async node(options: ChainNodeOptions = {}): Promise<ChainNode> {
    const { host = this.simulation.host(), blocks = [], given = [], hashRate = 0, isAlone = false, ...others } = options
    const { clock, random, streams, log } = host
    const chain = await this.simulation.within(
      SECOND,
      openSimulatedChain(host, { chainNetwork: QUICK_NETWORK, coinCacheBytes: 1_000_000 }),
    )
    for (const block of blocks) await this.simulation.within(SECOND, chain.acceptBlock(block.bytes(), 'test', true))
    const addresses = options.addresses ?? new AddressManager({ clock, random })
    addresses.add(given.map(gossipOf), { origin: 'manual' })
    const node = new PeerToPeerNode({
      ...{ network: QUICK_NETWORK, chain, clock, random, streams, log, userAgent: '/Test:1/', servesFilters: false },
      listen: { host: '0.0.0.0', port: QUICK_NETWORK.port },
      ...others,
      addresses,
    })
    const moves: TipMove[] = []
    const made: ChainNode = {
      ...{ host, chain, node, addresses, hashRate, moves },
      miner: hashRate > 0 ? this.#miner(host, hashRate, chain, () => made) : undefined,
    }
    chain.watch({
      tipChanged: ({ disconnected }) =>
        moves.push({ at: this.simulation.elapsed, depth: disconnected.length, tip: chain.state.tip }),
    })
    if (!isAlone) await this.simulation.within(SECOND, node.start())
    this.nodes.push(made)
    return made
  }

  /** `from` keeps to `to` from now on. */
  connect(from: ChainNode, to: ChainNode): void {
    from.node.connect({ host: to.host.address, port: QUICK_NETWORK.port })
  }

  run(duration: Millis): Promise<void> {
    return this.simulation.run(duration)
  }

  until(holds: () => boolean, limit: Millis = 10 * 60 * SECOND): Promise<void> {
    return this.simulation.until(limit, holds)
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return this.simulation.within(10 * SECOND, promise)
  }

  startMining(nodes: readonly ChainNode[] = this.nodes): void {
    for (const { miner } of nodes) miner?.start(FREE_SCRIPT)
  }

  stopMining(nodes: readonly ChainNode[] = this.nodes): void {
    for (const { miner } of nodes) miner?.stop()
  }

  /** The best chain of a node, from `first` on. */
  async bestChain({ chain }: ChainNode, first = 1): Promise<Block[]> {
    const blocks: Block[] = []
    let { hash, height } = chain.state.tip
    for (; height >= first; height--) {
      const block = decodeBlock((await this.within(chain.block(hash))) as Uint8Array)
      blocks.push(block)
      hash = block.header.previous
    }
    return blocks.reverse()
  }

  /** Ends this node as the end of its program would; its address book lives on. */
  async end(node: ChainNode): Promise<void> {
    this.nodes.splice(this.nodes.indexOf(node), 1)
    await this.within(node.miner?.close() ?? Promise.resolve())
    await this.within(node.node.stop())
    await this.within(node.chain.close())
  }

  async stop(): Promise<void> {
    for (const node of [...this.nodes]) await this.end(node)
    await this.simulation.stop()
  }

  #miner({ clock, random, log }: SimulatedHost, hashRate: number, chain: NodeChain, node: () => ChainNode): Miner {
    const hashesPerSecond = (hashRate * hashesForTarget(QUICK_NETWORK.proofOfWork.limit) * SECOND) / this.interval
    return new Miner({
      ...{ clock, random, log, network: QUICK_NETWORK, power: noPowerMonitor, blockInterval: 0 },
      workers: new SimulatedMiningWorkers({
        ...{ clock, hashesPerSecond, reportEvery: Number.POSITIVE_INFINITY },
        random: random.split('mining'),
      }),
      chain: () => chain,
      pauses: () => ({ onBattery: false, whileActive: false }),
      mined: ({ hash, height }) =>
        this.found.push({ hash: displayHash(hash), height, at: this.simulation.elapsed, by: node() }),
      changed: () => {},
    })
  }
}

/** An address as a person gives it: of a full node, seen now. */
export function gossipOf({ host }: Pick<ChainNode, 'host'>) {
  const services = Services.NETWORK | Services.WITNESS
  return { host: host.publicAddress, port: QUICK_NETWORK.port, time: SIMULATED_START, services }
}

/** A chain of so many blocks that anyone can spend, a second apart, that ends when simulations begin. */
export function startingChain(length: number): TestChain {
  const chain = new TestChain(QUICK_NETWORK)
  for (let i = length; i > 0; i--) chain.mine({ payTo: FREE_SCRIPT, header: { time: SIMULATED_START - i } })
  return chain
}

/** Tips of nodes, each once. */
export function tipsOf(nodes: readonly ChainNode[]): string[] {
  return [...new Set(nodes.map(({ chain }) => displayHash(chain.state.tip.hash)))]
}

/** Blocks that a change of the best chain took away, the most there were. */
export function deepest({ moves }: ChainNode): number {
  return Math.max(0, ...moves.map(({ depth }) => depth))
}

/** Of these, how many are in the mempool of a node. */
export async function heldBy(
  world: ChainWorld,
  { chain }: ChainNode,
  transactions: readonly Transaction[],
): Promise<number> {
  const held = await world.within(chain.mempoolTransactions(transactions.map(({ txid }) => txid)))
  return held.filter((bytes) => bytes !== undefined).length
}
