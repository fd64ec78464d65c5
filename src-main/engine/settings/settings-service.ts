/**
 * The settings a person chose, over the defaults of this machine. A value that can no longer be read or is out of range
 * falls back to its default alone. Values given on a command line stand for this run and are not kept.
 */
import type { HandlersOf } from '#shared/contract/service.ts'
import { type Settings, type settings as settingsContract, settingsSchema } from '#shared/contract/settings.ts'
import type { Log } from '../../kernel/log.ts'
import type { SettingsRepository } from '../../storage/settings-repository.ts'
import { DEFAULT_BOOTSTRAP_NODES } from '../overlays/bootstrap-nodes.ts'
import { Watchers } from '../watchers.ts'
import { refuseUnusable } from './unusable-settings.ts'

/** What a fresh profile starts with. */
export function defaultSettings(downloadDirectory: string): Settings {
  return {
    downloadDirectory,
    networkConsent: 'unasked',
    welcomeDone: false,
    listenPort: 0,
    maxConnections: 500,
    maxConnectionsPerTorrent: 100,
    uploadSlots: 5,
    dht: 'auto',
    bootstrapNodes: [...DEFAULT_BOOTSTRAP_NODES],
    dhtBucketSize: 8,
    dhtParallelism: 4,
    chord: 'on',
    chordVirtualNodes: 4,
    chordNodes: [],
    localDiscovery: true,
    peerExchange: true,
    network: 'main',
    chain: true,
    chainMode: 'archive',
    chainKeepBlocks: 2_000,
    chainListenPort: 0,
    chainPeers: [],
    minerThreads: 1,
    minerShare: 50,
    minerAddress: '',
    minerPausesOnBattery: true,
    minerPausesWhileActive: true,
    walletLockAfter: 10,
    theme: 'system',
    density: 'compact',
  }
}

export class SettingsService implements HandlersOf<typeof settingsContract> {
  private readonly repository: SettingsRepository
  private readonly watchers = new Watchers()
  private current: Settings

  /** @param overrides for this run only */
  constructor(repository: SettingsRepository, defaults: Settings, overrides: Partial<Settings>, log: Log) {
    this.repository = repository
    const kept = repository.all()
    const read: Record<string, unknown> = { ...defaults }
    for (const [key, schema] of Object.entries(settingsSchema.shape)) {
      if (!kept.has(key)) continue
      const parsed = schema.safeParse(kept.get(key))
      if (parsed.success) read[key] = parsed.data
      else log.write('warn', 'setting out of range, default taken', { key })
    }
    this.current = settingsSchema.parse({ ...read, ...overrides })
  }

  /** The settings now. */
  get now(): Settings {
    return this.current
  }

  onChange(changed: () => void): () => void {
    return this.watchers.add(changed)
  }

  readonly get = async (): Promise<Settings> => this.current

  /** @throws SettingsError, AddressError: nothing is changed then */
  readonly set = async (changes: { [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings> => {
    const next = settingsSchema.parse({ ...this.current, ...withoutUndefined(changes) })
    refuseUnusable(changes, next.network)
    for (const key of Object.keys(next) as (keyof Settings)[])
      if (!sameValue(next[key], this.current[key])) this.repository.set(key, next[key])
    this.current = next
    this.watchers.notify()
    return next
  }

  readonly values = {
    read: () => [this.current],
    watch: (_args: undefined, changed: () => void) => this.watchers.add(changed),
  }
}

function sameValue(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

function withoutUndefined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}
