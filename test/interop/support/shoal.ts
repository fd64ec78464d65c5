/** The test's end of a Shoal process: the contract's client over its lines, and the waits of these tests. */
import { fileURLToPath } from 'node:url'
import { createClients } from '#shared/contract/client/clients.ts'
import type { Clients } from '#shared/contract/index.ts'
import type { CreationOptions, CreationRow, TorrentRow } from '#shared/contract/torrents.ts'
import { MessageClient } from '../../../src-main/engine/serving/message-client.ts'
import { type Endpoint, formatEndpoint } from '../../../src-main/kernel/network.ts'
import { encodeLine, LineReader } from '../../../src-main/serving/json-lines.ts'
import type { SwarmRow } from '../../../src-main/tracker/swarm-registry.ts'
import type { Machine } from './machine.ts'
import type { Program } from './program.ts'
import type { FromShoal, ShoalOptions } from './shoal-protocol.ts'

const SCRIPT = fileURLToPath(new URL('./shoal-process.ts', import.meta.url))
const START_LIMIT = 30_000
const CALL_LIMIT = 20_000

export interface StartOptions extends Pick<ShoalOptions, 'settings'> {
  /** Names its folders, which a restart finds again. */
  readonly name?: string
  /** The address of its tracker (any port); without it there is none. */
  readonly tracker?: string
  readonly engine?: boolean
}

export class Shoal {
  readonly downloads: string
  private readonly machine: Machine
  private readonly process: Program
  private readonly messages = new MessageClient((message) => this.process.write(encodeLine(message)))
  private readonly client: Clients
  private ready: Extract<FromShoal, { kind: 'ready' }> | undefined
  private stopped = false
  private rows: readonly TorrentRow[] = []
  private creations: readonly CreationRow[] = []
  private swarms: readonly SwarmRow[] = []

  private constructor(machine: Machine, name: string, { tracker, engine = true, settings }: StartOptions) {
    this.machine = machine
    this.downloads = machine.path(`${name}-downloads`)
    const at = tracker === undefined ? undefined : { host: tracker, port: 0 }
    const options: ShoalOptions = {
      downloads: this.downloads,
      ...(engine ? { profile: machine.path(`${name}-profile`) } : {}),
      ...(at ? { tracker: { http: at, udp: at } } : {}),
      ...(settings ? { settings } : {}),
    }
    const lines = new LineReader()
    this.process = machine.run(name, [process.execPath, SCRIPT, JSON.stringify(options)], {
      // Each message is shown to the waits before the next, so that no state passes unseen.
      stdout: (chunk) =>
        lines.push(chunk, (message) => {
          this.receive(message)
          machine.notify()
        }),
    })
    this.client = createClients(this.messages)
  }

  static async start(machine: Machine, options: StartOptions = {}): Promise<Shoal> {
    const { name = 'shoal' } = options
    const shoal = new Shoal(machine, name, options)
    await machine.until(START_LIMIT, `${name} starts`, () => {
      shoal.mustRun()
      return shoal.ready
    })
    if (options.engine !== false) shoal.follow()
    return shoal
  }

  get torrents(): Clients['torrents'] {
    return this.client.torrents
  }

  /** What it has logged. */
  get log(): string {
    return this.process.output
  }

  /** `host:port` where peers can connect. */
  get port(): number {
    return Number(/:(\d+)$/.exec(this.ready?.listening ?? '')?.[1])
  }

  get httpTracker(): string {
    return `http://${formatEndpoint(this.ready?.http as Endpoint)}/announce`
  }

  get udpTracker(): string {
    return `udp://${formatEndpoint(this.ready?.udp as Endpoint)}/announce`
  }

  row(id: string): TorrentRow | undefined {
    return this.rows.find((row) => row.id === id)
  }

  /** What the tracker knows of a torrent; zeros where it does not know it. */
  swarm(id: string): SwarmRow {
    return this.swarms.find((row) => row.infoHash === id) ?? { infoHash: id, seeds: 0, leechers: 0, completed: 0 }
  }

