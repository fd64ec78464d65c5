import type { Clock } from '../../kernel/clock.ts'
import type { ChordContact } from '../contact.ts'
import type { ChordLookup } from '../lookup.ts'
import type { ChordObserver, ChordSearchResult, ChordStep } from '../overlay.ts'

/** What a search has cost so far, but for its time. */
export interface Effort {
  readonly hops: number
  readonly requests: number
  readonly timeouts: number
}

export type Found = Omit<ChordSearchResult, 'cost'> & Effort

/** Tells an observer of each step of a lookup, with the times. */
export class StepReports {
  private readonly lookup: Pick<ChordLookup, 'wayTo'>
  private readonly clock: Pick<Clock, 'now'>
  private readonly observer: ChordObserver
  private readonly steps = new Map<string, ChordStep>()

  constructor(lookup: Pick<ChordLookup, 'wayTo'>, clock: Pick<Clock, 'now'>, observer: ChordObserver) {
    this.lookup = lookup
    this.clock = clock
    this.observer = observer
  }

  asked(contact: ChordContact): void {
    const way = this.lookup.wayTo(contact)
    this.tell({ contact, ...way, state: 'asked', askedAt: this.clock.now(), repliedAt: undefined })
  }

  ended(contact: ChordContact, state: 'replied' | 'failed'): void {
    const step = this.steps.get(contact.id.key)
    if (step) this.tell({ ...step, state, repliedAt: state === 'replied' ? this.clock.now() : undefined })
  }

  private tell(step: ChordStep): void {
    this.steps.set(step.contact.id.key, step)
    this.observer.stepped?.(step)
  }
}
