/** .torrent files that the user opens with Shoal: by argument, from a second start, or from the file manager. */
const MAX_WAITING = 100

export class OpenedFiles {
  private waiting: string[] = []
  private readonly watchers = new Set<() => void>()

  add(paths: readonly string[]): void {
    if (paths.length === 0) return
    this.waiting = [...this.waiting, ...paths].slice(-MAX_WAITING)
    for (const changed of this.watchers) changed()
  }

  take(): string[] {
    const paths = this.waiting
    this.waiting = []
    return paths
  }

  watch(changed: () => void): () => void {
    this.watchers.add(changed)
    return () => this.watchers.delete(changed)
  }
}
