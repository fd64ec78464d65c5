/**
 * The composition root: builds the parts in the order in which they need each other, starts them, and stops them in
 * reverse. The window, the command line and scenarios differ in `host` and `options`, in nothing else.
 */
import type { Services } from '#shared/contract/index.ts'
import type { Settings } from '#shared/contract/settings.ts'
import type { Host } from '../kernel/host.ts'
import type { Endpoint } from '../kernel/network.ts'
import { openSessionStore, type SessionStore } from '../storage/open-session.ts'
import { appService } from './app/app-service.ts'
import type { AppShell } from './app/shell.ts'
import { appStatusOf, chainStatusOf, walletStatusOf } from './app/status.ts'
import { type ChainParts, chainParts } from './chain/chain-parts.ts'
import { demonstrationService } from './demonstration/demonstration-service.ts'
import { LabHost } from './lab/lab-host.ts'
import { labService } from './lab/lab-service.ts'
import { type MinerOptions, type MinerParts, minerParts } from './miner/miner-parts.ts'
import { peersService } from './peers/peers-service.ts'
import { ContractServer } from './serving/contract-server.ts'
import { SettingsInEffect } from './settings/settings-in-effect.ts'
import { defaultSettings, SettingsService } from './settings/settings-service.ts'
import { peerGroups, type TorrentParts, torrentParts } from './torrent-parts.ts'
import { torrentsService } from './torrents/torrents-service.ts'
import { type WalletParts, walletParts } from './wallet/wallet-parts.ts'

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
  /** Where to listen for peers of the chain, over what the settings say. */
  readonly chainListen?: Endpoint
  /** What a command line says of mining. */
  readonly mining?: MinerOptions
  /** The download folder of a fresh profile. */
  readonly downloadDirectory: string
  /** For this run: what a command line says over what is kept. */
  readonly settings?: Partial<Settings>
}

export interface Engine {
  readonly services: Services
  readonly server: ContractServer
  /** Gives the process that holds the wallet's keys one end of a channel; whoever has the other end talks to it alone. */
  readonly handToVault: (end: unknown) => Promise<void>
  /** Where peers can connect, once started. */
  readonly listening: () => string | undefined
  /** Where peers of the chain can connect, once it is open. */
  readonly chainListening: () => string | undefined
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

function assemble(host: Host, options: EngineOptions, store: SessionStore, settings: SettingsService) {
  const parts = torrentParts(host, { ...options, listenHost: options.listen?.host }, store, settings)
  const { list, creations, listening, local, overlays, publications, subscriptions } = parts
  const chain = chainParts(host, {
    ...{ profile: options.profile, version: options.version, heartbeat: overlays.heartbeat, streams: parts.streams },
    sources: parts.chainSources,
    listen: options.chainListen,
    settings: () => settings.now,
    set: (changes) => settings.set(changes),
  })
  const wallet = walletParts(host, chain, {
    ...{ profile: options.profile, platform: options.platform, heartbeat: overlays.heartbeat },
    settings: () => settings.now,
  })
  const miner = minerParts(host, chain, options, settings, overlays.heartbeat, wallet.rewards)
  const lab = new LabHost({ threads: host.threads, clock: host.clock, log: host.log.child('lab') })
  const services = servicesOf(host, options, store, settings, { ...parts, chain, miner, lab, wallet })
  const effect = new SettingsInEffect(host, options, settings, { ...parts, chain, miner, wallet })
  const unwatch = settings.onChange(() => void effect.apply())
  return {
    services,
    server: new ContractServer(services, host.clock, host.log.child('contract')),
    handToVault: (end: unknown) => wallet.vault.hand(end),
    listening: () => listening.endpoint,
    chainListening: () => chain.peers.facts().listening,
    async start() {
      await miner.host.load()
      await wallet.host.open()
      await effect.apply()
      await list.load()
      publications.start()
      subscriptions.start()
      await miner.startAsTold()
    },
    async stop() {
      unwatch()
      publications.stop()
      subscriptions.stop()
      chain.host.hurry()
      await wallet.halt()
      await lab.stop()
      await effect.settled
      await miner.host.stop()
      await chain.stop()
      await wallet.stop()
      await creations.stop()
      await list.stop()
      await local.close()
      await overlays.stop()
      await listening.close()
      await parts.datagrams.close()
      await parts.disk.close()
      store.close()
    },
  }
}

type EngineParts = TorrentParts & {
  readonly chain: ChainParts
  readonly miner: MinerParts
  readonly lab: LabHost
  readonly wallet: WalletParts
}

function servicesOf(
  host: Host,
  options: EngineOptions,
  store: SessionStore,
  settings: SettingsService,
  parts: EngineParts,
): Services {
  const { clock, random, files, network } = host
  const { platform } = options
  const { list, creations, publications, subscriptions, overlays, bans, chain, miner, lab, wallet } = parts
  const online = () => network.policy.mode === 'online'
  const { heartbeat } = overlays
  return {
    torrents: torrentsService({
      ...{ list, creations, publications, subscriptions, files, random, clock, platform, online },
    }),
    settings,
    chain: chain.service,
    wallet: wallet.service,
    miner: miner.service,
    lab: labService({ host: lab, heartbeat }),
    demonstration: demonstrationService(clock),
    overlays: overlays.service,
    peers: peersService({
      ...{ clock, bans, heartbeat },
      groups: () => peerGroups(list.entries()),
      nodes: () => overlays.standing,
      ringHosts: () => overlays.ringHosts,
      chain: { rows: () => chain.peers.rows(), disconnect: (id) => chain.peers.node?.disconnect(id) },
    }),
    app: appOf(host, options, store, settings, parts),
  }
}

function appOf(
  host: Host,
  options: EngineOptions,
  store: SessionStore,
  settings: SettingsService,
  parts: EngineParts,
): Services['app'] {
  const { platform, version, shell, profile, offline } = options
  const { list, listening, changed, budget, overlays, chain, miner, wallet } = parts
  return appService({
    ...{ version, platform, profile, offline, shell, files: host.files },
    status: () =>
      appStatusOf({
        ...{ list, listening },
        connections: budget.total,
        online: host.network.policy.mode === 'online',
        offline,
        settings: settings.now,
        damage: store.damage,
        overlays: overlays.status(),
        chain: chainStatusOf(chain.view.info()),
        hashesPerSecond: miner.host.hashesPerSecond,
        wallet: walletStatusOf(wallet.view.info()),
      }),
    watchStatus(notify) {
      const ends = [
        changed.add(notify),
        list.watchers.add(notify),
        overlays.watchStatus(notify),
        chain.view.watch(notify),
        miner.host.watchers.add(notify),
        wallet.view.watch(notify),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
    placeOf: (id) => list.get(id).files.layout.root,
  })
}
