/**
 * The keys of one host, shared by its virtual nodes: items and peers that its members own or have copies of, the answers to those who
 * ask for them, their transfer when members come and go, their repair, and the searches of this host itself.
 */
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { ChordContact } from '../contact.ts'
import type { HostStore, StoreHost, StoreQuestion } from '../host/host-store.ts'
import type { HostAnswer } from '../host-messages.ts'
import type { ChordMember } from '../member.ts'
import type { ChordSearches, StoredKey } from '../overlay.ts'
import { Acquaintance } from './acquaintance.ts'
import { handOver } from './hand-over.ts'
import { getItem, putItem } from './item-search.ts'
import { type ItemLimits, ItemShelf } from './item-shelf.ts'
import { transfer } from './join-transfer.ts'
import { announcePeer, findPeers } from './peer-search.ts'
import { PeerShelf } from './peer-shelf.ts'
import { ownerAmong, rangeOf } from './places.ts'
import { type ChordItemRecords, ItemRecords } from './records.ts'
import { Repair } from './repair.ts'
import { Replication } from './replication.ts'
import { StoreAnswers } from './store-answers.ts'
import { Strays } from './strays.ts'

export interface ChordStoreOptions {
  /** Where items are kept between runs; nowhere when left out. */
  readonly records?: ChordItemRecords
  readonly limits?: Partial<ItemLimits>
}

export class ChordStore implements HostStore {
  private readonly host: StoreHost
  private readonly shelf: ItemShelf
  private readonly swarms: PeerShelf
  private readonly answers: StoreAnswers
  private readonly repair: Repair
  private readonly records: ItemRecords | undefined
  private runs = false

  constructor(host: StoreHost, { records, limits }: ChordStoreOptions = {}) {
    this.host = host
    const { clock, random, log, port } = host
    this.records = records && new ItemRecords({ records, clock, log })
    const ranges = () => host.members().map(rangeOf)
    this.shelf = new ItemShelf({
      ranges,
      ...(limits ? { limits } : {}),
      changed: (key) => {
        this.records?.note(key)
        if (this.runs) this.records?.plan(this.shelf)
      },
    })
    this.swarms = new PeerShelf(random, ranges)
    const [items, peers] = [this.shelf, this.swarms]
    const members = () => host.members()
    const acquaintance = new Acquaintance({ clock, port, isMember: (endpoint) => host.isMember(endpoint) })
    const replication = new Replication({ port, clock, members })
    this.answers = new StoreAnswers({
      ...{ host, items, peers, acquaintance },
      spread: (keeper, held, done) => replication.spread(keeper, held, done),
    })
    const strays = new Strays({
      ...{ clock, port, items, members },
      isOwn: (endpoint) => host.isOwn(endpoint),
      lookUp: (target, observer, done) => host.lookUp(target, observer, done),
    })
    this.repair = new Repair({ clock, random, port, items, peers, strays, members })
  }

  get itemCount(): number {
    return this.shelf.size
  }

  get infoHashCount(): number {
    return this.swarms.size
  }

  start(): void {
    this.runs = true
    this.records?.load(this.shelf)
    this.repair.start()
  }

  stop(): void {
    this.runs = false
    this.repair.stop()
    this.records?.close(this.shelf)
  }

  beforeJoin(self: ChordContact, predecessor: ChordContact, owner: ChordContact, done: () => void): void {
    if (this.host.isOwn(owner.endpoint)) this.host.clock.after(0, done)
    else transfer(this.parts, { after: predecessor.id, upTo: self.id }, owner.endpoint, done)
  }

  beforeLeave(member: ChordMember, done: () => void): void {
    handOver({ ...this.parts, isDead: (contact) => member.hasFailed(contact) }, member, done)
  }

  neighboursChanged(): void {
    this.repair.neighboursChanged()
  }

  asked(from: Endpoint, question: StoreQuestion, reply: (answer: HostAnswer) => void): void {
    this.answers.answer(from, question, reply)
  }

  keysOf(member: ChordMember): number {
    const range = rangeOf(member)
    return this.shelf.count(range) + this.swarms.count(range)
  }

  items(): readonly StoredKey[] {
    const members = this.host.members()
    const held = this.shelf.all(this.host.clock.now())
    return held.map(({ key, item }) => ({ key, item, owned: ownerAmong(members, key) !== undefined }))
  }

  put(...[item, options, done]: Parameters<ChordSearches['put']>): RunningRequest {
    return putItem(this.host, item, options, done)
  }

  get(...[target, options, done]: Parameters<ChordSearches['get']>): RunningRequest {
    return getItem(this.host, target, options, done)
  }

  peers(...[infoHash, options, done]: Parameters<ChordSearches['peers']>): RunningRequest {
    return findPeers(this.host, infoHash, options, done)
  }

  announce(...[infoHash, options, done]: Parameters<ChordSearches['announce']>): RunningRequest {
    return announcePeer(this.host, infoHash, options, done)
  }

  private get parts() {
    const { port, clock } = this.host
    return { items: this.shelf, peers: this.swarms, port, clock, members: () => this.host.members() }
  }
}
