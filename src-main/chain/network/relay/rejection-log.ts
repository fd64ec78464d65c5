/** Writes down why peers refused what we sent (`reject`, BIP 61). Nothing depends on a stranger's word. */
import { MINUTE, type Millis } from '../../../kernel/clock.ts'
import { displayHash, HASH_BYTES } from '../../primitives/hashes.ts'
import type { MessageOf } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer, PeerPart } from '../peer.ts'

/** Lines that one peer fills in a minute; more are passed over. */
export const MAX_REJECTIONS_LOGGED = 10

export class RejectionLog implements PeerPart {
  readonly handlers: MessageHandlers = { reject: (peer, message) => this.#log(peer, message) }
  readonly #context: PartContext
  readonly #counts = new Map<Peer, { since: Millis; lines: number }>()

  constructor(context: PartContext) {
    this.#context = context
  }

  left(peer: Peer): void {
    this.#counts.delete(peer)
  }

  #log(peer: Peer, { refused, reason, reasonCode, data }: MessageOf<'reject'>): void {
    const now = this.#context.clock.now()
    let count = this.#counts.get(peer)
    if (count === undefined || now - count.since >= MINUTE) count = { since: now, lines: 0 }
    this.#counts.set(peer, count)
    count.lines++
    if (count.lines > MAX_REJECTIONS_LOGGED) return
    const hash = data.length === HASH_BYTES ? displayHash(data) : ''
    this.#context.log.write('info', 'a peer refused what we sent', {
      peer: peer.name,
      refused,
      reason,
      reasonCode,
      hash,
    })
  }
}
