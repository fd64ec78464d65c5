/**
 * A Shoal on the ring, as a process of its own on an address of its own: with no tracker, no Kademlia, no local discovery and
 * no chain unless it is told otherwise. It is driven by the contract's client over its socket, and followed by its feeds.
 */
import Database from 'better-sqlite3'
import { decodeSavedContacts } from '../../../src-main/chord/saved-contacts.ts'
import { connectLocally } from '../../../src-main/engine/serving/local-client.ts'
import { createLocalSockets } from '../../../src-main/host/local-sockets.ts'
import { createClients } from '../../../src-shared/contract/client/clients.ts'
import type { Clients } from '../../../src-shared/contract/index.ts'
import type { RingHost, RingState } from '../../../src-shared/contract/overlays-ring.ts'
import type { TorrentRow, TrackerEntry } from '../../../src-shared/contract/torrents.ts'
import type { Machine } from './machine.ts'
import { type Line, ShoalCommand, shoalDone } from './shoal-command.ts'

export const LIMIT = 150_000
const NOTHING: RingState = { state: 'off', hosts: [] }

export class ChordDaemon {
  readonly name: string
  readonly profile: string
  readonly downloads: string
  readonly machine: Machine
  /** The host it listens at. */
  readonly host: string
  clients!: Clients
  /** `host:port`: of its TCP and UDP sockets, the same again after a restart. */
  endpoint = ''
  #command: ShoalCommand | undefined
  #close = () => {}
  #ring: RingState = NOTHING
  #rows: readonly TorrentRow[] = []
  #commands = 0

  constructor(machine: Machine, name: string, host: string) {
    this.machine = machine
    this.name = name
    this.host = host
    this.profile = machine.path(name)
    this.downloads = machine.path(`${name}-downloads`)
  }

  /** On loopback alone. */
  start(...args: readonly string[]): Promise<void> {
    return this.startOnline('--offline', ...args)
  }

  /** With every address that its namespace has within reach. */
  async startOnline(...args: readonly string[]): Promise<void> {
    const unless = (flag: string, value: string) => (args.includes(flag) ? [] : [flag, value])
    const overlays = [...unless('--dht', 'off'), ...unless('--local-discovery', 'off'), ...unless('--chord', 'on')]
    this.#command = new ShoalCommand(this.machine, this.name, [
      ...['daemon', '--profile', this.profile, '--chain', 'off', ...overlays],
      ...['--listen', this.endpoint || `${this.host}:0`, ...args],
    ])
    const ready = await this.#command.event(LIMIT, 'ready')
    this.endpoint = String(ready.listen)
    const { transport, close } = await connectLocally(createLocalSockets(), this.profile, process.platform)
    this.#close = close
    this.clients = createClients(transport)
    this.#follow()
  }

  /** Its host on the ring; undefined before it has one. */
  get ring(): RingHost | undefined {
    return this.#ring.hosts.find(({ family }) => family === 4)
  }

  /** Waits until its host on the ring is so. */
  until(what: string, fits: (host: RingHost) => boolean, limit = LIMIT): Promise<RingHost> {
    return this.machine.until(limit, `${this.name}: ${what}`, () => {
      const { ring } = this
      return ring && fits(ring) ? ring : undefined
    })
  }

  /** What a `kill -9` leaves it of the ring: items, and hosts whose members it knows, in session.db. */
  get written(): { readonly items: number; readonly hosts: number } {
    const database = new Database(`${this.profile}/session.db`, { readonly: true })
    try {
      const rows = database.prepare('SELECT kind, bytes FROM chord').all() as readonly { kind: string; bytes: Buffer }[]
      const contacts = rows
        .filter(({ kind }) => kind === 'contacts')
        .flatMap(({ bytes }) => decodeSavedContacts(bytes, 4))
      const hosts = new Set(contacts.map(({ endpoint }) => endpoint.host))
      return { items: rows.filter(({ kind }) => kind === 'item4').length, hosts: hosts.size }
    } finally {
      database.close()
    }
  }

  row(id: string): TorrentRow | undefined {
    return this.#rows.find((row) => row.id === id)
  }

  /** Waits until a torrent of its list is so. */
  untilRow(id: string, what: string, fits: (row: TorrentRow) => boolean): Promise<TorrentRow> {
    return this.machine.until(LIMIT, `${this.name}: ${what}`, () => {
      const row = this.row(id)
      if (row?.state === 'error') throw new Error(row.reason)
      return row && fits(row) ? row : undefined
    })
  }

  /** A torrent's trackers and what stands beside them, as a person sees them. */
  trackers(id: string): Promise<readonly TrackerEntry[]> {
    const { torrents } = this.clients
    const first = new Promise<readonly TrackerEntry[]>((resolve, reject) => {
      const stop = torrents.detail(
        { id },
        {
          next: ([detail]) => {
            if (detail === undefined) return
            queueMicrotask(() => stop())
            resolve(detail.trackers)
          },
          failed: reject,
        },
      )
    })
    return this.asked('shows a torrent', first)
  }

  /** What it answers to a call. */
  asked<T>(what: string, answer: Promise<T>): Promise<T> {
    return this.machine.within(LIMIT, `${this.name} ${what}`, answer)
  }

  /** Runs a command on its profile to its end. @throws where that is not `done` */
  run(...args: readonly string[]): Promise<Line> {
    const name = `${this.name} ${args.slice(0, 3).join(' ')} ${this.#commands++}`
    return shoalDone(this.machine, name, [...args, '--profile', this.profile], LIMIT)
  }

  /** Asks by a command until its answer is so. */
  async untilSaid(what: string, fits: (answer: Line) => boolean, args: readonly string[]): Promise<void> {
    const ends = performance.now() + LIMIT
    let last: Line | undefined
    while (performance.now() < ends) {
      last = await this.run(...args)
      if (fits(last)) return
    }
    throw new Error(`${this.name} did not come to it: ${what}; last was ${JSON.stringify(last)}`)
  }

  freeze(): void {
    this.#command?.freeze()
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#gone()
    await this.#command?.kill('SIGKILL')
  }

  /** A clean end. */
  async stop(): Promise<void> {
    await this.#command?.kill('SIGTERM')
    this.#gone()
  }

  #gone(): void {
    this.#close()
    this.#ring = NOTHING
    this.#rows = []
  }

  #follow(): void {
    // Where the process ends, the waits tell.
    const failed = () => {}
    this.clients.overlays.ring(undefined, {
      next: ([state]) => {
        this.#ring = state ?? NOTHING
        this.machine.notify()
      },
      failed,
    })
    this.clients.torrents.rows(undefined, {
      next: (rows) => {
        this.#rows = rows
        this.machine.notify()
      },
      failed,
    })
  }
}

