/** What all torrents share of the disk: open files, the read cache, the queue of checks. */
import { toHex } from '../../kernel/bytes.ts'
import type { Hasher } from '../../kernel/hasher.ts'
import type { ResumeRepository } from '../../storage/resume-repository.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { Checker } from './checker.ts'
import { FilePool } from './file-pool.ts'
import { Layout } from './layout.ts'
import { ReadCache } from './read-cache.ts'
import type { RecorderPorts } from './resume-recorder.ts'
import { TorrentFiles } from './torrent-files.ts'

export interface DiskPorts extends RecorderPorts {
  readonly hasher: Hasher
}

export class Disk {
  readonly checker: Checker
  private readonly ports: DiskPorts
  private readonly store: ResumeRepository
  private readonly pool: FilePool
  private readonly cache = new ReadCache()
  private opened = 0

  constructor(ports: DiskPorts, store: ResumeRepository) {
    this.ports = ports
    this.store = store
    this.pool = new FilePool(ports.files, ports.clock)
    this.checker = new Checker(ports.hasher, this.pool)
  }

  /** The files of a torrent that is in the store. @param directory absolute path. @throws DiskError PATH_TOO_LONG */
  torrent(metainfo: Metainfo, directory: string): TorrentFiles {
    const { ports, store, pool, cache, checker } = this
    const cacheKey = `${toHex(metainfo.infoHash)}.${++this.opened}`
    return new TorrentFiles({ ports, store, pool, cache, checker, cacheKey }, new Layout(metainfo, directory))
  }

  /** Closes every file. All torrents have been stopped. */
  async close(): Promise<void> {
    await this.pool.close()
  }
}
