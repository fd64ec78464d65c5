/** Pastry's neighbourhood set: of the nodes whose distance has been measured, the nearest in the network, whatever their ids. */
import type { Millis } from '../../kernel/clock.ts'
import type { Measured, Peer } from './peer.ts'

export class Neighbourhood {
  private readonly members: Measured[] = []
  private readonly limit: number

  /** `limit`: M in the paper. */
  constructor(limit: number) {
    this.limit = limit
  }

  offer(peer: Peer, distance: Millis): void {
    this.remove(peer)
    const at = this.members.findIndex((member) => member.distance > distance)
    if (at >= 0) this.members.splice(at, 0, { peer, distance })
    else if (this.members.length < this.limit) this.members.push({ peer, distance })
    if (this.members.length > this.limit) this.members.pop()
  }

  /** @returns whether it was one of them */
  remove(peer: Peer): boolean {
    const at = this.members.findIndex((member) => member.peer === peer)
    if (at >= 0) this.members.splice(at, 1)
    return at >= 0
  }

  get hasRoom(): boolean {
    return this.members.length < this.limit
  }

  has(peer: Peer): boolean {
    return this.members.some((member) => member.peer === peer)
  }

  /** Nearest first. */
  get all(): Peer[] {
    return this.members.map(({ peer }) => peer)
  }
}
