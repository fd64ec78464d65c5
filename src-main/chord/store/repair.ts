/**
 * Keeps copies where they belong: what a member of ours owns, (predecessor, self], is compared with each of the next three distinct
 * hosts every `SYNC_EVERY` or so, and soon after a neighbour has changed; peers of info-hashes go to the first of them when
 * that is another than before. At the end of each round strays are looked after (`strays.ts`).
 *
 * Limits: one comparison of a member at a time, `SYNCS_AT_ONCE` in all, `MAX_QUEUED` waiting; one of `MAX_SYNC_QUESTIONS` goes on in the next
 * round.
 */
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { ChordContact } from '../contact.ts'
import type { HostPort } from '../host-messages.ts'
import { swarmOf } from './copies-page.ts'
import type { ItemShelf } from './item-shelf.ts'
import type { PeerShelf } from './peer-shelf.ts'
import { type Place, rangeOf, replicaHosts } from './places.ts'
import { RangeSync } from './range-sync.ts'
import type { Strays } from './strays.ts'

export const SYNC_EVERY: Millis = MINUTE
export const SOON: Millis = 2 * SECOND
export const SYNCS_AT_ONCE = 4
export const MAX_QUEUED = 256
/** Info-hashes whose peers go to a new neighbour. */
export const MAX_SWARMS_GIVEN = 256

export interface RepairParts {
  readonly clock: Clock
  readonly random: Random
  readonly port: HostPort
  readonly items: ItemShelf
  readonly peers: PeerShelf
  readonly strays: Strays
  members(): readonly Place[]
}

interface Job {
  readonly place: Place
  readonly with: Endpoint
}

export class Repair {
  private readonly parts: RepairParts
  private readonly queue = new Map<string, Job>()
  private readonly running = new Map<Place, RangeSync>()
  /** Before whom each member stood, and who had its copies, when that was last looked at. */
  private readonly neighbours = new WeakMap<Place, readonly string[]>()
  private round: Timer | undefined
  private soon: Timer | undefined
  private runs = false

  constructor(parts: RepairParts) {
    this.parts = parts
  }

  /** Comparisons that run or wait. */
  get open(): number {
    return this.queue.size + this.running.size
  }

  start(): void {
    this.runs = true
    this.plan()
  }

  stop(): void {
    this.runs = false
    this.round?.cancel()
    this.soon?.cancel()
    for (const sync of this.running.values()) sync.cancel()
    this.running.clear()
    this.queue.clear()
    this.parts.strays.stop()
  }

  /** Only noted: a member may be in the middle of its change. */
  neighboursChanged(): void {
    if (!this.runs) return
    this.soon ??= this.parts.clock.after(this.around(SOON), () => {
      this.soon = undefined
      // What one of them has learnt may show another who its replicas are.
      for (const place of this.parts.members()) this.look(place)
      this.pump()
    })
  }

  private replicasOf(place: Place): ChordContact[] {
    return replicaHosts(place, this.parts.members())
  }

  /** Compares with all replicas where there is another predecessor or another replica; a new first one is given the peers. */
  private look(place: Place): void {
    const hosts = this.replicasOf(place).map(({ endpoint }) => formatEndpoint(endpoint))
    const now = [String(place.predecessor.id), ...hosts]
    const [before, first, ...others] = this.neighbours.get(place) ?? []
    this.neighbours.set(place, now)
    if (now.join() === [before, first, ...others].join()) return
    if (hosts[0] !== undefined && hosts[0] !== first) this.giveSwarms(place)
    this.add(place)
  }

  private plan(): void {
    this.round = this.parts.clock.after(this.around(SYNC_EVERY), () => {
      this.plan()
      const now = this.parts.clock.now()
      this.parts.items.expire(now)
      this.parts.peers.expire(now)
      for (const place of this.parts.members()) this.add(place)
      this.pump()
      this.parts.strays.look()
    })
  }

  private add(place: Place): void {
    for (const { endpoint } of this.replicasOf(place)) {
      const name = `${place.self.id} ${formatEndpoint(endpoint)}`
      if (this.queue.size < MAX_QUEUED) this.queue.set(name, { place, with: endpoint })
    }
  }

  private pump(): void {
    for (const [name, job] of this.queue) {
      if (this.running.size >= SYNCS_AT_ONCE) return
      if (this.running.has(job.place)) continue
      this.queue.delete(name)
      if (this.parts.members().includes(job.place)) this.run(job)
    }
  }

  private run({ place, with: endpoint }: Job): void {
    const sync = new RangeSync(this.parts, { range: rangeOf(place), with: endpoint }, () => {
      this.running.delete(place)
      this.pump()
    })
    this.running.set(place, sync)
    sync.start()
  }

  private giveSwarms(place: Place): void {
    const [first] = this.replicasOf(place)
    if (!first) return
    const { peers, port, clock } = this.parts
    for (const infoHash of peers.inRange(rangeOf(place)).slice(0, MAX_SWARMS_GIVEN)) {
      const swarm = swarmOf(peers, infoHash, clock.now())
      if (swarm.peers.length > 0) port.ask(first.endpoint, { kind: 'storePeers', ...swarm }, UNHEARD)
    }
  }

  /** From half of it to half as much again. */
  private around(period: Millis): Millis {
    return period / 2 + this.parts.random.below(period)
  }
}

/** What is not taken is announced again by its peers. */
const UNHEARD = { answered() {}, missed() {} }
