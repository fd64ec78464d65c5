/** Nodes of the chain over a simulated network, and a peer of tests that says what it is told to. */
import { bytesEqual, concatBytes } from '../../kernel/bytes.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import type { SimulatedHost } from '../../simulation/host.ts'
import { Simulation, type SimulationOptions } from '../../simulation/simulation.ts'
import { networks } from '../consensus/networks.ts'
import { AddressManager } from '../network/addrman/address-manager.ts'
import type { CloseReason, PeerConnectionHandler, PeerMessage } from '../network/connection-types.ts'
import { Services } from '../network/messages/index.ts'
import { OwnNonces } from '../network/own-nonces.ts'
import { connectToPeer, PeerConnection } from '../network/peer-connection.ts'
import { PeerToPeerNode, type PeerToPeerOptions } from '../network/peer-to-peer-node.ts'
import type { Block } from '../primitives/block.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { MemoryChain, type MemoryChainOptions } from './memory-chain.ts'
import type { TestChain } from './test-chain.ts'

/** The local network, but a node whose tip is old has still to catch up, as everywhere else. */
const network = { ...networks.local, maxTipAge: networks.main.maxTipAge }

export type NodeOptions = Partial<Pick<PeerToPeerOptions, 'limits' | 'sources' | 'anchors' | 'servesFilters'>> &
  Pick<MemoryChainOptions, 'mode' | 'keptFrom' | 'headerLimits'>

export interface WorldNode {
  readonly host: SimulatedHost
  readonly chain: MemoryChain
  readonly node: PeerToPeerNode
  readonly addresses: AddressManager
}

export class NetworkWorld {
  readonly simulation: Simulation
  readonly nodes: WorldNode[] = []
  readonly #peers: ScriptedPeer[] = []

  constructor(options: Partial<SimulationOptions> = {}) {
    this.simulation = new Simulation({ seed: 1, ...options })
  }

  /** A node that listens at its port; `blocks` are in its chain from the start. */
  async node(blocks: readonly Block[] = [], options: NodeOptions = {}): Promise<WorldNode> {
    const host = this.simulation.host()
    const { clock, random } = host
    const { servesFilters = false } = options
    const chain = await MemoryChain.open({ ...options, network, clock, random })
    for (const block of blocks) await chain.chainstate.acceptBlock(block, 'test', true)
    const addresses = new AddressManager({ clock, random })
    const node = new PeerToPeerNode({
      network,
      chain,
      clock,
      random,
      streams: host.streams,
      log: host.log,
      addresses,
      userAgent: '/Test:1/',
      listen: { host: '0.0.0.0', port: network.port },
      ...options,
      servesFilters,
    })
    await this.simulation.within(1_000, node.start())
    const made = { host, chain, node, addresses }
    this.nodes.push(made)
    return made
  }

  /** `from` keeps to `to` from now on. */
  connect(from: WorldNode, to: WorldNode): void {
    from.node.connect({ host: to.host.address, port: network.port })
  }

  /** A peer that connects to a node. Its handshake is over on both sides. */
  async peerOf(node: WorldNode, options: ScriptedPeerOptions = {}): Promise<ScriptedPeer> {
    const peer = new ScriptedPeer(options.host ?? this.simulation.host(), options)
    this.#peers.push(peer)
    peer.connect(node)
    await this.until(() => peer.heard.length > 0 || peer.closed !== undefined)
    return peer
  }

  /** A peer that a node can connect to. */
  async listeningPeer(options: ScriptedPeerOptions = {}): Promise<ScriptedPeer> {
    const peer = new ScriptedPeer(options.host ?? this.simulation.host(), options)
    this.#peers.push(peer)
    await this.simulation.within(1_000, peer.listen())
    return peer
  }

  until(holds: () => boolean, limit = 60_000): Promise<void> {
    return this.simulation.until(limit, holds)
  }

  /** Lets so many milliseconds pass. */
  run(duration: number): Promise<void> {
    return this.simulation.run(duration)
  }

  /** All have this tip. */
  haveTip(nodes: readonly WorldNode[], hash: Uint8Array): boolean {
    return nodes.every(({ chain }) => Buffer.compare(chain.state.tip.hash, hash) === 0)
  }

  /** Mines a block on the chain of tests, now, and gives it to a node as its own. */
  async mine(node: WorldNode, chain: TestChain, transactions: readonly Transaction[] = []): Promise<Block> {
    const block = chain.mine({ transactions, header: { time: nextTime(node, chain) } })
    await node.chain.acceptBlock(block.bytes(), 'miner', true)
    return block
  }

