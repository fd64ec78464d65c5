/**
 * The keys that a node holds, each with the node that it last held them for. Which of them it owns is never stored: those
 * between its predecessor and itself.
 */
export class Shelf {
  private readonly keepers = new Map<number, number>()

  has(key: number): boolean {
    return this.keepers.has(key)
  }

  /** In no order. */
  get keys(): number[] {
    return [...this.keepers.keys()]
  }

  put(keys: readonly number[], keeper: number): void {
    for (const key of keys) this.keepers.set(key, keeper)
  }

  /**
   * These are all that `keeper` owns, of which it wants copies here; those that it wanted here before go. What we own
   * ourselves is not its to say. @returns whether anything came or went
   */
  holdFor(keeper: number, keys: readonly number[], isOwn: (key: number) => boolean): boolean {
    let changed = false
    const wanted = new Set(keys)
    for (const [key, known] of [...this.keepers]) {
      if (known !== keeper || wanted.has(key) || isOwn(key)) continue
      this.keepers.delete(key)
      changed = true
    }
    for (const key of keys) {
      const isNew = !this.keepers.has(key)
      if (isNew) changed = true
      if (isNew || !isOwn(key)) this.keepers.set(key, keeper)
    }
    return changed
  }

  /**
   * What we own has ourselves for keeper; what we have owned is held for `predecessor`, whose it is now.
   * @returns the latter
   */
  settle(self: number, predecessor: number, isOwn: (key: number) => boolean): number[] {
    const given: number[] = []
    for (const [key, keeper] of this.keepers) {
      if (isOwn(key)) this.keepers.set(key, self)
      else if (keeper === self) {
        this.keepers.set(key, predecessor)
        given.push(key)
      }
    }
    return given
  }
}
