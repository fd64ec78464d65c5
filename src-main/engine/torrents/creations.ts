/** New torrents being made: scanning, hashing with progress, then ready to be saved and seeded. Kept until taken or cancelled. */
import { basename } from 'node:path'
import type { CreationOptions, CreationRow } from '#shared/contract/torrents.ts'
import { toHex } from '../../kernel/bytes.ts'
import type { Clock, Millis } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Hasher } from '../../kernel/hasher.ts'
import { type CreatedTorrent, choosePieceLength } from '../../torrent/metainfo/create.ts'
import type { CreationPlan } from '../../torrent/metainfo/creation-scan.ts'
import { Watchers } from '../watchers.ts'
import { makeTorrent } from './make-torrent.ts'
import { TorrentsError } from './torrents-error.ts'

export const MAX_CREATIONS = 20
/** Ended ones stay to be looked at; beyond this the oldest go. */
const MAX_ENDED = 10

export interface CreationsPorts {
  readonly files: FileStore
  readonly hasher: Hasher
  readonly clock: Clock
  readonly createdBy: string
  readonly platform: NodeJS.Platform
}

interface Creation {
  readonly id: string
  readonly options: CreationOptions
  readonly abort: AbortController
  state: CreationRow['state']
  plan: CreationPlan | undefined
  created: CreatedTorrent | undefined
  hashed: number
  hashingSince: Millis
  error: string
  done: Promise<void>
}

export class Creations {
  readonly watchers = new Watchers()
  private readonly ports: CreationsPorts
  private readonly all = new Map<string, Creation>()
  private nextId = 1

  constructor(ports: CreationsPorts) {
    this.ports = ports
  }

  /** Starts at once; see `rows` for how it goes. @returns its id. @throws TorrentsError TOO_MANY_CREATIONS */
  start(options: CreationOptions): string {
    const open = [...this.all.values()].filter(({ state }) => state !== 'failed' && state !== 'cancelled')
    if (open.length >= MAX_CREATIONS) throw new TorrentsError({ code: 'TOO_MANY_CREATIONS', limit: MAX_CREATIONS })
    const creation: Creation = {
      id: `new-${this.nextId++}`,
      options,
      abort: new AbortController(),
      state: 'scanning',
      plan: undefined,
      created: undefined,
      hashed: 0,
      hashingSince: 0,
      error: '',
      done: Promise.resolve(),
    }
    this.all.set(creation.id, creation)
    creation.done = this.run(creation)
    this.trim()
    this.watchers.notify()
    return creation.id
  }

  /** Stops one that runs, and forgets any. */
  async cancel(id: string): Promise<void> {
    const creation = this.find(id)
    creation.abort.abort()
    await creation.done
    this.all.delete(id)
    this.watchers.notify()
  }

  /** What was made. @throws TorrentsError CREATION_NOT_READY */
  ready(id: string): CreatedTorrent & { readonly plan: CreationPlan } {
    const { created, plan } = this.find(id)
    if (!created || !plan) throw new TorrentsError({ code: 'CREATION_NOT_READY', id })
    return { ...created, plan }
  }

  /** Resolves once it is ready. @throws what it failed with */
  async finished(id: string): Promise<CreatedTorrent & { readonly plan: CreationPlan }> {
    await this.find(id).done
    return this.ready(id)
  }

  forget(id: string): void {
    this.all.delete(id)
    this.watchers.notify()
  }

  rows(): CreationRow[] {
    return [...this.all.values()].map((creation) => rowOf(creation, this.ports.clock.now()))
  }

  /** Stops all. */
  async stop(): Promise<void> {
    for (const { abort } of this.all.values()) abort.abort()
    await Promise.all([...this.all.values()].map(({ done }) => done))
  }

  private find(id: string): Creation {
    const creation = this.all.get(id)
    if (!creation) throw new TorrentsError({ code: 'NO_SUCH_CREATION', id })
    return creation
  }

  private async run(creation: Creation): Promise<void> {
    const { options, abort } = creation
    const { signal } = abort
    try {
      const made = await makeTorrent(this.ports, options, {
        signal,
        planned: (plan) => {
          creation.plan = plan
          creation.state = 'hashing'
          creation.hashingSince = this.ports.clock.now()
          this.watchers.notify()
        },
        progress: (bytes) => {
          creation.hashed = bytes
          this.watchers.notify()
        },
      })
      creation.created = made
      creation.hashed = made.plan.totalLength
      creation.state = 'ready'
    } catch (error) {
      creation.state = signal.aborted || codeOf(error) === 'CANCELLED' ? 'cancelled' : 'failed'
      creation.error = creation.state === 'failed' ? messageOf(error) : ''
    }
    this.watchers.notify()
  }

  private trim(): void {
    const ended = [...this.all.values()].filter(({ state }) => state === 'failed' || state === 'cancelled')
    for (const { id } of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) this.all.delete(id)
  }
}

function rowOf(creation: Creation, now: Millis): CreationRow {
  const { id, options, state, plan, created, hashed, error } = creation
  const size = plan?.totalLength ?? 0
  const seconds = (now - creation.hashingSince) / 1_000
  const rate = state === 'hashing' && seconds > 0.2 ? hashed / seconds : 0
  const pieceLength = created?.metainfo.pieceLength ?? options.pieceLength ?? choosePieceLength(size)
  return {
    id,
    path: options.path,
    name: plan?.name ?? basename(options.path),
    state,
    files: plan?.files.length ?? 0,
    size,
    hashed,
    rate,
    ...(rate > 0 ? { timeLeft: (size - hashed) / rate } : {}),
    pieceLength,
    pieces: Math.ceil(size / pieceLength),
    ...(created ? { infoHash: toHex(created.metainfo.infoHash) } : {}),
    skipped: plan?.skipped ?? 0,
    error,
  }
}
