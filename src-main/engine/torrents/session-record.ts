/**
 * What session.db says of a torrent in the list: whether it is paused, when it was complete, why it stopped, its totals and
 * the peers that were good. A database that cannot be written stops nothing: what it refused is written the next time.
 */
import { toHex } from '../../kernel/bytes.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { TorrentRecord } from '../../storage/torrent-repository.ts'
import type { Swarm } from '../../torrent/swarm/swarm.ts'
import type { SessionParts } from './session-parts.ts'

/** As things stand when it is written. */
export type SessionFacts = Pick<TorrentRecord, 'paused' | 'completedAt' | 'error' | 'uploaded' | 'downloaded'>

export class SessionRecord {
  readonly #parts: Pick<SessionParts, 'clock' | 'log' | 'store'>
  /** 20 bytes. */
  readonly #infoHash: Uint8Array
  readonly #facts: () => SessionFacts
  #isBehind = false

  constructor(parts: Pick<SessionParts, 'clock' | 'log' | 'store'>, infoHash: Uint8Array, facts: () => SessionFacts) {
    this.#parts = parts
    this.#infoHash = infoHash
    this.#facts = facts
  }

  /** The database has refused what `write` said last. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  write(): void {
    const { paused, completedAt, error, uploaded, downloaded } = this.#facts()
    this.#isBehind = !this.kept(({ torrents }) => {
      torrents.setPaused(this.#infoHash, paused)
      torrents.setCompleted(this.#infoHash, completedAt)
      torrents.setError(this.#infoHash, error)
      torrents.setTotals(this.#infoHash, { uploaded, downloaded })
    })
  }

  /** Those that are connected first. */
  writePeers({ list }: Swarm): void {
    const good = [...list.known.values()].filter((peer) => peer.failures === 0 && !peer.self)
    const connected = good.filter((peer) => peer.busy)
    const peers = [...connected, ...good.filter((peer) => !peer.busy)].map(({ endpoint }) => endpoint)
    this.kept(({ peers: known }) => known.save(this.#infoHash, peers, this.#parts.clock.wallTime()))
  }

  /** @returns whether the database did it */
  kept(work: (store: SessionParts['store']) => void): boolean {
    try {
      work(this.#parts.store)
      return true
    } catch (error) {
      this.complain('torrent not recorded', error)
      return false
    }
  }

  complain(event: string, error: unknown): void {
    const torrent = toHex(this.#infoHash)
    this.#parts.log.write('error', event, { torrent, code: codeOf(error), message: messageOf(error) })
  }
}
