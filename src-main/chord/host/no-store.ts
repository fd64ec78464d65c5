/** In place of a store, for a host that keeps no keys: it finds none and takes none. */
import { itemKey } from '../../items/item.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { ChordContact } from '../contact.ts'
import type { HostAnswer } from '../host-messages.ts'
import type { ChordMember } from '../member.ts'
import { mergeFound, NO_COST } from '../merged-searches.ts'
import type { ChordSearches, StoredKey } from '../overlay.ts'
import type { HostStore, StoreQuestion } from './host-store.ts'

export class NoStore implements HostStore {
  readonly itemCount = 0
  readonly infoHashCount = 0
  private readonly clock: Clock

  constructor(clock: Clock) {
    this.clock = clock
  }

  start(): void {}

  stop(): void {}

  neighboursChanged(): void {}

  beforeJoin(_self: ChordContact, _predecessor: ChordContact, _owner: ChordContact, done: () => void): void {
    done()
  }

  beforeLeave(_member: ChordMember, done: () => void): void {
    done()
  }

  asked(_from: Endpoint, _question: StoreQuestion, reply: (answer: HostAnswer) => void): void {
    reply({ kind: 'refused', code: 203, message: 'no keys are kept here' })
  }

  keysOf(): number {
    return 0
  }

  items(): readonly StoredKey[] {
    return []
  }

  peers(...[infoHash, , done]: Parameters<ChordSearches['peers']>): RunningRequest {
    return this.later(() => done(mergeFound(infoHash, [])))
  }

  announce(...[infoHash, , done]: Parameters<ChordSearches['announce']>): RunningRequest {
    return this.later(() => done({ ...mergeFound(infoHash, []), stored: 0 }))
  }

  put(...[item, , done]: Parameters<ChordSearches['put']>): RunningRequest {
    const nothing = { target: itemKey(item), stored: 0, refused: new Map(), owners: [], cost: NO_COST }
    return this.later(() => done(nothing))
  }

  get(...[target, , done]: Parameters<ChordSearches['get']>): RunningRequest {
    const nothing = { target: target.bytes, item: undefined, holders: 0, owners: [], cost: NO_COST }
    return this.later(() => done(nothing))
  }

  private later(run: () => void): RunningRequest {
    return this.clock.after(0, run)
  }
}
