/** Peers that a person named: tried again for ever, ever less often, until they are forgotten. Told the time. */
import { MINUTE, type Millis, SECOND } from '../../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../../kernel/network.ts'

/** Bitcoin Core's number of connections by hand. */
export const MAX_MANUAL_PEERS = 8
export const FIRST_RETRY: Millis = SECOND
export const LAST_RETRY: Millis = 2 * MINUTE

interface ManualPeer {
  readonly endpoint: Endpoint
  nextAt: Millis
  delay: Millis
  isConnected: boolean
}

export class ManualPeers {
  readonly #peers = new Map<string, ManualPeer>()

  /** Tried at once, also if it was there. False where there are too many. */
  add(endpoint: Endpoint, now: Millis): boolean {
    const name = formatEndpoint(endpoint)
    const known = this.#peers.get(name)
    if (known) known.nextAt = now
    else if (this.#peers.size >= MAX_MANUAL_PEERS) return false
    else this.#peers.set(name, { endpoint, nextAt: now, delay: FIRST_RETRY, isConnected: false })
    return true
  }

  delete(endpoint: Endpoint): void {
    this.#peers.delete(formatEndpoint(endpoint))
  }

  has(endpoint: Endpoint): boolean {
    return this.#peers.has(formatEndpoint(endpoint))
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.#peers.values()].map(({ endpoint }) => endpoint)
  }

  /** Those to be dialled now. They count as being connected until `lost`. */
  due(now: Millis): Endpoint[] {
    const due = [...this.#peers.values()].filter((peer) => !peer.isConnected && peer.nextAt <= now)
    for (const peer of due) peer.isConnected = true
    return due.map(({ endpoint }) => endpoint)
  }

  /** Its handshake is over. */
  reached(endpoint: Endpoint): void {
    const peer = this.#peers.get(formatEndpoint(endpoint))
    if (peer) peer.delay = FIRST_RETRY
  }

  /** The connection ended, or never stood. */
  lost(endpoint: Endpoint, now: Millis): void {
    const peer = this.#peers.get(formatEndpoint(endpoint))
    if (peer === undefined) return
    peer.isConnected = false
    peer.nextAt = now + peer.delay
    peer.delay = Math.min(2 * peer.delay, LAST_RETRY)
  }
}
