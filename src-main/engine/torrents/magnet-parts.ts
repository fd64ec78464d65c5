/** What a magnet's session is given, the phases it can be in, and what stops it from becoming a torrent. */
import type { Magnet } from '../../codec/magnet.ts'
import type { Timer } from '../../kernel/clock.ts'
import { CodedError, type Fault } from '../../kernel/errors.ts'
import { asDiskError } from '../../torrent/disk/disk-faults.ts'
import { MetadataSwarm } from '../../torrent/metadata/metadata-swarm.ts'
import type { FoundMetadata, OriginatedPeer } from '../../torrent/metadata/metadata-swarm-options.ts'
import type { MagnetSession } from './magnet-session.ts'
import type { SessionParts } from './session-parts.ts'
import type { TorrentSession } from './torrent-session.ts'
import { TorrentsError } from './torrents-error.ts'

export type MagnetPhase =
  | { readonly name: 'fetching' }
  | { readonly name: 'adopting' }
  | { readonly name: 'paused' }
  | { readonly name: 'error'; readonly code: string; readonly message: string }
  /** A full disk or a missing drive keeps it from becoming a torrent. */
  | {
      readonly name: 'waiting'
      readonly for: 'disk-full' | 'data-missing'
      readonly message: string
      readonly probe: Timer
    }
  | { readonly name: 'stopped' }

export interface MagnetParts extends SessionParts {
  /** Makes it a torrent of the list, unless it has ended meanwhile. @throws what the person must be told; then nothing has changed */
  readonly adopt: (
    magnet: MagnetSession,
    info: Uint8Array,
    peers: readonly OriginatedPeer[],
  ) => Promise<TorrentSession | undefined>
}

/** What fetches the metadata, not started yet. */
export function newSwarm(
  { clock, random, streams, log, budget, listener, peerId, dhtPort, dhtNodes }: MagnetParts,
  infoHash: Uint8Array,
  found: (swarm: MetadataSwarm, metadata: FoundMetadata) => void,
): MetadataSwarm {
  const swarm: MetadataSwarm = new MetadataSwarm({
    ...{ infoHash, peerId, clock, random, log, streams, budget },
    port: () => listener.port,
    ...(dhtPort ? { dhtPort } : {}),
    events: {
      found: (metadata) => found(swarm, metadata),
      dhtNode: (endpoint) => dhtNodes?.([endpoint]),
    },
  })
  return swarm
}

/** How it is to be tried again. */
export interface MagnetRetry {
  readonly magnet: Magnet
  readonly directory: string
  readonly paused: boolean
  readonly useExisting: boolean
  readonly wanted: Uint8Array | undefined
}

/**
 * Why a magnet did not become a torrent, in a sentence: whatever it was, the person is told and the process goes on.
 * @param directory its download folder. @param size bytes that had to be kept
 */
export function refusalOf(error: unknown, directory: string, size: number): CodedError<Fault> {
  if (error instanceof CodedError) return error
  if (!(error instanceof RangeError)) return asDiskError(error, directory, () => size)
  const reason = 'Its description could not be read; tell its maker.'
  return new TorrentsError({ code: 'UNUSABLE_METADATA', reason }, { cause: error })
}