/** A place that somebody has on the ring. */
interface Taken {
  readonly id: string
  readonly daemon: ChordDaemon
}

/** All places that these have, in their order. */
function places(daemons: readonly ChordDaemon[]): Taken[] {
  const taken = daemons.flatMap((daemon) =>
    (daemon.ring?.virtualNodes ?? [])
      .filter(({ phase }) => phase === 'member')
      .map(({ nodeId }) => ({ id: nodeId, daemon })),
  )
  return taken.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Whose place a key comes to. */
export function ownerOf(key: string, daemons: readonly ChordDaemon[]): ChordDaemon {
  const all = places(daemons)
  const owner = all.find(({ id }) => id >= key) ?? all[0]
  if (owner === undefined) throw new Error('nobody has a place')
  return owner.daemon
}

/** Whether each is a member, and every place of theirs has the next one for its successor and the one before for its predecessor. */
export function isWhole(daemons: readonly ChordDaemon[]): boolean {
  const all = places(daemons)
  const nodes = new Map(daemons.flatMap(({ ring }) => (ring?.virtualNodes ?? []).map((node) => [node.nodeId, node])))
  return (
    daemons.every(({ ring }) => ring?.phase === 'member') &&
    nodes.size === all.length &&
    all.every(({ id }, index) => {
      const node = nodes.get(id)
      const [next, previous] = [all[(index + 1) % all.length]?.id, all.at(index - 1)?.id]
      return node?.successors[0]?.nodeId === next && node?.predecessor.nodeId === previous
    })
  )
}

/** Waits until these are one ring and nobody else is in it. */
export async function untilWhole(machine: Machine, daemons: readonly ChordDaemon[], limit = LIMIT): Promise<void> {
  const what = `${daemons.map(({ name }) => name).join(', ')} are one ring`
  await machine
    .until(limit, what, () => isWhole(daemons))
    .catch((error: Error) => {
      throw new Error(`${error.message}\n${daemons.map(description).join('\n')}`)
    })
}

/** For the message of a failed wait. */
function description({ name, endpoint, ring }: ChordDaemon): string {
  const nodes = (ring?.virtualNodes ?? []).map(({ phase, successors }) => {
    const hosts = new Set(successors.map(({ address }) => address))
    return `${phase} ${hosts.size}`
  })
  return `${name} ${endpoint}: ${ring?.phase}, knows ${ring?.contacts.length}, hosts in lists: ${nodes.join(', ')}`
}
