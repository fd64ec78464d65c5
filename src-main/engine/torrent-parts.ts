/** Everything of the torrents put together: sockets, sources of peers, disk, the list, links that are published and followed. */
import { LocalDiscovery, localSource } from '../discovery/local/local-discovery.ts'
import { TrackerDatagrams } from '../discovery/tracker/tracker-datagrams.ts'
import { trackerSource } from '../discovery/tracker/tracker-source.ts'
import type { Host } from '../kernel/host.ts'
import type { PeerSource } from '../kernel/peer-source.ts'
import type { SessionStore } from '../storage/open-session.ts'
import { Disk } from '../torrent/disk/disk.ts'
import { ConnectionBudget, DEFAULT_LIMITS } from '../torrent/swarm/connection-budget.ts'
import { PeerListener } from '../torrent/swarm/peer-listener.ts'
import { makePeerId } from '../torrent/wire/peer-id.ts'
import { Listening } from './listening.ts'
import { Overlays } from './overlays/overlays.ts'
import { Bans } from './peers/bans.ts'
import type { PeerGroup } from './peers/peers-service.ts'
import { Publications } from './publishing/publications.ts'
import { Subscriptions } from './publishing/subscriptions.ts'
import type { SettingsService } from './settings/settings-service.ts'
import { Creations } from './torrents/creations.ts'
import type { SourceNeeds } from './torrents/session-parts.ts'
import { type ListEntry, TorrentList } from './torrents/torrent-list.ts'
import { Watchers } from './watchers.ts'

export interface TorrentPartsOptions {
  readonly platform: NodeJS.Platform
  readonly version: string
  /** The host at which a command line says to listen. */
  readonly listenHost: string | undefined
}

export type TorrentParts = ReturnType<typeof torrentParts>

export function torrentParts(
  host: Host,
  { platform, version, listenHost }: TorrentPartsOptions,
  store: SessionStore,
  settings: SettingsService,
) {
  const { clock, random, files, hasher, log } = host
  const userAgent = `Shoal/${version}`
  const budget = new ConnectionBudget(DEFAULT_LIMITS)
  const bans = new Bans(store.bans, clock)
  const streams = bans.streams(host.streams)
  const listener = new PeerListener({ streams, clock })
  const overlays = new Overlays(host, {
    ...{ store, version, listenHost },
    settings: () => settings.now,
    peerPort: () => listener.port,
    local: () => localSource(local),
    // We are somewhere else now: sources are told, as soon as each of them allows.
    networkChanged: () => {
      void local.networkChanged()
      for (const { swarm } of list.entries()) swarm?.refresh()
    },
  })
  const local = new LocalDiscovery({ ...host, onSender: (endpoint) => overlays.suggest([endpoint]) })
  const datagrams = new TrackerDatagrams(host)
  const disk = new Disk({ files, clock, hasher, log: log.child('disk') }, store.resume)
  const { kademlia, chord } = overlays.sources
  const parts = {
    ...{ clock, random, hasher, store, budget, listener, streams },
    resolver: host.resolver,
    log: log.child('torrent'),
    peerId: makePeerId(random),
    slots: () => settings.now.uploadSlots - 1,
    sourcesFor: sourcesOf(host, datagrams, userAgent, [kademlia, chord, localSource(local)]),
    peerExchange: () => settings.now.peerExchange,
    dhtPort: () => overlays.dhtPort,
    dhtNodes: overlays.suggest.bind(overlays),
  }
  const list = new TorrentList({ parts, disk, files, platform, trash: host.trash })
  const creations = new Creations({ files, hasher, clock, createdBy: userAgent, platform })
  const changed = new Watchers()
  const listening = new Listening(listener, log.child('listening'), () => changed.notify())
  return {
    bans,
    streams,
    chainSources: { kademlia, chord, local: localSource(local) },
    budget,
    changed,
    creations,
    datagrams,
    disk,
    list,
    listening,
    local,
    overlays,
    ...links(host, store, overlays, list),
  }
}

/** Links of ours and of others whose torrent may change (BEP 46). */
function links({ clock, random, log }: Host, store: SessionStore, overlays: Overlays, list: TorrentList) {
  const ports = { clock, random, log: log.child('links'), store: () => overlays.keyValueStore }
  return {
    publications: new Publications({ ...ports, repository: store.publications }),
    subscriptions: new Subscriptions({
      ...ports,
      repository: store.subscriptions,
      addMagnet: (magnet, where) => list.addFollowed(magnet, where),
    }),
  }
}

/** A private torrent's peers are looked for at its trackers alone (BEP 27). */
function sourcesOf(host: Host, datagrams: TrackerDatagrams, userAgent: string, open: readonly PeerSource[]) {
  const log = host.log.child('tracker')
  return ({ trackers: tiers, private: isPrivate, everyTier }: SourceNeeds): readonly PeerSource[] => {
    const announceTo = everyTier ? 'every-tier' : 'first-answering-tier'
    const trackers =
      tiers.length === 0 ? [] : [trackerSource({ ...host, tiers, datagrams, userAgent, log, announceTo })]
    return isPrivate ? trackers : [...trackers, ...open]
  }
}

/** Connected peers by torrent, magnets included. */
export function peerGroups(entries: readonly ListEntry[]): PeerGroup[] {
  return entries.flatMap((entry) => {
    const { swarm } = entry
    if (!swarm) return []
    return {
      torrent: entry.id,
      torrentName: entry.kind === 'magnet' ? entry.name : entry.metainfo.name,
      peers: swarm.peers(),
      optimistic: 'optimistic' in swarm ? swarm.optimistic : undefined,
      disconnect: (serial) => swarm.disconnect(serial),
    }
  })
}
