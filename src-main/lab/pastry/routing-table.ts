/**
 * Pastry's routing table: in row n, for each value of the next digit, a node that shares n digits with the owner. Of several
 * that would do it keeps the nearest in the network, as far as distances have been measured.
 */
import type { Millis } from '../../kernel/clock.ts'
import { BASE, DIGITS, digitOf, sharedDigits } from './pastry-id.ts'
import { type Measured, type Peer, UNMEASURED } from './peer.ts'

/** Where an entry belongs. */
export interface Place {
  readonly row: number
  readonly column: number
}

export class RoutingTable {
  private readonly self: Peer
  /** Only those down to the last that has something in it. */
  private readonly rows: (Measured | undefined)[][] = []

  constructor(self: Peer) {
    this.self = self
  }

  /** Takes it where its place is empty, or where it is nearer than who is there. @returns whether it was taken */
  offer(peer: Peer, distance: Millis = UNMEASURED): boolean {
    const { row, column } = this.placeOf(peer)
    if (row === DIGITS) return false
    while (this.rows.length <= row) this.rows.push([])
    const entries = this.rows[row] as (Measured | undefined)[]
    const entry = entries[column]
    if (entry?.peer === peer) {
      entry.distance = Math.min(entry.distance, distance)
      return false
    }
    if (entry && distance >= entry.distance) return false
    entries[column] = { peer, distance }
    return true
  }

  /** @returns where it was */
  remove(peer: Peer): Place | undefined {
    const place = this.placeOf(peer)
    if (this.at(place.row, place.column) !== peer) return undefined
    delete this.rows[place.row]?.[place.column]
    return place
  }

  at(row: number, column: number): Peer | undefined {
    return this.rows[row]?.[column]?.peer
  }

  /** Entries of one row. */
  row(row: number): Peer[] {
    const peers: Peer[] = []
    for (let column = 0; column < BASE; column++) {
      const peer = this.at(row, column)
      if (peer) peers.push(peer)
    }
    return peers
  }

  /** Entries of the first `count` rows. */
  firstRows(count: number): Peer[] {
    const peers: Peer[] = []
    for (let row = 0; row < Math.min(count, this.rows.length); row++) peers.push(...this.row(row))
    return peers
  }

  get all(): Peer[] {
    return this.firstRows(this.rows.length)
  }

  private placeOf({ id }: Peer): Place {
    const row = sharedDigits(this.self.id, id)
    return { row, column: row === DIGITS ? 0 : digitOf(id, row) }
  }
}
