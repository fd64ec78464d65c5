/**
 * What the peer has asked for and not yet got an answer to. Each request is settled once: sent, rejected, cancelled, or
 * dropped by a choke. Limit: MAX_INBOUND_REQUESTS; a block asked for twice at one place counts once.
 */
import { type BlockAddress, MAX_INBOUND_REQUESTS } from './peer-wire.ts'

export type RequestOutcome = 'added' | 'repeated' | 'full'

export class InboundRequests {
  private readonly blocks = new Map<number, BlockAddress>()

  get size(): number {
    return this.blocks.size
  }

  add(block: BlockAddress): RequestOutcome {
    const place = placeOf(block)
    if (this.blocks.has(place)) return 'repeated'
    if (this.blocks.size >= MAX_INBOUND_REQUESTS) return 'full'
    this.blocks.set(place, block)
    return 'added'
  }

  /** Takes it out. @returns whether it was open, with this very length */
  settle(block: BlockAddress): boolean {
    const place = placeOf(block)
    return this.blocks.get(place)?.length === block.length && this.blocks.delete(place)
  }

  /** Takes all out, oldest first. */
  settleAll(): readonly BlockAddress[] {
    const all = [...this.blocks.values()]
    this.blocks.clear()
    return all
  }
}

/** Exact, as there are at most 2^21 pieces and a piece is shorter than 2^32 bytes. */
function placeOf({ piece, begin }: BlockAddress): number {
  return piece * 2 ** 32 + begin
}
