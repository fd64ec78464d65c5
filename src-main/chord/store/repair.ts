/**
 * Keeps copies where they belong: what a member of ours owns, (predecessor, self], is compared with each of the next three distinct
 * hosts every `SYNC_EVERY` or so, and soon after a neighbour has changed; those of them that were not given the peers of its info-hashes
 * are given them. At the end of each round strays are looked after (`strays.ts`).
 *
 * Limits: one comparison of a member at a time, `SYNCS_AT_ONCE` in all, `MAX_QUEUED` waiting; one of `MAX_SYNC_QUESTIONS` goes on in the next
 * round.
 */
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { ChordContact } from '../contact.ts'
import type { HostPort, KeyRange } from '../host-messages.ts'
import { owns, type RingId } from '../ring-id.ts'
import { givePeers } from './give-peers.ts'
import type { ItemShelf } from './item-shelf.ts'
import type { PeerShelf } from './peer-shelf.ts'
import { type Place, rangeOf, replicaHosts } from './places.ts'
import { RangeSync } from './range-sync.ts'
import type { Strays } from './strays.ts'

export const SYNC_EVERY: Millis = MINUTE
export const SOON: Millis = 2 * SECOND
export const SYNCS_AT_ONCE = 4
export const MAX_QUEUED = 256
/** For the peers of one replica, however slowly it answers: others wait. */
export const LONGEST_GIVING: Millis = 2 * MINUTE
/** Info-hashes of a member whose peers go to a new replica. */
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

/** To whom the peers of all info-hashes from behind `after` on have gone. */
interface Given {
  readonly after: RingId
  readonly to: ReadonlySet<string>
}

export class Repair {
  private readonly parts: RepairParts
  private readonly queue = new Map<string, Job>()
  private readonly running = new Map<Place, RunningRequest>()
  /** Before whom each member stood, and who had its copies, when that was last looked at. */
  private readonly neighbours = new WeakMap<Place, readonly string[]>()
  private readonly given = new WeakMap<Place, Given>()
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

  /** Compares with all replicas where there is another predecessor or another replica. */
  private look(place: Place): void {
    const now = [
      String(place.predecessor.id),
      ...this.replicasOf(place).map(({ endpoint }) => formatEndpoint(endpoint)),
    ]
    const before = this.neighbours.get(place) ?? []
    this.neighbours.set(place, now)
    if (now.join() !== before.join()) this.add(place)
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
    let step: RunningRequest | undefined
    this.running.set(place, {
      cancel: () => {
        limit?.cancel()
        step?.cancel()
      },
    })
    let limit: Timer | undefined
    const over = () => {
      limit?.cancel()
      this.running.delete(place)
      this.pump()
    }
    const givePeers = () => {
      limit = this.parts.clock.after(LONGEST_GIVING, () => {
        step?.cancel()
        over()
      })
      step = this.givePeers(place, endpoint, over)
    }
    const sync = new RangeSync(this.parts, { range: rangeOf(place), with: endpoint }, (outcome) => {
      if (outcome === 'failed') over()
      else givePeers()
    })
    step = sync
    sync.start()
  }

  private givePeers(place: Place, to: Endpoint, over: () => void): RunningRequest | undefined {
    const range = rangeOf(place)
    const name = formatEndpoint(to)
    if (this.haveGot(place, range).includes(name)) {
      over()
      return undefined
    }
    return givePeers(this.parts, { range, to, most: MAX_SWARMS_GIVEN }, (isWhole) => {
      const replicas = new Set(this.replicasOf(place).map(({ endpoint }) => formatEndpoint(endpoint)))
      const others = this.haveGot(place, range).filter((host) => replicas.has(host))
      if (isWhole) this.given.set(place, { after: range.after, to: new Set([...others, name]) })
      over()
    })
  }

  /** Replicas that were given the peers of this range. */
  private haveGot(place: Place, range: KeyRange): string[] {
    const { after = range.after, to = [] } = this.given.get(place) ?? {}
    const hasGrown = !after.equals(range.after) && owns(range.after, after, range.upTo)
    return hasGrown ? [] : [...to]
  }

  /** From half of it to half as much again. */
  private around(period: Millis): Millis {
    return period / 2 + this.parts.random.below(period)
  }
}
