/** Whole engines on simulated hosts, with an embedded tracker on a third one. */
import type { Settings } from '#shared/contract/settings.ts'
import { type CreationOptions, type TorrentRow, torrentRow } from '#shared/contract/torrents.ts'
import { headlessShell } from '../../src-main/engine/app/shell.ts'
import { type Engine, startEngine } from '../../src-main/engine/engine.ts'
import { MINUTE } from '../../src-main/kernel/clock.ts'
import { formatEndpoint } from '../../src-main/kernel/network.ts'
import type { HostOptions, Simulation } from '../../src-main/simulation/simulation.ts'
import { createTracker, type Tracker } from '../../src-main/tracker/tracker.ts'

export type World = Simulation
export type SimHost = ReturnType<Simulation['host']>

/** An engine and the host that it runs on; `restart` is a kill -9 and a new start on the same machine. */
export class Node {
  host: SimHost
  engine!: Engine
  private readonly sim: Simulation
  private readonly settings: Partial<Settings>
  private readonly listenPort: number | undefined

  /** @param listenPort where given, it listens at its host's address, as a command line would have it */
  constructor(sim: Simulation, host: SimHost, settings: Partial<Settings> = {}, listenPort?: number) {
    this.sim = sim
    this.host = host
    this.listenPort = listenPort
    this.settings = { networkConsent: 'granted', welcomeDone: true, chain: false, ...settings }
  }

  static async start(
    sim: Simulation,
    name: string,
    settings?: Partial<Settings>,
    options?: HostOptions,
    listenPort?: number,
  ): Promise<Node> {
    const node = new Node(sim, sim.host(name, options), settings, listenPort)
    await node.begin()
    return node
  }

  async begin(): Promise<void> {
    await this.sim.within(MINUTE, this.host.files.makeDirectory('/profile'))
    this.engine = await this.sim.within(
      MINUTE,
      startEngine(this.host, {
        profile: '/profile',
        version: '0.0.0',
        platform: 'linux',
        shell: headlessShell(() => {}),
        offline: false,
        downloadDirectory: '/downloads',
        settings: this.settings,
        ...(this.listenPort !== undefined && { listen: { host: this.host.address, port: this.listenPort } }),
      }),
    )
  }

  async kill(): Promise<void> {
    this.host = this.sim.restart(this.host)
    await this.begin()
  }

  async stop(): Promise<void> {
    await this.sim.within(MINUTE, this.engine.stop())
  }

  rows(): readonly TorrentRow[] {
    return this.engine.services.torrents.rows.read(undefined).map((row) => torrentRow.parse(row))
  }

  row(id: string): TorrentRow {
    const row = this.rows().find((other) => other.id === id)
    if (!row) throw new Error(`no torrent ${id}`)
    return row
  }

  /** Makes a torrent of a path on this host and seeds it. @returns the .torrent */
  async share(
    path: string,
    trackers: string[],
    options: Partial<CreationOptions> = {},
  ): Promise<{ id: string; bytes: Uint8Array<ArrayBuffer> }> {
    const { torrents } = this.engine.services
    const wanted = { path, trackers: [trackers], webSeeds: [], private: false, comment: '', source: '', ...options }
    const { id: creation } = await torrents.create({ pieceLength: undefined, ...wanted })
    await this.sim.until(
      MINUTE,
      () => torrents.creations.read(undefined)[0]?.state === 'ready',
      'the new torrent is ready',
    )
    await this.sim.within(MINUTE, torrents.saveCreation({ id: creation, file: '/share.torrent' }))
    const { id } = await this.sim.within(MINUTE, torrents.seedCreation({ id: creation }))
    return { id, bytes: this.host.files.get('/share.torrent') as Uint8Array<ArrayBuffer> }
  }

  /** Adds a .torrent and waits only until it is in the list. */
  async add(
    bytes: Uint8Array<ArrayBuffer>,
    extra: { directory?: string; paused?: boolean; useExisting?: boolean } = {},
  ): Promise<string> {
    const { directory = '/downloads', paused = false, useExisting = false } = extra
    const call = this.engine.services.torrents.add({ source: { bytes }, directory, paused, useExisting, peers: [] })
    return (await this.sim.within(MINUTE, call)).id as string
  }

  /** Adds a magnet link. @returns its id */
  async magnet(
    magnet: string,
    extra: { directory?: string; paused?: boolean; useExisting?: boolean; peers?: string[]; files?: number[] } = {},
  ): Promise<string> {
    const { directory = '/downloads', paused = false, useExisting = false, peers = [], files } = extra
    const wanted = files === undefined ? {} : { files }
    const options = { directory, paused, useExisting, peers, ...wanted }
    const { id } = await this.sim.within(MINUTE, this.engine.services.torrents.add({ source: { magnet }, ...options }))
    if (id === undefined) throw new Error('a link without info-hash')
    return id
  }

  /** Where peers can connect. */
  get endpoint(): string {
    const [port] = (this.engine.listening() ?? ':0').split(':').slice(-1)
    return `${this.host.address}:${port}`
  }

  async reaches(id: string, state: TorrentRow['state'], limit = 30 * MINUTE): Promise<void> {
    await this.sim.until(limit, () => this.row(id).state === state, `${this.host.name} is ${state}`)
  }
}

export async function trackerOn(sim: Simulation, name = 'tracker'): Promise<{ url: string; tracker: Tracker }> {
  const host = sim.host(name)
  const at = { host: host.address, port: 6969 }
  const tracker = await sim.within(MINUTE, createTracker(host, { http: at, interval: 60, minInterval: 10 }))
  return { url: `http://${formatEndpoint(at)}/announce`, tracker }
}

/** Bytes that differ everywhere, from a number. */
export function content(length: number, salt: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = salt * 2_654_435_761 + 1
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}
