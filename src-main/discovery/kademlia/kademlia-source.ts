/**
 * The mainline DHT as a `PeerSource`: looks for peers and announces us at the start, then about every 15 minutes; while no
 * others have been found, or nobody took the announcement, after 15 s, then after twice as long each time, because a person
 * who has just pasted a magnet link is waiting. Waits while no node has joined and begins when one has.
 *
 * Make one for all torrents: its announces take turns, `AT_ONCE` at a time. Private torrents must not be given to it
 * (BEP 27). Port 0 means that we take no connections: then it looks for peers and announces nothing.
 */

import type { GetPeersReply, KademliaSearches } from '../../kademlia/dht.ts'
import type { LookupResult } from '../../kademlia/lookup-result.ts'
import { NodeId } from '../../kademlia/node-id.ts'
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Following, PeerSource, PeerSourceStatus, Subject } from '../../kernel/peer-source.ts'
import type { Random } from '../../kernel/random.ts'
import { type Turn, Turns } from './turns.ts'

export const ANNOUNCE_EVERY: Millis = 15 * MINUTE
/** The first pause while no peers were found or nobody knows of us; then twice as long each time, up to `ANNOUNCE_EVERY`. */
export const FIRST_PAUSE: Millis = 15 * SECOND
/** The shortest time between two searches that `refresh` asks for. */
export const SHORTEST_PAUSE: Millis = 30 * SECOND
export const AT_ONCE = 8
/** Peers of one search that are told apart, so that the count of them costs little for a thousand torrents. */
export const MAX_COUNTED = 1_000
/** How often a DHT that is off is looked at again. */
const LOOK_AGAIN: Millis = 15 * SECOND
export const SOURCE_NAME = 'DHT'

export interface KademliaSourceOptions {
  /** Asked anew each time; undefined while the DHT is off. */
  readonly dht: () => KademliaSearches | undefined
  readonly clock: Clock
  readonly random: Random
}

export function kademliaSource(options: KademliaSourceOptions): PeerSource {
  const turns = new Turns(AT_ONCE)
  return { kind: 'kademlia', follow: (subject, found) => new KademliaFollowing(options, turns, subject, found) }
}

class KademliaFollowing implements Following {
  private readonly options: KademliaSourceOptions
  private readonly turns: Turns
  private readonly subject: Subject
  private readonly infoHash: NodeId
  private readonly found: (endpoints: readonly Endpoint[]) => void
  private state: PeerSourceStatus['state'] = 'idle'
  private message = ''
  /** `host port` of the peers of the last search. */
  private peers = new Set<string>()
  /** The next pause while no peers are found. */
  private searchPause: Millis = FIRST_PAUSE
  private startedAt: Millis = -Infinity
  private nextAt: Millis | undefined
  private timer: Timer | undefined
  private unwatch: (() => void) | undefined
  private turn: Turn | undefined
  private running: RunningRequest | undefined
  private isStopped = false

  constructor(
    options: KademliaSourceOptions,
    turns: Turns,
    subject: Subject,
    found: (endpoints: readonly Endpoint[]) => void,
  ) {
    this.options = options
    this.turns = turns
    this.subject = subject
    this.infoHash = NodeId.of(subject.infoHash)
    this.found = found
    // Nothing may be found from within `follow`.
    this.plan(0)
  }

  completed(): void {
    this.refresh()
  }

  refresh(): void {
    if (this.isStopped || this.turn) return
    this.plan(Math.max(0, this.startedAt + SHORTEST_PAUSE - this.options.clock.now()))
  }

  status(): readonly PeerSourceStatus[] {
    const line = { name: SOURCE_NAME, tier: 0, seeds: undefined, leechers: undefined, peers: this.peers.size }
    if (!this.options.dht()) return [{ ...line, state: 'off', message: '', nextAt: undefined }]
    const { state, message, nextAt } = this
    return [{ ...line, state, message, nextAt: this.isStopped ? undefined : nextAt }]
  }

  /** The DHT has no goodbye: others forget us after a while. */
  async stop(): Promise<void> {
    this.isStopped = true
    this.timer?.cancel()
    this.unwatch?.()
    this.running?.cancel()
    this.turn?.end()
    this.state = 'idle'
  }

  private plan(delay: Millis): void {
    this.timer?.cancel()
    this.nextAt = this.options.clock.now() + delay
    this.timer = this.options.clock.after(delay, () => this.begin())
  }

  private begin(): void {
    this.unwatch?.()
    this.unwatch = undefined
    this.timer = undefined
    this.nextAt = undefined
    const dht = this.options.dht()
    if (!dht?.ready) this.wait(dht)
    else {
      this.state = 'announcing'
      this.turn = this.turns.take(() => this.search(dht))
    }
  }

  private wait(dht: KademliaSearches | undefined): void {
    this.state = dht ? 'idle' : 'off'
    this.message = dht ? 'waiting for the first nodes' : ''
    this.plan(LOOK_AGAIN)
    this.nextAt = undefined
    this.unwatch = dht?.watch(() => {
      if (dht.ready) this.plan(0)
    })
  }

  private search(dht: KademliaSearches): void {
    this.startedAt = this.options.clock.now()
    this.peers = new Set()
    const port = this.subject.port()
    const seed = this.subject.totals().left === 0
    const found = ({ peers }: GetPeersReply) => this.report(peers)
    const done = (lookup: LookupResult<GetPeersReply>, stored?: number) => this.ended(lookup, stored)
    this.running =
      port === 0
        ? dht.getPeers(this.infoHash, { noSeeds: seed }, { found, done })
        : dht.announce(this.infoHash, { port, seed }, { found, done: ({ lookup, stored }) => done(lookup, stored) })
  }

  private report(peers: readonly Endpoint[]): void {
    if (this.isStopped || peers.length === 0) return
    for (const { host, port } of peers) {
      if (this.peers.size >= MAX_COUNTED) break
      this.peers.add(`${host} ${port}`)
    }
    this.found(peers)
  }

  private ended({ requests, hops, replies }: LookupResult<GetPeersReply>, stored: number | undefined): void {
    this.running = undefined
    const turn = this.turn
    this.turn = undefined
    this.state = replies > 0 ? 'working' : 'failed'
    const announced = stored === undefined ? '' : `, announced to ${stored}`
    this.message = `${counted(requests, 'node')} asked, ${counted(hops, 'hop')}${announced}`
    const dht = this.options.dht()
    // Its nodes may have gone in the middle of the search: it is begun again once there are others.
    if (replies === 0 && !dht?.ready) this.wait(dht)
    else this.plan(this.pause(stored))
    turn?.end()
  }

  /** A single peer at our own port is most likely what we have announced ourselves. */
  private hasOthers(): boolean {
    const own = ` ${this.subject.port()}`
    return this.peers.size > 1 || [...this.peers].some((endpoint) => !endpoint.endsWith(own))
  }

  /** @param stored nodes that took our announcement; undefined where there was none */
  private pause(stored: number | undefined): Millis {
    const isEnough = this.hasOthers() && stored !== 0
    const pause = isEnough ? ANNOUNCE_EVERY : this.searchPause
    this.searchPause = isEnough ? FIRST_PAUSE : Math.min(ANNOUNCE_EVERY, this.searchPause * 2)
    return pause - this.options.random.below(Math.ceil(pause / 5))
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