  async stop(): Promise<void> {
    for (const peer of this.#peers) await this.simulation.within(10_000, peer.stop())
    for (const { node, chain } of this.nodes) {
      await this.simulation.within(10_000, node.stop())
      await this.simulation.within(10_000, chain.close())
    }
    await this.simulation.stop()
  }
}

/** Seconds: now, or after the tip. */
export function nextTime({ host }: { readonly host: SimulatedHost }, chain: TestChain): number {
  return Math.max(Math.floor(host.clock.wallTime() / 1_000), chain.tip.header.time + 1)
}

export interface ScriptedPeerOptions {
  readonly host?: SimulatedHost
  readonly services?: bigint
  readonly magic?: Uint8Array
  readonly startHeight?: number
  readonly relay?: boolean
  readonly userAgent?: string
}

/** The real connection and handshake; beyond that it only notes what it hears. */
export class ScriptedPeer {
  readonly host: SimulatedHost
  readonly heard: PeerMessage[] = []
  closed: CloseReason | undefined
  /** Called for each message. */
  answer: (message: PeerMessage) => void = () => {}
  readonly #options: ScriptedPeerOptions
  readonly #nonces: OwnNonces
  #link: PeerConnection | undefined
  #listener: { close(): Promise<void> } | undefined

  constructor(host: SimulatedHost, options: ScriptedPeerOptions) {
    this.host = host
    this.#options = options
    this.#nonces = new OwnNonces(host.random)
  }

  get isReady(): boolean {
    return this.#link?.isReady === true
  }

  get link(): PeerConnection {
    if (this.#link === undefined) throw new Error('there is no connection')
    return this.#link
  }

  /** Answers `getheaders` and `getdata` for blocks from a chain; `blocks: false` keeps the blocks back. */
  serve(chain: TestChain, { blocks = true } = {}): void {
    this.answer = (message) => {
      if (message.command === 'getheaders') this.#sendHeaders(chain, message.locator)
      if (message.command !== 'getdata' || !blocks) return
      for (const { hash } of message.items) {
        const block = chain.blocks.find((candidate) => bytesEqual(candidate.hash, hash))
        if (block) this.send({ command: 'block', payload: block.bytes() })
      }
    }
  }

  get endpoint() {
    return { host: this.host.address, port: network.port }
  }

  get name(): string {
    return formatEndpoint(this.endpoint)
  }

  connect({ host }: Pick<WorldNode, 'host'>): void {
    const endpoint = { host: host.address, port: network.port }
    this.#link = connectToPeer(this.host.streams, endpoint, this.#handler(), this.#connectionOptions())
  }

  async listen(): Promise<void> {
    this.#listener = await this.host.streams.listen({ host: '0.0.0.0', port: network.port }, (socket) => {
      this.#link = new PeerConnection(socket, 'incoming', this.#handler(), this.#connectionOptions())
      return this.#link
    })
  }

  send(message: PeerMessage): void {
    this.link.send(message)
  }

  /** All heard of this kind, oldest first. */
  all<C extends PeerMessage['command']>(command: C): Extract<PeerMessage, { command: C }>[] {
    return this.heard.filter((message) => message.command === command) as Extract<PeerMessage, { command: C }>[]
  }

  async stop(): Promise<void> {
    this.#link?.disconnect('end of the test')
    await this.#listener?.close()
  }

  #sendHeaders(chain: TestChain, locator: readonly Uint8Array[]): void {
    const heights = locator.map((hash) => chain.blocks.findIndex((block) => bytesEqual(block.hash, hash)))
    const shared = heights.find((height) => height >= 0) ?? 0
    const headers = chain.blocks.slice(shared + 1, shared + 2_001).map(({ header }) => header.bytes())
    this.send({ command: 'headers', headers: concatBytes(headers) })
  }

  #handler(): PeerConnectionHandler {
    return {
      ready: () => {},
      message: (message) => {
        this.heard.push(message)
        this.answer(message)
      },
      closed: (reason) => {
        this.closed = reason
      },
    }
  }

  #connectionOptions() {
    const {
      services = Services.NETWORK | Services.WITNESS,
      magic = network.magic,
      startHeight = 0,
      relay = true,
      userAgent = '/Scripted:1/',
    } = this.#options
    const { clock, random } = this.host
    return {
      magic,
      clock,
      random,
      nonces: this.#nonces,
      services,
      userAgent,
      startHeight: () => startHeight,
      relay,
    }
  }
}
