/**
 * One node of the mainline DHT behind one socket: puts together the routing table with its questions (`Contacts`), joining,
 * upkeep, the answers to others, and the searches.
 *
 * The socket (`rpc`) is its owner's: opened before, closed after `stop`. From its construction on the node answers as its
 * mode allows; it asks nothing before `start`.
 */

import { isSigned } from '../items/ed25519.ts'
import type { GetReport, Item, PutReport, RunningRequest } from '../kernel/key-value-store.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { Query } from '../rpc/krpc-message.ts'
import type { Answer } from '../rpc/rpc-port.ts'
import { Contact } from './contact.ts'
import { Contacts } from './contacts.ts'
import type {
  AnnounceOptions,
  GetPeersOptions,
  GetPeersReply,
  KademliaNodePort,
  KademliaSearches,
  LookupObserver,
  NodeFacts,
  NodePhase,
  PutOptions,
  ScrapeReport,
  StoredItem,
} from './dht.ts'
import { type GetOptions, getItem, putItem, type SearchParts } from './item-search.ts'
import { ItemStore } from './item-store.ts'
import { Joining } from './joining.ts'
import { LookupRunner } from './lookup-runner.ts'
import { NodeId } from './node-id.ts'
import type { KademliaNodeOptions, NodeParts, NodeRpc } from './node-options.ts'
import { OwnId } from './own-id.ts'
import { announcePeer, sampleInfoHashes, scrapePeers, searchPeers } from './peer-search.ts'
import { type InfoHashSample, PeerStore } from './peer-store.ts'
import { QueryAnswers } from './query-answers.ts'
import type { BucketView } from './routing-outcome.ts'
import type { SavedState } from './saved-state.ts'
import { ServingJudge } from './serving.ts'
import { SizeEstimate } from './size-estimate.ts'
import { Upkeep } from './upkeep.ts'

export class KademliaNode implements KademliaNodePort {
  private readonly rpc: NodeRpc
  private readonly parts: NodeParts
  private readonly ownId: OwnId
  private readonly contacts: Contacts
  private readonly joining: Joining
  private readonly upkeep: Upkeep
  private readonly runner: LookupRunner
  private readonly answers: QueryAnswers
  private readonly judge: ServingJudge
  private readonly search: SearchParts
  private readonly unwatch: (() => void) | undefined
  private readonly watchers = new Set<() => void>()
  /** Our address as we were told at the start; says nothing in another network. */
  private toldHost: string | undefined

  constructor(rpc: NodeRpc, parts: NodeParts, options: KademliaNodeOptions) {
    const { clock, random, log } = parts
    this.rpc = rpc
    this.parts = parts
    this.toldHost = options.external
    this.ownId = new OwnId(options, random, clock.wallTime())
    rpc.id = this.ownId.current.bytes
    this.judge = new ServingJudge(options.mode)
    rpc.readOnly = !this.judge.serves
    this.unwatch = options.watchAsked?.((host) => this.judge.sentTo(host, clock.now()))
    const contacts = new Contacts(rpc, parts, options, {
      reached: () => this.joining.reached(),
      lostNeighbour: () => this.upkeep.lostNeighbour(),
      sentTo: (host) => this.judge.sentTo(host, clock.now()),
    })
    this.contacts = contacts
    const size = new SizeEstimate()
    this.runner = new LookupRunner({ clock, contacts, size }, options)
    const peers = new PeerStore(contacts.self, random)
    const items = new ItemStore(contacts.self, isSigned)
    this.search = { clock, contacts, runner: this.runner, size, peers, items, open: new Set() }
    this.joining = new Joining({
      ...{ clock, random, log, contacts, runner: this.runner, options },
      phaseChanged: () => this.changed(),
    })
    this.upkeep = new Upkeep({
      ...{ clock, random, contacts, joining: this.joining, runner: this.runner, refreshes: options.upkeep !== false },
      renewId: () => this.renewId(),
      expire: () => {
        peers.expire(clock.now())
        items.expire(clock.now())
      },
    })
    const { sibling } = options
    this.answers = new QueryAnswers({ clock, random, contacts, peers, items, ...(sibling ? { sibling } : {}) })
    rpc.onQuery((query, from) => this.queried(query, from))
  }

  get phase(): NodePhase {
    return this.joining.phase
  }

  get ready(): boolean {
    return this.joining.phase === 'joined'
  }

