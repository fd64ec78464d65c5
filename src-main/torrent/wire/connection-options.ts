import type { Clock } from '../../kernel/clock.ts'
import type { PieceGeometry } from './frame-guard.ts'
import { CLIENT_NAME } from './peer-id.ts'
import { MAX_INBOUND_REQUESTS } from './peer-wire.ts'

/** What a connection needs to know of us and of the torrent. */
export interface PeerConnectionOptions {
  readonly clock: Clock
  readonly geometry: PieceGeometry
  /** 20 bytes. */
  readonly infoHash: Uint8Array
  /** Where we take connections: `p` of the extended handshake, left out where undefined. */
  readonly listenPort: number | undefined
  /** BEP 21: we want nothing more. */
  readonly uploadOnly: boolean
  /** Bytes of the metadata that we serve (BEP 9); left out where we have none. */
  readonly metadataSize?: number
  /** Whether we offer BEP 5's port message. */
  readonly dht?: boolean
  /** Names of extensions whose messages the handler takes (BEP 10); all begin with a bencoded value. */
  readonly extensions?: readonly string[]
}

/** BEP 9, 10 and 21, without `m`. */
export function extendedHandshakeOf({
  listenPort,
  uploadOnly,
  metadataSize,
}: PeerConnectionOptions): Record<string, string | number> {
  return {
    v: CLIENT_NAME,
    reqq: MAX_INBOUND_REQUESTS,
    ...(metadataSize === undefined ? {} : { metadata_size: metadataSize }),
    ...(listenPort === undefined ? {} : { p: listenPort }),
    ...(uploadOnly ? { upload_only: 1 } : {}),
  }
}
