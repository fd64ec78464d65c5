/**
 * Ids of nodes, info-hashes and targets: points of one space of 160 bits, with the XOR of two of them as their distance
 * (Maymounkov and Mazières 2002, section 2.1).
 *
 * No big integers: two distances are compared byte by byte until they differ. Lists are kept short by bounded insertion
 * instead of sorting everything.
 */
import { fromHex, toHex } from '../kernel/bytes.ts'
import type { Random } from '../kernel/random.ts'

export const ID_BYTES = 20
export const ID_BITS = 160

/** A point of the id space. Immutable: `bytes` must not be written to. */
export class NodeId {
  /** 20 bytes, most significant first. */
  readonly bytes: Uint8Array
  /** The first 32 bits, as a signed number: most ids differ there, so that most comparisons end with it. */
  readonly head: number
  /** A private field proper: equal ids are equal objects, whether they have been asked for their text or not. */
  #text: string | undefined

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes
    const [a, b, c, d] = [bytes[0] as number, bytes[1] as number, bytes[2] as number, bytes[3] as number]
    this.head = (a << 24) | (b << 16) | (c << 8) | d
  }

  /** Copies `bytes`. @throws RangeError unless there are 20: check what comes from outside before */
  static of(bytes: Uint8Array): NodeId {
    if (bytes.length !== ID_BYTES) throw new RangeError(`an id has ${ID_BYTES} bytes, not ${bytes.length}`)
    return new NodeId(Uint8Array.from(bytes))
  }

  /** Over `bytes` themselves, as of a message, which nobody changes. @throws RangeError unless there are 20 */
  static over(bytes: Uint8Array): NodeId {
    if (bytes.length !== ID_BYTES) throw new RangeError(`an id has ${ID_BYTES} bytes, not ${bytes.length}`)
    return new NodeId(bytes)
  }

  /** @throws RangeError unless `hex` is 40 hexadecimal digits */
  static fromHex(hex: string): NodeId {
    return NodeId.of(fromHex(hex))
  }

  static random(random: Random): NodeId {
    return new NodeId(random.bytes(ID_BYTES))
  }

  /** The same as text, one character for two bytes: what maps are keyed by. */
  get key(): string {
    this.#text ??= textOf(this.bytes)
    return this.#text
  }

  equals(other: NodeId): boolean {
    if (this === other) return true
    if (this.head !== other.head) return false
    const [a, b] = [this.bytes, other.bytes]
    // From the end: ids of one bucket begin alike.
    for (let i = ID_BYTES - 1; i >= 0; i--) if (a[i] !== b[i]) return false
    return true
  }

  /** 40 hexadecimal digits. */
  toString(): string {
    return toHex(this.bytes)
  }
}

/** Written out, as there is one for each query: to pass the bytes as a list takes many times as long. */
function textOf(bytes: Uint8Array): string {
  const pair = (at: number) => ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  return String.fromCharCode(
    pair(0),
    pair(2),
    pair(4),
    pair(6),
    pair(8),
    pair(10),
    pair(12),
    pair(14),
    pair(16),
    pair(18),
  )
}

const HEAD_BYTES = 4
const HEAD_BITS = 32

/** The first 32 bits of the distance, 0 to 2^32 - 1: whoever is nearer in them is nearer. */
export function headDistance(a: NodeId, target: NodeId): number {
  return (a.head ^ target.head) >>> 0
}

/** Negative where `a` is nearer to `target` than `b`, zero where they are the same id, else positive. */
export function compareDistance(a: NodeId, b: NodeId, target: NodeId): number {
  const ahead = headDistance(a, target) - headDistance(b, target)
  if (ahead !== 0) return ahead
  const x = a.bytes
  const y = b.bytes
  const t = target.bytes
  for (let i = HEAD_BYTES; i < ID_BYTES; i++) {
    const difference = ((x[i] as number) ^ (t[i] as number)) - ((y[i] as number) ^ (t[i] as number))
    if (difference !== 0) return difference
  }
  return 0
}

/** How many leading bits two ids share: 0 to 160. */
export function commonPrefixLength(a: NodeId, b: NodeId): number {
  if (a.head !== b.head) return Math.clz32(a.head ^ b.head)
  for (let i = HEAD_BYTES; i < ID_BYTES; i++) {
    const difference = (a.bytes[i] as number) ^ (b.bytes[i] as number)
    if (difference !== 0) return 8 * i + Math.clz32(difference) - 24
  }
  return ID_BITS
}

/** Bit `index` of an id, 0 the most significant. */
export function bitOf(id: NodeId, index: number): 0 | 1 {
  if (index < HEAD_BITS) return ((id.head >>> (HEAD_BITS - 1 - index)) & 1) as 0 | 1
  return (((id.bytes[index >> 3] as number) >> (7 - (index & 7))) & 1) as 0 | 1
}

/** The same id with one bit turned over. */
export function withBitFlipped(id: NodeId, index: number): NodeId {
  const bytes = id.bytes.slice()
  bytes[index >> 3] = (bytes[index >> 3] as number) ^ (0x80 >> (index & 7))
  return NodeId.over(bytes)
}

/** An id with the first `bits` bits of `prefix`, the others at random. */
export function randomIdWithPrefix(prefix: NodeId, bits: number, random: Random): NodeId {
  const bytes = random.bytes(ID_BYTES)
  for (let i = 0; i < ID_BYTES; i++) {
    const kept = Math.min(8, Math.max(0, bits - 8 * i))
    const mask = (0xff00 >> kept) & 0xff
    bytes[i] = ((prefix.bytes[i] as number) & mask) | ((bytes[i] as number) & ~mask)
  }
  return NodeId.over(bytes)
}

/** What has an id. */
export interface Identified {
  readonly id: NodeId
}

/**
 * Puts `item` in its place of `list`, which is sorted by distance to `target`, nearest first. What comes to stand behind
 * `limit` falls off. @returns its index, or -1 where it is too far away to enter
 */
export function insertByDistance<T extends Identified>(list: T[], item: T, target: NodeId, limit: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareDistance((list[middle] as T).id, item.id, target) <= 0) low = middle + 1
    else high = middle
  }
  if (low >= limit) return -1
  list.splice(low, 0, item)
  if (list.length > limit) list.pop()
  return low
}

/** The `n` items nearest to `target`, nearest first. */
export function closest<T extends Identified>(items: Iterable<T>, target: NodeId, n: number): T[] {
  const best: T[] = []
  for (const item of items) insertByDistance(best, item, target, n)
  return best
}
