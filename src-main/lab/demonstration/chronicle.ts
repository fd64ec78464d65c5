/** What has happened, in words. At most `MAX_EVENTS`, the oldest forgotten first. */
import type { Millis } from '../../kernel/clock.ts'
import { type DemonstrationEvent, MAX_EVENTS } from './pictures.ts'

export class Chronicle {
  private readonly now: () => Millis
  private readonly list: DemonstrationEvent[] = []
  private count = 0
  private newsCount = 0

  constructor(now: () => Millis) {
    this.now = now
  }

  /** The newest last. */
  get events(): readonly DemonstrationEvent[] {
    return this.list
  }

  /** How many there have been, and how many of them were news. */
  get total(): { readonly all: number; readonly news: number } {
    return { all: this.count, news: this.newsCount }
  }

  news(words: string, ...nodes: readonly number[]): void {
    this.newsCount += 1
    this.add('news', words, nodes)
  }

  routine(words: string, ...nodes: readonly number[]): void {
    this.add('routine', words, nodes)
  }

  private add(kind: DemonstrationEvent['kind'], words: string, nodes: readonly number[]): void {
    this.count += 1
    this.list.push({ order: this.count, at: this.now(), kind, words, nodes })
    if (this.list.length > MAX_EVENTS) this.list.shift()
  }
}
