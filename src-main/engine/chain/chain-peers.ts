/**
 * Our node among its peers, over the life of the engine: it stands while a chain is open and not being rebuilt. Addresses of
 * others and the last peers are kept from run to run beside chain.db.
 */
import { join } from 'node:path'
import type { ChainPeerRow } from '#shared/contract/peers.ts'
import type { Settings } from '#shared/contract/settings.ts'
import type { ChainNetwork } from '../../chain/consensus/network.ts'
import { isLightNodeChain } from '../../chain/light/light-calls.ts'
import type { AddressManager } from '../../chain/network/addrman/address-manager.ts'
import { decodeAnchors, encodeAnchors } from '../../chain/network/addrman/anchors.ts'
import { MAX_SAVED_BYTES, openAddresses, saveAddresses } from '../../chain/network/addrman/saved-addresses.ts'
import { PeerToPeerNode } from '../../chain/network/peer-to-peer-node.ts'
import { FilterSync } from '../../chain/network/sync/filter-sync.ts'
import type { NodeChain } from '../../chain/node/node-chain.ts'
import { decodeTransaction } from '../../chain/primitives/transaction-decoding.ts'
import { type Clock, MINUTE, type Timer } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Log } from '../../kernel/log.ts'
import { type Endpoint, formatEndpoint, type Resolver, type Streams } from '../../kernel/network.ts'
import type { PeerSource } from '../../kernel/peer-source.ts'
import type { Random } from '../../kernel/random.ts'
import { WholeFile } from '../../storage/whole-file.ts'
import { parseHostPort } from '../overlays/bootstrap-nodes.ts'
import { Watchers } from '../watchers.ts'
import type { ChainHost } from './chain-host.ts'
import type { ChainPeersFacts } from './chain-info.ts'

const SAVE_ADDRESSES_EVERY = 15 * MINUTE
const MAX_ANCHORS_BYTES = 1_000

export interface ChainPeersParts {
  readonly host: ChainHost
  readonly clock: Clock
  readonly random: Random
  readonly streams: Streams
  readonly resolver: Resolver
  readonly files: FileStore
  readonly log: Log
  readonly profile: string
  readonly version: string
  readonly network: ChainNetwork
  /** Ways to find peers. */
  readonly sources: readonly PeerSource[]
  /** Where to take connections, in order of preference. */
  readonly listenAt: () => readonly Endpoint[]
  readonly settings: () => Pick<Settings, 'chainPeers'>
}

interface Running {
  readonly chain: NodeChain
  readonly node: PeerToPeerNode
  readonly addresses: AddressManager
  readonly timer: Timer
  readonly unwatch: () => void
}

export class ChainPeers {
  readonly watchers = new Watchers()
  readonly #parts: ChainPeersParts
  #running: Running | undefined
  #last: Promise<void> = Promise.resolve()
  #unwatchChain: (() => void) | undefined
  #watched: NodeChain | undefined
  #notice = ''
  /** Of a light node that runs. */
  #filters: FilterSync | undefined
  #named: readonly string[] = []

  constructor(parts: ChainPeersParts) {
    this.#parts = parts
    parts.host.watchers.add(() => this.#follow())
  }

  get node(): PeerToPeerNode | undefined {
    return this.#running?.node
  }

  facts(): ChainPeersFacts {
    const { node } = this
    const listening = node?.listening
    const progress = node?.progress
    return {
      connected: node?.peerCount ?? 0,
      listening: listening && formatEndpoint(listening),
      sync: progress && { done: progress.done, total: progress.total, rate: progress.rate },
      notice: this.#notice,
      light: this.#filters?.state,
    }
  }

  rows(): ChainPeerRow[] {
    return (this.node?.rows() ?? []).map(({ height, ping, origin, services, ...row }) => ({
      ...row,
      services: [...services],
      ...(height !== undefined && { height }),
      ...(ping !== undefined && { ping }),
      source: origin === 'tracker' || origin === 'pex' ? 'gossip' : origin,
    }))
  }

  /** Connects to a peer by name or address and keeps to it. */
  async connect({ host, port }: Endpoint): Promise<void> {
    const [address] = await this.#parts.resolver.resolve(host)
    if (address !== undefined) this.node?.connect({ host: address, port })
  }

  /** Announces a transaction that our mempool has to every peer, also to those that were told of it before. */
  announceAgain({ bytes }: { readonly bytes: Uint8Array }): void {
    const { txid, wtxid } = decodeTransaction(bytes)
    // What it pays the mempool has judged; peers say themselves what they do not want.
    this.node?.announceAgain({ txid, wtxid, feeRate: Number.MAX_SAFE_INTEGER })
  }

  /** Other settings, or another network: sockets are opened anew. Settles when they are; never fails. */
  configure(): Promise<void> {
    this.#last = this.#last.then(() => this.#apply())
    return this.#last
  }

  /** Sockets that were opened under another policy close, and are opened anew. */
  async reconnect(): Promise<void> {
    this.#last = this.#last.then(() => this.#close())
    await this.configure()
  }

  async stop(): Promise<void> {
    this.#last = this.#last.then(() => this.#close())
    await this.#last
  }

  #follow(): void {
    const { chain } = this.#parts.host
    if (chain !== this.#watched) {
      this.#unwatchChain?.()
      this.#watched = chain
      // A rebuild begins and ends with a change of state.
      this.#unwatchChain = chain?.watch({ stateChanged: () => this.#phaseMayHaveChanged() })
    }
    void this.configure()
  }