  /** Makes a .torrent of a path and seeds it. */
  async share(
    path: string,
    trackers: readonly string[],
    options: Partial<CreationOptions> = {},
  ): Promise<{ readonly id: string; readonly file: string }> {
    const creation = await this.create(path, trackers, options)
    const { id } = await this.call('to seed', this.torrents.seedCreation({ id: creation.id }))
    await this.until(id, CALL_LIMIT, 'seeding', (row) => row.state === 'seeding')
    return { id, file: creation.file }
  }

  /** Makes a .torrent of a path and saves it. */
  async create(
    path: string,
    trackers: readonly string[],
    options: Partial<CreationOptions> = {},
  ): Promise<{ readonly id: string; readonly file: string; readonly infoHash: string }> {
    const tiers = trackers.map((url) => [url])
    const wanted = { path, trackers: tiers, webSeeds: [], private: false, comment: '', source: '', ...options }
    const { id } = await this.call('to create', this.torrents.create(wanted))
    const made = await this.machine.until(CALL_LIMIT, `the torrent of ${path} is made`, () => {
      const row = this.creations.find((creation) => creation.id === id)
      if (row?.state === 'failed') throw new Error(row.error)
      return row?.state === 'ready' && row
    })
    const file = this.machine.path(`${made.infoHash}.torrent`)
    await this.call('to save', this.torrents.saveCreation({ id, file }))
    return { id, file, infoHash: made.infoHash as string }
  }

  async add(file: string, peers: readonly string[] = []): Promise<string> {
    const added = this.torrents.add({ source: { path: file }, directory: this.downloads, peers: [...peers] })
    const { id } = await this.call('to add', added)
    return id as string
  }

  /** Waits until the row of a torrent is as wanted. */
  until(id: string, limit: number, what: string, check: (row: TorrentRow) => boolean): Promise<TorrentRow> {
    return this.machine.until(limit, `${this.process.name}: ${what}`, () => {
      this.mustRun()
      const row = this.row(id)
      if (row?.state === 'error') throw new Error(row.reason)
      return row && check(row) ? row : undefined
    })
  }

  completes(id: string, limit: number): Promise<TorrentRow> {
    return this.until(id, limit, 'the download completes', (row) => row.state === 'seeding')
  }

  /** Waits until its tracker sees the swarm as wanted. */
  async trackerSees(id: string, limit: number, what: string, check: (row: SwarmRow) => boolean): Promise<void> {
    await this.machine.until(limit, `the tracker sees ${what}`, () => {
      this.mustRun()
      return check(this.swarm(id))
    })
  }

  /** A clean end of its engine. Its tracker goes on. */
  async stop(): Promise<void> {
    this.process.write(encodeLine({ kind: 'stop' }))
    await this.machine.until(CALL_LIMIT, `${this.process.name} stops`, () => this.stopped)
  }

  /** kill -9. */
  kill(): Promise<void> {
    return this.process.kill('SIGKILL')
  }

  private call<T>(what: string, promise: Promise<T>): Promise<T> {
    return this.machine.within(CALL_LIMIT, `${this.process.name} answers ${what}`, promise)
  }

  private mustRun(): void {
    if (this.process.outcome !== undefined) throw new Error(`${this.process.name} ended with ${this.process.outcome}`)
  }

  private follow(): void {
    const failed = (error: { message: string }) => {
      throw new Error(error.message)
    }
    this.client.torrents.rows(undefined, { next: (rows) => (this.rows = rows), failed })
    this.client.torrents.creations(undefined, { next: (rows) => (this.creations = rows), failed })
  }

  private receive(message: unknown): void {
    const said = message as FromShoal
    switch (said.kind) {
      case 'ready':
        this.ready = said
        break
      case 'swarms':
        this.swarms = said.rows
        break
      case 'stopped':
        this.stopped = true
        break
      default:
        this.messages.receive(message)
    }
  }
}
