/**
 * The composition root: builds the parts in the order in which they need each other, starts them, and stops them in
 * reverse. The window, the command line and scenarios differ in `host` and `options`, in nothing else.
 */
import type { Services } from '#shared/contract/index.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { TrackerDatagrams } from '../discovery/tracker/tracker-datagrams.ts'
import { trackerSource } from '../discovery/tracker/tracker-source.ts'
import type { Host } from '../kernel/host.ts'
import type { KeyValueStore } from '../kernel/key-value-store.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { NetworkPolicy } from '../kernel/network-policy.ts'
import { openSessionStore, type SessionStore } from '../storage/open-session.ts'
import { Disk } from '../torrent/disk/disk.ts'
import { ConnectionBudget, DEFAULT_LIMITS } from '../torrent/swarm/connection-budget.ts'
import { PeerListener } from '../torrent/swarm/peer-listener.ts'
import { makePeerId } from '../torrent/wire/peer-id.ts'
import { appService } from './app/app-service.ts'
import type { AppShell } from './app/shell.ts'
import { appStatusOf } from './app/status.ts'
import { Listening, listenCandidates } from './listening.ts'
import { Publications } from './publishing/publications.ts'
import { Subscriptions } from './publishing/subscriptions.ts'
import { ContractServer } from './serving/contract-server.ts'
import { defaultSettings, SettingsService } from './settings/settings-service.ts'
import { Creations } from './torrents/creations.ts'
import type { SourceNeeds } from './torrents/session-parts.ts'
import { TorrentList } from './torrents/torrent-list.ts'
import { torrentsService } from './torrents/torrents-service.ts'
import { Watchers } from './watchers.ts'

export interface EngineOptions {
  /** Absolute path of the profile folder, which exists and is held by this process. */
  readonly profile: string
  readonly version: string
  readonly platform: NodeJS.Platform
  readonly shell: AppShell
  /** Packets only to loopback and to `allowedHosts`, whatever the settings say. */
  readonly offline: boolean
  readonly allowedHosts?: readonly string[]
  /** Where to listen for peers, over what the settings say. */
  readonly listen?: Endpoint
  /** The download folder of a fresh profile. */
  readonly downloadDirectory: string
  /** For this run: what a command line says over what is kept. */
  readonly settings?: Partial<Settings>
}

export interface Engine {
  readonly services: Services
  readonly server: ContractServer
  /** Where peers can connect, once started. */
  readonly listening: () => string | undefined
  stop(): Promise<void>
}

/** Opens the profile and starts everything in it. @throws StorageError */
export async function startEngine(host: Host, options: EngineOptions): Promise<Engine> {
  const store = await openSessionStore(host, options.profile)
  if (store.damage) host.log.write('error', 'session.db was damaged and rebuilt', { ...store.damage })
  const settings = new SettingsService(
    store.settings,
    defaultSettings(options.downloadDirectory),
    options.settings ?? {},
    host.log.child('settings'),
  )
  const running = assemble(host, options, store, settings)
  try {
    await running.start()
  } catch (error) {
    await running.stop()
    throw error
  }
  return running
}

/** Everything of the torrents, and the port on which they are reached. */
function torrentParts(host: Host, options: EngineOptions, store: SessionStore, settings: SettingsService) {
  const { clock, random, files, hasher, log } = host
  const { platform, version } = options
  const userAgent = `Shoal/${version}`
  const budget = new ConnectionBudget(DEFAULT_LIMITS)
  const listener = new PeerListener(host)
  const datagrams = new TrackerDatagrams(host)
  const disk = new Disk({ files, clock, hasher, log: log.child('disk') }, store.resume)
  const parts = {
    ...{ clock, random, hasher, store, budget, listener },
    streams: host.streams,
    log: log.child('torrent'),
    peerId: makePeerId(random),
    slots: () => settings.now.uploadSlots - 1,
    resolver: host.resolver,
    sourcesFor: ({ trackers, everyTier }: SourceNeeds) => {
      const announceTo = everyTier ? 'every-tier' : 'first-answering-tier'
      return trackers.length === 0
        ? []
        : [trackerSource({ ...host, tiers: trackers, datagrams, userAgent, announceTo, log: log.child('tracker') })]
    },
  }
  const list = new TorrentList({ parts, disk, files, platform, trash: host.trash })
  const creations = new Creations({ files, hasher, clock, createdBy: userAgent, platform })
  const keyValueStore = (): KeyValueStore | undefined => undefined
  const publishing = publishingParts(host, store, list, keyValueStore)
  const changed = new Watchers()
  const listening = new Listening(listener, log.child('listening'), () => changed.notify())
  return { budget, list, creations, ...publishing, listening, changed, datagrams, disk }
}

