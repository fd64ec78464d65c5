/**
 * Connection ids of the UDP tracker, without state for each client: a keyed hash of the client's address. Whoever can
 * show one has received a packet at that address (BEP 15, "UDP connections / spoofing").
 *
 * The key changes with the first request after 2 minutes and the one before stays good, so that an id lives at least 2
 * minutes, as BEP 15 wants, and less than 6. The port is not part of it, because a router may change it between two requests.
 */
import { createHmac } from 'node:crypto'
import { ipBytes } from '../codec/ip-address.ts'
import { bytesEqual } from '../kernel/bytes.ts'
import { MINUTE, type Millis } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'

export const KEY_LIFETIME: Millis = 2 * MINUTE
const KEY_BYTES = 32

export class ConnectionIds {
  private readonly random: Random
  private current: Uint8Array
  private previous: Uint8Array
  private changesAt: Millis

  constructor(random: Random, now: Millis) {
    this.random = random
    this.current = random.bytes(KEY_BYTES)
    this.previous = random.bytes(KEY_BYTES)
    this.changesAt = now + KEY_LIFETIME
  }

  /** 8 bytes for a client at this address. */
  issue(host: string, now: Millis): Uint8Array {
    this.turn(now)
    return idFor(host, this.current)
  }

  isValid(id: Uint8Array, host: string, now: Millis): boolean {
    this.turn(now)
    return bytesEqual(id, idFor(host, this.current)) || bytesEqual(id, idFor(host, this.previous))
  }

  private turn(now: Millis): void {
    if (now < this.changesAt) return
    // After a long silence the key in use is too old to stay good.
    this.previous = now < this.changesAt + KEY_LIFETIME ? this.current : this.random.bytes(KEY_BYTES)
    this.current = this.random.bytes(KEY_BYTES)
    this.changesAt = now + KEY_LIFETIME
  }
}

function idFor(host: string, key: Uint8Array): Uint8Array {
  return new Uint8Array(
    createHmac('sha256', key)
      .update(ipBytes(host) ?? host)
      .digest()
      .subarray(0, 8),
  )
}
