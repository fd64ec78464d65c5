/**
 * What the swarm and a peer connection are to each other. `PeerConnection` (peer-connection.ts) implements `PeerWire` over
 * a `StreamSocket`: the frame guard first, then control messages through `bittorrent-protocol` and bulk messages
 * (request, piece, cancel, reject) by hand.
 */
import type { Bitfield } from '../bitfield.ts'

/** BEP 3: the unit of request; larger requests are refused. */
export const BLOCK_LENGTH = 16_384
export const MAX_INBOUND_REQUESTS = 2_000

/** A stretch of a piece, as in `request`, `cancel` and `reject`. */
export interface BlockAddress {
  readonly piece: number
  readonly begin: number
  readonly length: number
}

export interface PeerHandshake {
  readonly infoHash: Uint8Array
  readonly peerId: Uint8Array
  /** Reserved bits: BEP 6, BEP 10, BEP 5. */
  readonly fast: boolean
  readonly extended: boolean
  readonly dht: boolean
}

/** What we use of a BEP 10 handshake; all bounded and checked. */
export interface ExtendedHandshake {
  /** `v`: at most 100 characters, control characters removed. Empty where not told. */
  readonly client: string
  /** `reqq`: how many requests the peer queues; 250 where not told (libtorrent's default). */
  readonly requestQueue: number
  /** `p`: the port on which the peer takes connections. */
  readonly listenPort: number | undefined
  /** BEP 21. */
  readonly uploadOnly: boolean
  /** `metadata_size` (BEP 9): 1 to 10,000,000 bytes. */
  readonly metadataSize: number | undefined
  /** Extension names the peer offers, with its ids. */
  readonly extensions: ReadonlyMap<string, number>
}

/** What has changed of our extended handshake. */
export interface ExtendedUpdate {
  /** BEP 21. */
  readonly uploadOnly?: boolean
  /** Whether messages of these extensions, which were offered before, are still taken. */
  readonly extensions?: Readonly<Record<string, boolean>>
}

/** Why a connection ended. `blame` in the swarm decides what follows for the address. */
export type CloseReason =
  | { readonly code: 'REMOTE_CLOSED' }
  | { readonly code: 'NETWORK'; readonly error: Error }
  | { readonly code: 'STOPPED' }
  | { readonly code: 'SILENT' }
  | { readonly code: 'HANDSHAKE_TIMEOUT' }
  | { readonly code: 'WRONG_INFO_HASH' }
  | { readonly code: 'SELF' }
  | { readonly code: 'DUPLICATE' }
  | { readonly code: 'BANNED' }
  /** A person has closed it. */
  | { readonly code: 'DISCONNECTED' }
  | { readonly code: 'REDUNDANT' }
  /** We want a torrent's metadata and the peer does not serve it. */
  | { readonly code: 'NO_METADATA' }
  | { readonly code: 'PROTOCOL'; readonly violation: string }

/** What the swarm is told. Called in the order of the bytes. Everything is checked for shape and against the piece count. */
export interface PeerWireHandler {
  /**
   * The peer's handshake. For an incoming connection the swarm calls `PeerWire.handshake` (or `close`) before it returns;
   * an outgoing one has greeted by itself and has checked the info hash.
   */
  handshake(handshake: PeerHandshake): void
  extendedHandshake(handshake: ExtendedHandshake): void
  choked(): void
  unchoked(): void
  interested(): void
  notInterested(): void
  have(piece: number): void
  /** Not called while the piece count is unknown, nor is `have`. bitfield, have-all or have-none: first after the handshake, and again in place of many haves (as aria2 does). */
  bitfield(bits: Bitfield): void
  /**
   * At most MAX_INBOUND_REQUESTS are outstanding; more end the connection. Length 1 to BLOCK_LENGTH, within the piece.
   * Never while we choke, and never twice for a block that is outstanding.
   */
  requested(block: BlockAddress): void
  /** An outstanding request is taken back; the wire answers it as BEP 6 asks. */
  cancelled(block: BlockAddress): void
  /** Another extended message (BEP 10), its bencoded head already scanned for harm. */
  extendedMessage(name: string, payload: Uint8Array): void
  /** DHT port (BEP 5). */
  port(port: number): void
  /**
   * A block begins to arrive. Answer with exactly `length` bytes to fill, or undefined for a block that was never asked
   * for or is no longer wanted: its payload is then read and dropped.
   */
  blockTarget(block: BlockAddress): Uint8Array | undefined
  /** All bytes of the target are filled. */
  blockReceived(block: BlockAddress, target: Uint8Array): void
  /** A request of ours will not be answered: rejected by the peer. Choke and close settle the rest through their own calls. */
  rejected(block: BlockAddress): void
  /** What was written has gone out: blocks may be queued again. */
  drained(): void
  /** Exactly once, last. */
  closed(reason: CloseReason): void
}

/** A peer connection as the swarm uses it. After `closed` every method does nothing. */
export interface PeerWire {
  /** Bytes written and not yet taken by the system. */
  readonly bufferedBytes: number
  readonly fast: boolean
  handshake(infoHash: Uint8Array, peerId: Uint8Array): void
  /** Sends our pieces: have-all or have-none where BEP 6 allows, else a bitfield (nothing when empty). Once. */
  sendPieces(bits: Bitfield): void
  /** Settles every outstanding request of the peer, with BEP 6 by a reject for each. */
  choke(): void
  unchoke(): void
  interested(): void
  notInterested(): void
  have(piece: number): void
  /** Writes all requests in one go. */
  request(blocks: readonly BlockAddress[]): void
  cancel(block: BlockAddress): void
  /** Settles a request of the peer unserved; told to it with BEP 6 only. Nothing where it is settled already. */
  reject(block: BlockAddress): void
  /**
   * Sends pieces in one go; the arrays must not change until `drained`. A block whose request is settled already
   * (cancelled, choked, rejected, sent) is left out.
   */
  sendBlocks(blocks: readonly { readonly address: BlockAddress; readonly bytes: Uint8Array }[]): void
  /** Nothing where the peer has not offered it. */
  extended(name: string, payload: Uint8Array): void
  /** Sends another extended handshake with what has changed (BEP 10); nothing to a peer that has none. */
  extendedUpdate(update: ExtendedUpdate): void
  /** The port of our DHT node (BEP 5); nothing to a peer whose handshake does not tell of one. */
  port(port: number): void
  pauseReading(): void
  resumeReading(): void
  close(reason: CloseReason): void
}
