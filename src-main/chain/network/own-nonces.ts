/**
 * The nonces of our open handshakes, by which a connection to ourselves is known: whoever reads one of them in a `version`
 * is talking to this very node. One for all connections of a node.
 */
import type { Random } from '../../kernel/random.ts'

/** More handshakes than a node has at once; the oldest is forgotten first. */
export const MAX_OWN_NONCES = 1_000
const NONCE_BYTES = 8

/** 64 random bits. */
export function randomNonce(random: Random): bigint {
  const bytes = random.bytes(NONCE_BYTES)
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
}

export class OwnNonces {
  readonly #random: Random
  /** Whether it has come back to us. */
  readonly #open = new Map<bigint, boolean>()

  constructor(random: Random) {
    this.#random = random
  }

  /** A new one, remembered until `release`. */
  make(): bigint {
    const nonce = randomNonce(this.#random)
    const [oldest] = this.#open.keys()
    if (this.#open.size >= MAX_OWN_NONCES && oldest !== undefined) this.#open.delete(oldest)
    this.#open.set(nonce, false)
    return nonce
  }

  /** Whether `nonce` is one of ours; if so, its owner will be told on `release`. */
  recognise(nonce: bigint): boolean {
    if (!this.#open.has(nonce)) return false
    this.#open.set(nonce, true)
    return true
  }

  /** The handshake is over. Returns whether the nonce came back to us. */
  release(nonce: bigint): boolean {
    const cameBack = this.#open.get(nonce) ?? false
    this.#open.delete(nonce)
    return cameBack
  }
}
