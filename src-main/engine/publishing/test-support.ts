/** A store of signed items in memory that answers from the clock, and can be away, empty, or refuse. */
import { isSigned } from '../../items/ed25519.ts'
import { signedBytes } from '../../items/item.ts'
import { mutableTarget } from '../../kademlia/item-target.ts'
import { toHex } from '../../kernel/bytes.ts'
import { type Clock, type Millis, SECOND } from '../../kernel/clock.ts'
import type { GetReport, Item, KeyValueStore, MutableItem, PutReport } from '../../kernel/key-value-store.ts'

const COST = { hops: 1, requests: 1, timeouts: 0, took: 1 }

export class MemoryStore implements KeyValueStore {
  readonly kind = 'kademlia'
  readonly items = new Map<string, MutableItem>()
  /** Every write that was asked for. */
  readonly puts: { readonly at: number; readonly item: MutableItem }[] = []
  readonly gets: number[] = []
  /** How many nodes take a write. */
  holders = 8
  /** How long a search takes. */
  searchTime: Millis = SECOND
  private readonly clock: Clock

  constructor(clock: Clock) {
    this.clock = clock
  }

  put(item: Item, _options: object, done: (report: PutReport) => void): { cancel(): void } {
    if (item.kind !== 'mutable') throw new Error('only mutable items are put here')
    if (!isSigned(item.publicKey, signedBytes(item), item.signature)) throw new Error('badly signed')
    this.puts.push({ at: this.clock.now(), item })
    const target = mutableTarget(item.publicKey, item.salt).bytes
    return this.clock.after(SECOND, () => {
      const known = this.items.get(toHex(target))
      const isOlder = known !== undefined && known.seq > item.seq
      const stored = isOlder ? 0 : this.holders
      if (stored > 0) this.items.set(toHex(target), item)
      done({ target, stored, refused: new Map(isOlder ? [[302, 8]] : []), cost: COST })
    })
  }

  get(target: Uint8Array, _options: object, done: (report: GetReport) => void): { cancel(): void } {
    this.gets.push(this.clock.now())
    return this.clock.after(this.searchTime, () => {
      const item = this.items.get(toHex(target))
      done({ target, item, holders: item ? 3 : 0, cost: COST })
    })
  }
}