/** Links whose torrent changes: ours, and those of others that are followed (BEP 46). */
function publishingParts(
  { clock, random, log: root }: Host,
  { publications, subscriptions }: SessionStore,
  list: TorrentList,
  store: () => KeyValueStore | undefined,
) {
  const log = root.child('publishing')
  const shared = { clock, random, log, store }
  return {
    publications: new Publications({ ...shared, repository: publications }),
    subscriptions: new Subscriptions({
      ...shared,
      repository: subscriptions,
      addMagnet: (magnet, where) => list.addFollowed(magnet, where),
    }),
  }
}

type TorrentParts = ReturnType<typeof torrentParts>

/** What settings say about network, port and connections takes effect. */
function applySettings(host: Host, options: EngineOptions, settings: Settings, parts: TorrentParts): Promise<void> {
  const { budget, list, listening, changed } = parts
  const policy = networkPolicy(options, settings)
  if (policy.mode !== host.network.policy.mode) {
    host.network.set(policy)
    // Connections that are no longer allowed end; trackers are asked again where they may be now.
    for (const entry of list.entries()) void entry.reconnect()
  }
  budget.limits = { ...budget.limits, total: settings.maxConnections, perTorrent: settings.maxConnectionsPerTorrent }
  for (const { swarm } of list.all()) swarm?.setSlots(settings.uploadSlots - 1)
  changed.notify()
  return listening.listen(listenCandidates(policy, settings.listenPort, options.listen))
}

function assemble(host: Host, options: EngineOptions, store: SessionStore, settings: SettingsService) {
  const { clock, random, files, log, network } = host
  const { platform, version, shell, profile, offline } = options
  const parts = torrentParts(host, options, store, settings)
  const { list, creations, publications, subscriptions, listening, changed, budget } = parts
  const online = () => network.policy.mode === 'online'
  const services: Services = {
    torrents: torrentsService({ list, creations, publications, subscriptions, files, random, clock, platform, online }),
    settings,
    app: appService({
      ...{ version, platform, profile, offline, shell, files },
      status: () =>
        appStatusOf({
          ...{ list, listening },
          connections: budget.total,
          online: online(),
          settings: settings.now,
          damage: store.damage,
        }),
      watchStatus(notify) {
        const ends = [changed.add(notify), list.watchers.add(notify)]
        return () => {
          for (const end of ends) end()
        }
      },
      placeOf: (id) => list.get(id).files.layout.root,
    }),
  }
  const unwatch = settings.onChange(() => void applySettings(host, options, settings.now, parts))
  return {
    services,
    server: new ContractServer(services, clock, log.child('contract')),
    listening: () => listening.endpoint,
    async start() {
      network.set(networkPolicy(options, settings.now))
      await applySettings(host, options, settings.now, parts)
      list.load()
      publications.start()
      subscriptions.start()
    },
    async stop() {
      unwatch()
      publications.stop()
      subscriptions.stop()
      await creations.stop()
      await list.stop()
      await listening.close()
      await parts.datagrams.close()
      await parts.disk.close()
      store.close()
    },
  }
}

/** Nothing leaves the machine before a person has agreed, nor with `--offline`. */
function networkPolicy({ offline, allowedHosts }: EngineOptions, { networkConsent }: Settings): NetworkPolicy {
  if (!offline && networkConsent === 'granted') return { mode: 'online' }
  return { mode: 'local-only', allowedHosts: allowedHosts ?? [] }
}
