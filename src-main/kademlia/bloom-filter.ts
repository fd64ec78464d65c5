/**
 * Sets of addresses in 256 bytes, for counting a swarm over many nodes without counting anybody twice (BEP 33):
 * 2,048 bits, two for each address, taken from its SHA-1. Filters are joined by OR.
 */
import { createHash } from 'node:crypto'
import { ipBytes } from '../codec/ip-address.ts'

export const BLOOM_BYTES = 256
const BITS = 8 * BLOOM_BYTES
const HASHES = 2

export class BloomFilter {
  /** 256 bytes; bit i is bit i mod 8, least significant first, of byte i / 8. */
  readonly bytes: Uint8Array

  /** @throws RangeError unless `bytes` are 256; they are copied */
  constructor(bytes: Uint8Array = new Uint8Array(BLOOM_BYTES)) {
    if (bytes.length !== BLOOM_BYTES) throw new RangeError(`a filter has ${BLOOM_BYTES} bytes, not ${bytes.length}`)
    this.bytes = Uint8Array.from(bytes)
  }

  /** Adds an IP literal; anything else is left out. */
  add(host: string): void {
    const address = ipBytes(host)
    if (address === undefined) return
    const hash = createHash('sha1').update(address).digest()
    for (let i = 0; i < HASHES; i++) this.set(((hash[2 * i] as number) | ((hash[2 * i + 1] as number) << 8)) % BITS)
  }

  join(other: BloomFilter): void {
    for (let i = 0; i < BLOOM_BYTES; i++) this.bytes[i] = (this.bytes[i] as number) | (other.bytes[i] as number)
  }

  /** How many addresses are in it, by the share of bits that are 0. Some 7,800 at most, when all bits are set. */
  estimate(): number {
    let zeros = 0
    for (const byte of this.bytes) for (let bit = 0; bit < 8; bit++) zeros += 1 - ((byte >> bit) & 1)
    const counted = Math.max(1, Math.min(BITS - 1, zeros))
    return zeros === BITS ? 0 : Math.log(counted / BITS) / (HASHES * Math.log(1 - 1 / BITS))
  }

  private set(bit: number): void {
    this.bytes[bit >> 3] = (this.bytes[bit >> 3] as number) | (1 << (bit & 7))
  }
}
