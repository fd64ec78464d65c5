import type { Millis } from '../../../kernel/clock.ts'
import type { Endpoint } from '../../../kernel/network.ts'
import type { AddressOrigin } from '../addrman/address-entry.ts'
import type { Peer, PeerDirection } from '../peer.ts'
import type { PeerConnection } from '../peer-connection.ts'
import type { Inbox } from './inbox.ts'

/** A connection from its first moment to its last, whether its handshake is over or not. */
export interface Connection {
  /** Unique among live connections. */
  readonly name: string
  readonly endpoint: Endpoint
  readonly direction: PeerDirection
  /** Where the address came from. */
  readonly origin: AddressOrigin | 'incoming'
  /** Which outgoing connections must not share, and incoming ones are counted by. */
  readonly netgroup: string
  /** Of the clock, and of the calendar: milliseconds. */
  readonly since: Millis
  readonly connectedAt: Millis
  link: PeerConnection
  /** Once the handshake is over. */
  peer: Peer | undefined
  inbox: Inbox | undefined
}
