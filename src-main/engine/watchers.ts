/** Functions to be told that something changed. What changed they read themselves. */
export class Watchers {
  private readonly all = new Set<() => void>()

  /** @returns the function that ends it */
  add(changed: () => void): () => void {
    this.all.add(changed)
    return () => {
      this.all.delete(changed)
    }
  }

  notify(): void {
    for (const changed of [...this.all]) changed()
  }
}
