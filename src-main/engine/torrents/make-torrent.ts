/** A .torrent from a file or folder, from the scan to its bytes: what the window's creations and `shoal create` share. */
import type { CreationOptions } from '#shared/contract/torrents.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Hasher } from '../../kernel/hasher.ts'
import { type CreatedTorrent, createMetainfo } from '../../torrent/metainfo/create.ts'
import { type CreationPlan, scanForCreation } from '../../torrent/metainfo/creation-scan.ts'

export interface MakingPorts {
  readonly files: FileStore
  readonly hasher: Hasher
  readonly clock: Pick<Clock, 'wallTime'>
  /** `Shoal/` and the version. */
  readonly createdBy: string
  readonly platform: NodeJS.Platform
}

export interface MakingRun {
  /** The scan is done, hashing begins. */
  readonly planned?: (plan: CreationPlan) => void
  /** Bytes hashed so far. */
  readonly progress?: (bytes: number) => void
  readonly signal: AbortSignal
}

export type MadeTorrent = CreatedTorrent & { readonly plan: CreationPlan }

/** @throws CreationError, `CANCELLED` once `signal` is aborted; HasherError */
export async function makeTorrent(
  { files, hasher, clock, createdBy, platform }: MakingPorts,
  options: CreationOptions,
  { planned, progress, signal }: MakingRun,
): Promise<MadeTorrent> {
  const plan = await scanForCreation(files, { path: options.path, platform, signal })
  planned?.(plan)
  const making = { ...options, createdBy, platform }
  const run = { signal, ...(progress && { progress }) }
  return { ...(await createMetainfo({ files, hasher, clock }, plan, making, run)), plan }
}