  get facts(): NodeFacts {
    const { contacts, joining, search, rpc } = this
    return {
      id: contacts.self,
      family: contacts.family,
      local: rpc.local,
      externalHost: contacts.external.host ?? this.toldHost,
      phase: joining.phase,
      serving: this.judge.serves,
      nodes: contacts.table.size,
      estimatedSize: search.size.nodes,
      counters: rpc.counters,
      storedInfoHashes: search.peers.size,
      storedItems: search.items.size,
      retryAt: joining.retryAt,
    }
  }

  closest(target: NodeId, n: number): readonly Contact[] {
    return this.contacts.table.closest(target, n, (_, fails) => fails === 0)
  }

  watch(changed: () => void): () => void {
    this.watchers.add(changed)
    return () => {
      this.watchers.delete(changed)
    }
  }

  buckets(): readonly BucketView[] {
    return this.contacts.table.view()
  }

  items(): readonly StoredItem[] {
    return this.search.items.list()
  }

  start(): void {
    if (this.joining.phase !== 'stopped') return
    this.upkeep.start()
    this.joining.start()
  }

  /** As `start`, joined at once with nodes that are known to be there: a laboratory's warm start. Never with hearsay. */
  startWith(contacts: readonly Contact[]): void {
    if (this.joining.phase !== 'stopped') return
    this.contacts.table.load(contacts, this.parts.clock.now())
    this.joining.assumeJoined()
    this.upkeep.start()
  }

  stop(): void {
    this.upkeep.stop()
    this.runner.stop()
    for (const write of [...this.search.open]) write.cancel()
    this.contacts.stop()
    this.joining.stop()
    this.unwatch?.()
  }

  suggest(endpoints: readonly Endpoint[]): void {
    if (this.joining.phase !== 'stopped') this.joining.suggest(endpoints)
  }

  networkChanged(): void {
    this.contacts.external.clear()
    this.toldHost = undefined
    this.judge.reset()
    this.applyServing()
    this.joining.again()
  }

  saved(): SavedState {
    return { id: this.contacts.self, idSince: this.ownId.since, contacts: this.joining.toSave() }
  }

  findNode(target: NodeId, observer: LookupObserver<undefined>): RunningRequest {
    const args = { target: target.bytes, ...this.contacts.want }
    return this.runner.run({ target, method: 'find_node', args }, observer)
  }

  getPeers(infoHash: NodeId, options: GetPeersOptions, observer: LookupObserver<GetPeersReply>): RunningRequest {
    return searchPeers(this.search, infoHash, options, observer)
  }

  announce(
    infoHash: NodeId,
    options: AnnounceOptions,
    observer: Parameters<KademliaSearches['announce']>[2],
  ): RunningRequest {
    return announcePeer(this.search, infoHash, options, observer)
  }

  scrape(infoHash: NodeId, done: (report: ScrapeReport) => void): RunningRequest {
    return scrapePeers(this.search, infoHash, done)
  }

  sample(target: NodeId, observer: LookupObserver<InfoHashSample>): RunningRequest {
    return sampleInfoHashes(this.search, target, observer)
  }

  put(item: Item, options: PutOptions, done: (report: PutReport) => void): RunningRequest {
    return putItem(this.search, item, options, done)
  }

  get(target: NodeId, options: GetOptions, done: (report: GetReport) => void): RunningRequest {
    return getItem(this.search, target, options, done)
  }

  private queried(query: Query, from: Endpoint): Answer | undefined {
    // Before anything is sent there, or it would be no stranger any more.
    if (this.judge.queriedFrom(from.host, this.parts.clock.now())) this.applyServing()
    this.contacts.asked(new Contact(NodeId.over(query.id), from), query.readOnly)
    return this.judge.serves ? this.answers.answer(query, from) : undefined
  }

  private applyServing(): void {
    if (this.rpc.readOnly === !this.judge.serves) return
    this.rpc.readOnly = !this.judge.serves
    this.parts.log.write('info', this.judge.serves ? 'serving' : 'read-only')
    this.changed()
  }

  /** Another id where ours does not fit how others see us; the table is built anew around it, what is stored here stays. */
  private renewId(): void {
    const { clock, log } = this.parts
    const host = this.contacts.external.host ?? this.toldHost
    if (!this.ownId.renew(host, clock.now(), clock.wallTime())) return
    this.contacts.changeId(this.ownId.current)
    this.search.peers.moveTo(this.ownId.current)
    this.search.items.moveTo(this.ownId.current)
    log.write('info', 'new id', { id: this.ownId.current.toString() })
    if (this.joining.phase === 'joined') this.joining.lookUpSelf()
    this.changed()
  }

  private changed(): void {
    for (const watcher of [...this.watchers]) watcher()
  }
}
