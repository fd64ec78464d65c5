/**
 * Our own id: kept across runs so that others find us where they knew us, changed when it does not fit our address
 * (BEP 42) or is `ID_LIFE` old. Those who see us tell the address; a new id comes at most every `SHORTEST_ID_LIFE`, so
 * that liars cannot keep us moving. Loopback and private addresses may have any id.
 */
import { HOUR, type Millis } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import type { NodeId } from './node-id.ts'
import { ID_LIFE, type KademliaNodeOptions } from './node-options.ts'
import { isSecureId, makeSecureId } from './secure-id.ts'

export const SHORTEST_ID_LIFE: Millis = HOUR
/** A clock may have been a little ahead when the state was saved. */
const TOLERANCE: Millis = HOUR
const NO_ADDRESS = ''

export class OwnId {
  current: NodeId
  /** Calendar time since when we have it. */
  since: Millis
  private readonly random: Random
  /** An address that `current` is known to fit. */
  private fittingHost: string | undefined
  /** Monotonic time of the last change in this run. */
  private changedAt: Millis = -Infinity

  constructor({ saved, external }: Pick<KademliaNodeOptions, 'saved' | 'external'>, random: Random, wallTime: Millis) {
    this.random = random
    const fits = saved && (external === undefined || isSecureId(saved.id, external))
    if (fits && !isTooOld(saved.idSince, wallTime)) {
      this.current = saved.id
      this.since = saved.idSince
    } else {
      this.current = makeSecureId(external ?? NO_ADDRESS, random)
      this.since = wallTime
    }
  }

  /** Takes another id where it must. `host`: how others see us. @returns whether `current` is a new one */
  renew(host: string | undefined, now: Millis, wallTime: Millis): boolean {
    const fits = host === undefined || host === this.fittingHost || isSecureId(this.current, host)
    if (fits) this.fittingHost = host
    if (fits && !isTooOld(this.since, wallTime)) return false
    if (now - this.changedAt < SHORTEST_ID_LIFE) return false
    this.current = makeSecureId(host ?? NO_ADDRESS, this.random)
    this.fittingHost = host
    this.since = wallTime
    this.changedAt = now
    return true
  }
}

function isTooOld(since: Millis, wallTime: Millis): boolean {
  return wallTime - since >= ID_LIFE || since > wallTime + TOLERANCE
}
