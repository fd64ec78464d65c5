import type { Endpoint } from './network.ts'

/** What is announced and looked for: a torrent, later also the chain's rendezvous. */
export interface Subject {
  /** 20 bytes. */
  readonly infoHash: Uint8Array
  /** 20 bytes: what we call ourselves towards trackers. */
  readonly peerId: Uint8Array
  /** The port on which we take connections, asked anew for each announce. */
  port(): number
  /** Bytes so far, asked anew for each announce; `left` 0 means we have everything. */
  totals(): { readonly uploaded: number; readonly downloaded: number; readonly left: number }
}

/** One line of the trackers view. */
export interface PeerSourceStatus {
  /** A tracker's URL, or the name of the source (`DHT`, `Chord`). */
  readonly name: string
  readonly tier: number
  readonly state: 'idle' | 'announcing' | 'working' | 'failed' | 'off'
  /** What it last said or why it failed: text from outside, shown as text only. */
  readonly message: string
  readonly seeds: number | undefined
  readonly leechers: number | undefined
  /** Peers it has given us in its last answer. */
  readonly peers: number
  /** Clock time of the next announce (monotonic milliseconds), where one is planned. */
  readonly nextAt: number | undefined
}

/** A subject being announced and looked for through one source, until stopped. */
export interface Following {
  /** We have just got everything (trackers are told `completed` once). */
  completed(): void
  /** Ask again now, as far as the source's own minimum interval allows. */
  refresh(): void
  status(): readonly PeerSourceStatus[]
  /**
   * Says goodbye where the protocol has one (bounded in time) and ends every timer. `handover`: without goodbye, because the
   * same peer follows the same subject anew at once.
   */
  stop(how?: 'handover'): Promise<void>
}

/** Trackers, Kademlia, Chord, local discovery and peer exchange all are one. Nothing else knows where a peer came from. */
export interface PeerSource {
  readonly kind: 'tracker' | 'kademlia' | 'chord' | 'local' | 'pex'
  /** Announces the subject and reports endpoints as they are found; they are untrusted and may repeat. */
  follow(subject: Subject, found: (endpoints: readonly Endpoint[]) => void): Following
}
