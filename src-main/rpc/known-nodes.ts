/**
 * The nodes that answers have named of late, so that one that is named again (in a lookup, most are) is the same object: it
 * need not be made anew, and what others know of the object stays known. `KEPT` of them, each in the one place that its
 * id gives it, where the last one wins.
 */
import { readEndpoint } from './compact-endpoint.ts'
import { ID_BYTES, type NodeContact } from './krpc-message.ts'

/** An id and an IPv4 endpoint, in an answer's `nodes`. */
export const NODE_BYTES = 26
const ENDPOINT_BYTES = 6
/** A power of two. */
export const KEPT = 4_096

const kept: (NodeContact | undefined)[] = new Array(KEPT).fill(undefined)

/** The node in the 26 bytes from `at`; undefined where its port is 0. The caller has checked the length. */
export function nodeAt(bytes: Uint8Array, at: number): NodeContact | undefined {
  const place = placeOf(bytes, at)
  const known = kept[place]
  if (known && isSame(known.packed as Uint8Array, bytes, at)) return known
  const endpoint = readEndpoint(bytes, at + ID_BYTES, ENDPOINT_BYTES)
  if (endpoint === undefined) return undefined
  const node = { id: bytes.slice(at, at + ID_BYTES), endpoint, packed: bytes.slice(at, at + NODE_BYTES) }
  kept[place] = node
  return node
}

/** Of the end of the id, since those near a target begin alike. */
function placeOf(bytes: Uint8Array, at: number): number {
  return (((bytes[at + 18] as number) << 8) | (bytes[at + 19] as number)) & (KEPT - 1)
}

function isSame(packed: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < NODE_BYTES; i++) if (packed[i] !== bytes[at + i]) return false
  return true
}
