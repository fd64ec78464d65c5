/**
 * An overlay as a `PeerSource`: looks for peers and announces us at the start, then about every 15 minutes; while no others
 * have been found, or nobody took the announcement, after 15 s, then after twice as long each time, because a person who has
 * just pasted a magnet link is waiting. Waits while there is nobody to ask and begins when there is.
 *
 * Make one for all torrents: its announces take turns, `AT_ONCE` at a time. Private torrents must not be given to it
 * (BEP 27). Port 0 means that we take no connections: then it looks for peers and announces nothing.
 */
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
/** How often an overlay that is off is looked at again. */
const LOOK_AGAIN: Millis = 15 * SECOND

/** One search of an overlay for the peers of an info-hash. */
export interface PeerSearch {
  /** 20 bytes. */
  readonly infoHash: Uint8Array
  /** Where we take connections, to be announced after the search; 0 announces nothing. */
  readonly port: number
  /** We have everything: other seeds need not be named. */
  readonly seed: boolean
}

/** How a search ended. */
export interface PeerSearchEnd {
  /** Whether anybody answered. */
  readonly answered: boolean
  readonly requests: number
  readonly hops: number
  readonly took: Millis
  /** So many took our announcement; undefined where there was none. */
  readonly stored: number | undefined
}

/** What the source needs of an overlay. */
export interface SearchedOverlay {
  /** Whether there is anybody to ask. */
  readonly ready: boolean
  /** Calls `changed` whenever `ready` may have changed, until the result is called. */
  watch(changed: () => void): () => void
  /** Neither `found` nor `done` is called from within. */
  search(
    wanted: PeerSearch,
    found: (peers: readonly Endpoint[]) => void,
    done: (end: PeerSearchEnd) => void,
  ): RunningRequest
}

export interface OverlaySourceOptions {
  readonly kind: PeerSource['kind']
  /** Of its line in the trackers view. */
  readonly name: string
  /** What those that are asked are called: `node`, `host`. */
  readonly asked: string
  /** Asked anew each time; undefined while it is off. */
  readonly overlay: () => SearchedOverlay | undefined
  readonly clock: Clock
  readonly random: Random
}

export function overlaySource(options: OverlaySourceOptions): PeerSource {
  const turns = new Turns(AT_ONCE)
  return { kind: options.kind, follow: (subject, found) => new OverlayFollowing(options, turns, subject, found) }
}

class OverlayFollowing implements Following {
  private readonly options: OverlaySourceOptions
  private readonly turns: Turns
  private readonly subject: Subject
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
    options: OverlaySourceOptions,
    turns: Turns,
    subject: Subject,
    found: (endpoints: readonly Endpoint[]) => void,
  ) {
    this.options = options
    this.turns = turns
    this.subject = subject
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
    const line = { name: this.options.name, tier: 0, seeds: undefined, leechers: undefined, peers: this.peers.size }
    if (!this.options.overlay()) return [{ ...line, state: 'off', message: '', nextAt: undefined }]
    const { state, message, nextAt } = this
    return [{ ...line, state, message, nextAt: this.isStopped ? undefined : nextAt }]
  }

  /** An overlay has no goodbye: others forget us after a while. */
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
    const overlay = this.options.overlay()
    if (!overlay?.ready) this.wait(overlay)
    else {
      this.state = 'announcing'
      this.turn = this.turns.take(() => this.search(overlay))
    }
  }

  private wait(overlay: SearchedOverlay | undefined): void {
    this.state = overlay ? 'idle' : 'off'
    this.message = overlay ? `waiting for the first ${this.options.asked}s` : ''
    this.plan(LOOK_AGAIN)
    this.nextAt = undefined
    this.unwatch = overlay?.watch(() => {
      if (overlay.ready) this.plan(0)
    })
  }

  private search(overlay: SearchedOverlay): void {
    this.startedAt = this.options.clock.now()
    this.peers = new Set()
    const { infoHash } = this.subject
    this.running = overlay.search(
      { infoHash, port: this.subject.port(), seed: this.subject.totals().left === 0 },
      (peers) => this.report(peers),
      (end) => this.ended(end),
    )
  }

  private report(peers: readonly Endpoint[]): void {
    if (this.isStopped || peers.length === 0) return
    for (const { host, port } of peers) {
      if (this.peers.size >= MAX_COUNTED) break
      this.peers.add(`${host} ${port}`)
    }
    this.found(peers)
  }

  private ended({ answered, requests, hops, took, stored }: PeerSearchEnd): void {
    this.running = undefined
    const turn = this.turn
    this.turn = undefined
    this.state = answered ? 'working' : 'failed'
    const announced = stored === undefined ? '' : `, announced to ${stored}`
    const cost = `${counted(requests, this.options.asked)} asked, ${counted(hops, 'hop')}, ${Math.round(took)} ms`
    this.message = `${cost}${announced}`
    const overlay = this.options.overlay()
    // Its nodes may have gone in the middle of the search: it is begun again once there are others.
    if (!answered && !overlay?.ready) this.wait(overlay)
    else this.plan(this.pause(stored))
    turn?.end()
  }

  /** A single peer at our own port is most likely what we have announced ourselves. */
  private hasOthers(): boolean {
    const own = ` ${this.subject.port()}`
    return this.peers.size > 1 || [...this.peers].some((endpoint) => !endpoint.endsWith(own))
  }

  /** @param stored how many took our announcement; undefined where there was none */
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