  #phaseMayHaveChanged(): void {
    if (this.#isWanted() !== (this.#running !== undefined)) void this.configure()
  }

  #isWanted(): boolean {
    const { chain } = this.#parts.host
    return chain !== undefined && chain.state.phase !== 'rebuilding' && chain.state.phase !== 'opening'
  }

  async #apply(): Promise<void> {
    const { chain } = this.#parts.host
    if (this.#running && (this.#running.chain !== chain || !this.#isWanted())) await this.#close()
    if (!this.#running && chain && this.#isWanted()) await this.#open(chain)
    await this.#keepToNamed()
  }

  async #open(chain: NodeChain): Promise<void> {
    const { clock, log } = this.#parts
    const addresses = openAddresses(await this.#addressFile().read(), this.#parts)
    const anchors = decodeAnchors((await this.#anchorFile().read()) ?? new Uint8Array(0))
    const node = await this.#listeningNode(chain, addresses, anchors)
    const timer = clock.every(SAVE_ADDRESSES_EVERY, () => void this.#addressFile().write(saveAddresses(addresses)))
    const unwatch = chain.watch({ tipChanged: () => this.watchers.notify() })
    this.#running = { chain, node, addresses, timer, unwatch }
    log.write('info', 'chain peers', { listening: node.listening && formatEndpoint(node.listening) })
    this.watchers.notify()
  }

  /** Where no candidate can be listened at, it only connects to others. */
  async #listeningNode(chain: NodeChain, addresses: AddressManager, anchors: Endpoint[]): Promise<PeerToPeerNode> {
    const { clock, random, streams, log, network, sources, version } = this.#parts
    const make = (listen: Endpoint | undefined) =>
      new PeerToPeerNode({
        ...{ network, chain, clock, random, streams, log, addresses, anchors, sources },
        userAgent: `/Shoal:${version}/`,
        servesFilters: chain.state.mode !== 'light',
        ...(isLightNodeChain(chain) && {
          blockSync: (context, headers) => {
            this.#filters = new FilterSync(context, headers, chain)
            return this.#filters
          },
        }),
        ...(listen && { listen }),
      })
    for (const candidate of this.#parts.listenAt()) {
      const node = make(candidate)
      try {
        await node.start()
        this.#notice = ''
        return node
      } catch (error) {
        await node.stop()
        this.#notice = `Port ${candidate.port} of the chain cannot be opened (${codeOf(error)}), so nobody can connect to you; choose another in Settings.`
        log.write('warn', 'chain cannot listen', { at: formatEndpoint(candidate), code: codeOf(error) })
      }
    }
    const node = make(undefined)
    await node.start()
    return node
  }

  async #close(): Promise<void> {
    const running = this.#running
    if (!running) return
    this.#running = undefined
    this.#filters = undefined
    this.#named = []
    running.timer.cancel()
    running.unwatch()
    const { anchors } = running.node
    await running.node.stop()
    await this.#addressFile().write(saveAddresses(running.addresses))
    await this.#anchorFile().write(encodeAnchors(anchors))
    this.watchers.notify()
  }

  /** Peers of the settings: those that are new are connected to, those taken off are let go. */
  async #keepToNamed(): Promise<void> {
    const { resolver, settings, log } = this.#parts
    const { node } = this
    if (!node) return
    const named = settings().chainPeers
    const change = async (text: string, act: (endpoint: Endpoint) => void) => {
      const parsed = parseHostPort(text)
      if (!parsed) return
      try {
        const [host] = await resolver.resolve(parsed.host)
        if (host !== undefined) act({ host, port: parsed.port })
      } catch (error) {
        log.write('warn', 'chain peer not found', { peer: text, code: codeOf(error) })
      }
    }
    for (const text of this.#named) if (!named.includes(text)) await change(text, (endpoint) => node.forget(endpoint))
    for (const text of named) if (!this.#named.includes(text)) await change(text, (endpoint) => node.connect(endpoint))
    this.#named = [...named]
  }

  #addressFile(): WholeFile {
    return this.#file('peers.dat', MAX_SAVED_BYTES)
  }

  #anchorFile(): WholeFile {
    return this.#file('anchors.dat', MAX_ANCHORS_BYTES)
  }

  #file(name: string, maxBytes: number): WholeFile {
    const { files, log, profile, network } = this.#parts
    return new WholeFile({ files, log, path: join(profile, 'chain', network.name, name), maxBytes })
  }
}
