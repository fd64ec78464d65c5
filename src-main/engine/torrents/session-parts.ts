/** What a torrent's session is given and begins with, and the phases it can be in. */
import type { Clock, Timer } from '../../kernel/clock.ts'
import type { Hasher } from '../../kernel/hasher.ts'
import type { Log } from '../../kernel/log.ts'
import type { Endpoint, Resolver, Streams } from '../../kernel/network.ts'
import type { PeerSource } from '../../kernel/peer-source.ts'
import type { Random } from '../../kernel/random.ts'
import type { SessionStore } from '../../storage/open-session.ts'
import type { TorrentRecord } from '../../storage/torrent-repository.ts'
import type { TorrentFiles } from '../../torrent/disk/torrent-files.ts'
import type { FileSelection } from '../../torrent/file-selection.ts'
import type { OriginatedPeer } from '../../torrent/metadata/metadata-swarm-options.ts'
import type { Metainfo } from '../../torrent/metainfo/metainfo.ts'
import type { ConnectionBudget } from '../../torrent/swarm/connection-budget.ts'
import type { PeerListener } from '../../torrent/swarm/peer-listener.ts'

/** What decides where a torrent's peers are looked for. */
export interface SourceNeeds extends Pick<Metainfo, 'trackers' | 'private'> {
  /** All trackers are asked, not only the first that answers: magnets put each in a tier of its own. */
  readonly everyTier?: boolean
}

/** What all torrents and magnets of the engine share. */
export interface SessionParts {
  readonly clock: Clock
  readonly random: Random
  readonly streams: Streams
  readonly hasher: Hasher
  readonly log: Log
  readonly store: SessionStore
  readonly budget: ConnectionBudget
  readonly listener: PeerListener
  readonly peerId: Uint8Array
  /** Regular upload slots of each torrent. */
  readonly slots: () => number
  readonly sourcesFor: (needs: SourceNeeds) => readonly PeerSource[]
  readonly resolver: Resolver
  /** Whether peers tell each other of peers (BEP 11), asked at each start of a swarm; yes where left out. */
  readonly peerExchange?: () => boolean
  /** Our UDP port while our DHT node runs. */
  readonly dhtPort?: () => number | undefined
  /** Endpoints that may be DHT nodes: told by peers and by torrents (BEP 5). */
  readonly dhtNodes?: (endpoints: readonly Endpoint[]) => void
  /** Something that a row shows has changed. */
  readonly changed: () => void
}

/** What a session begins with. */
export interface SessionStart {
  readonly record: TorrentRecord
  readonly metainfo: Metainfo
  readonly files: TorrentFiles
  /** Undefined: every file is wanted. */
  readonly selection: FileSelection | undefined
  /** Peers that a person named, to be tried besides those that sources find. */
  readonly given: readonly Endpoint[]
  /** Peers that were found while it was a magnet; tried once. */
  readonly carried?: readonly OriginatedPeer[]
}

export type Phase =
  | { readonly name: 'checking'; fraction: number; readonly abort: AbortController }
  | { readonly name: 'running' }
  | { readonly name: 'paused' }
  | { readonly name: 'disk-full'; readonly message: string; readonly probe: Timer }
  | { readonly name: 'data-missing'; readonly message: string; readonly probe: Timer }
  | { readonly name: 'error'; readonly code: string; readonly message: string }
  | { readonly name: 'stopped' }
