/**
 * A node of a flooded network. It knows its neighbours and what it holds itself, and nothing of what anybody else holds: a query goes
 * to every neighbour but the one that it came from, until it has gone as many steps as it may.
 *
 * A query is looked at and passed on once, whoever brings it how often: its id is remembered, with the neighbour that brought it
 * first, which is the way back for hits. Of several copies the first counts, though a later one might have been allowed more steps.
 *
 * Limits: `MAX_SEEN` ids, the oldest forgotten first; a forgotten query that comes once more is passed on as if it were new, which its
 * steps end, and hits for it go no further. `MAX_TTL` steps, whatever a query says.
 */
import { toHex } from '../../kernel/bytes.ts'
import type { ObjectHost } from '../../simulation/object-network.ts'
import { type FloodMessage, type HitMessage, type QueryMessage, type SearchId, sizeOf } from './messages.ts'

export const MAX_SEEN = 256
/** Steps beyond which no query is passed on. */
export const MAX_TTL = 32
const ID_BYTES = 16

export type FloodHost = ObjectHost<FloodMessage>

/** Queries that have come to nodes. */
export interface FloodTally {
  /** To one that had not had them before. */
  firsts: number
  /** To one that had, which drops them. */
  duplicates: number
}

/** A hit has come back to who asked. */
export type FoundItem = (hit: HitMessage) => void

/** Where hits go back to; `undefined` stands for the search of this node itself. */
type WayBack = FloodHost | undefined

export class FloodNode {
  readonly host: FloodHost
  readonly #tally: FloodTally
  readonly #neighbours = new Set<FloodHost>()
  readonly #items = new Set<string>()
  readonly #seen = new Map<string, WayBack>()
  readonly #searches = new Map<string, FoundItem>()

  /** @param tally counts what comes; may be shared with other nodes */
  constructor(host: FloodHost, tally: FloodTally) {
    this.host = host
    this.#tally = tally
    host.received = (message, from) => this.#receive(message, from)
  }

  get neighbours(): ReadonlySet<FloodHost> {
    return this.#neighbours
  }

  /** How many queries are remembered. */
  get remembered(): number {
    return this.#seen.size
  }

  /** Opens a connection, which is both ends' at once. @returns whether it is new */
  connect(other: FloodNode): boolean {
    if (other === this || this.#neighbours.has(other.host)) return false
    this.#neighbours.add(other.host)
    other.#neighbours.add(this.host)
    return true
  }

  /** The connection has ended. @returns whether there was one */
  disconnect(other: FloodNode): boolean {
    return this.#neighbours.delete(other.host)
  }

  /** From now on queries for the item are answered. */
  hold(item: string): void {
    this.#items.add(item)
  }

  holds(item: string): boolean {
    return this.#items.has(item)
  }

  /**
   * Asks everybody within `ttl` steps, not itself. `found` is called for each holder that answers, until `forget`.
   * @throws RangeError for a number of steps that is not from 1 to `MAX_TTL`
   */
  search(item: string, ttl: number, found: FoundItem): SearchId {
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > MAX_TTL) throw new RangeError(`a search of ${ttl} steps`)
    const bytes = this.host.random.bytes(ID_BYTES)
    const id: SearchId = { bytes, key: toHex(bytes) }
    this.#searches.set(id.key, found)
    this.#remember(id, undefined)
    this.#spread({ kind: 'query', id, ttl, hops: 1, item }, undefined)
    return id
  }

  /** Hits for the search tell nobody any more. */
  forget(id: SearchId): void {
    this.#searches.delete(id.key)
  }

  #receive(message: FloodMessage, from: FloodHost): void {
    if (message.kind === 'query') this.#query(message, from)
    else this.#hit(message)
  }

  #query(query: QueryMessage, from: FloodHost): void {
    const { id, item, hops } = query
    if (this.#seen.has(id.key)) {
      this.#tally.duplicates += 1
      return
    }
    this.#tally.firsts += 1
    this.#remember(id, from)
    if (this.#items.has(item)) {
      this.#send(from, { kind: 'hit', id, ttl: hops, holder: this.host.publicAddress, hops, item })
    }
    if (query.ttl > 1 && hops < MAX_TTL) this.#spread({ ...query, ttl: query.ttl - 1, hops: hops + 1 }, from)
  }

  #hit(hit: HitMessage): void {
    const { key } = hit.id
    if (!this.#seen.has(key)) return
    const back = this.#seen.get(key)
    if (back === undefined) this.#searches.get(key)?.(hit)
    else if (hit.ttl > 1) this.#send(back, { ...hit, ttl: hit.ttl - 1 })
  }

  #spread(query: QueryMessage, from: FloodHost | undefined): void {
    for (const neighbour of this.#neighbours) if (neighbour !== from) this.#send(neighbour, query)
  }

  #send(to: FloodHost, message: FloodMessage): void {
    this.host.send(to, message, sizeOf(message))
  }

  #remember(id: SearchId, back: WayBack): void {
    this.#seen.set(id.key, back)
    if (this.#seen.size <= MAX_SEEN) return
    for (const oldest of this.#seen.keys()) {
      this.#seen.delete(oldest)
      return
    }
  }
}
