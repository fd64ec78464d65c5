/** Lets a few run at a time, first come first served, so that a thousand torrents started together do not all search at once. */
export interface Turn {
  /** Ends the turn, or gives up waiting for it. Ending twice does nothing. */
  end(): void
}

export class Turns {
  private readonly limit: number
  private readonly waiting = new Set<() => void>()
  private running = 0

  constructor(limit: number) {
    this.limit = limit
  }

  /** Calls `run` when it is its turn: at once where one is free. */
  take(run: () => void): Turn {
    let state: 'waiting' | 'running' | 'over' = 'waiting'
    const begin = () => {
      this.waiting.delete(begin)
      this.running++
      state = 'running'
      run()
    }
    const end = () => {
      this.waiting.delete(begin)
      if (state === 'running') this.running--
      state = 'over'
      this.next()
    }
    this.waiting.add(begin)
    this.next()
    return { end }
  }

  private next(): void {
    for (const begin of this.waiting) {
      if (this.running >= this.limit) return
      begin()
    }
  }
}
