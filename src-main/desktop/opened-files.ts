/** What the user opens with Shoal: .torrent files and magnet links, by argument, from a second start, or from the system. */
export interface Opened {
  readonly paths: readonly string[]
  readonly magnets: readonly string[]
}

/** Of each kind; when more wait, the oldest are dropped. */
export const MAX_OPENED = 100
const MAX_PATH_LENGTH = 4_096
const MAX_MAGNET_LENGTH = 16_384

export const isTorrentFile = (path: string): boolean =>
  path.length <= MAX_PATH_LENGTH && path.toLowerCase().endsWith('.torrent')
/** Whether it is a link of this scheme, no longer than one may be; what is in it is the engine's to judge. */
export const isMagnetLink = (text: string): boolean =>
  text.length <= MAX_MAGNET_LENGTH && text.slice(0, 7).toLowerCase() === 'magnet:'

/** What a second start has handed over, checked: it comes from another process. */
export function readOpened(data: unknown): Opened {
  const { paths, magnets } = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>
  return {
    paths: texts(paths).filter(isTorrentFile),
    magnets: texts(magnets).filter(isMagnetLink),
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string').slice(0, MAX_OPENED) : []
}

/** What was opened and not yet asked for by the window. */
export class OpenedFiles {
  private waiting: Opened = { paths: [], magnets: [] }
  private readonly watchers = new Set<() => void>()

  add({ paths, magnets }: Opened): void {
    if (paths.length === 0 && magnets.length === 0) return
    this.waiting = {
      paths: [...this.waiting.paths, ...paths].slice(-MAX_OPENED),
      magnets: [...this.waiting.magnets, ...magnets].slice(-MAX_OPENED),
    }
    for (const changed of this.watchers) changed()
  }

  take(): { paths: string[]; magnets: string[] } {
    const { paths, magnets } = this.waiting
    this.waiting = { paths: [], magnets: [] }
    return { paths: [...paths], magnets: [...magnets] }
  }

  watch(changed: () => void): () => void {
    this.watchers.add(changed)
    return () => this.watchers.delete(changed)
  }
}
