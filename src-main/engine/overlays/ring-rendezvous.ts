/**
 * Where Shoals that know nobody of the ring meet: an info-hash that stands for the ring itself. Members announce their UDP port
 * under it in the DHT and on the local network, all others look there; whoever is found is suggested to our hosts.
 */
import { createHash } from 'node:crypto'
import type { Endpoint } from '../../kernel/network.ts'
import type { Following, PeerSource, Subject } from '../../kernel/peer-source.ts'

export const RING_RENDEZVOUS_TEXT = 'Shoal: the ring of all'
/** SHA-1 of the text, 20 bytes. */
export const RING_RENDEZVOUS: Uint8Array = new Uint8Array(createHash('sha1').update(RING_RENDEZVOUS_TEXT).digest())

const PEER_ID_BYTES = 20

export interface RingRendezvousParts {
  readonly sources: readonly PeerSource[]
  /** Where strangers reach a member of ours; 0 while there is none: then we only look. */
  readonly port: () => number
  readonly found: (endpoints: readonly Endpoint[]) => void
}

export class RingRendezvous {
  private readonly parts: RingRendezvousParts
  private followings: readonly Following[] = []
  private port = 0

  constructor(parts: RingRendezvousParts) {
    this.parts = parts
  }

  /** Begins to look, or stops. */
  setWanted(isWanted: boolean): void {
    if (isWanted === this.followings.length > 0) return
    for (const following of this.followings) void following.stop()
    this.port = this.parts.port()
    this.followings = isWanted
      ? this.parts.sources.map((source) => source.follow(this.subject(), (endpoints) => this.parts.found(endpoints)))
      : []
  }

  /** We may have become a member, or be none any more: others are to hear of it soon. */
  placesChanged(): void {
    const port = this.parts.port()
    if (port === this.port) return
    this.port = port
    for (const following of this.followings) following.refresh()
  }

  async stop(): Promise<void> {
    const { followings } = this
    this.followings = []
    await Promise.all(followings.map((following) => following.stop()))
  }

  private subject(): Subject {
    return {
      infoHash: RING_RENDEZVOUS,
      // Trackers are not asked.
      peerId: new Uint8Array(PEER_ID_BYTES),
      port: () => this.parts.port(),
      // Seeds are not named to seeds (BEP 33).
      totals: () => ({ uploaded: 0, downloaded: 0, left: 1 }),
    }
  }
}
