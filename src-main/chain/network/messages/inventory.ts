/** `inv`, `getdata` and `notfound`: what there is, what is wanted, and what is not there; each a list of items. */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes } from '../../../codec/byte-writer.ts'
import { HASH_BYTES } from '../../primitives/hashes.ts'
import { atMost, type MessageCodec } from './message-codec.ts'

/** What a peer may put into one message, `getdata` included: others of the protocol ask for as much at once. */
export const MAX_INVENTORY = 50_000
/** What we ask for in one message. */
export const MAX_ITEMS_ASKED = 1_000

/** Kinds of items. `WTX`: a transaction named by its wtxid (BIP 339). `WITNESS_…`: in `getdata`, with witnesses (BIP 144). */
export const InventoryType = {
  TX: 1,
  BLOCK: 2,
  FILTERED_BLOCK: 3,
  COMPACT_BLOCK: 4,
  WTX: 5,
  WITNESS_TX: 0x4000_0001,
  WITNESS_BLOCK: 0x4000_0002,
} as const

export interface InventoryItem {
  /** One of `InventoryType`; others are to be ignored. */
  readonly type: number
  /** 32 bytes, internal byte order. */
  readonly hash: Uint8Array
}

export interface Inventory<C extends 'inv' | 'getdata' | 'notfound'> {
  readonly command: C
  readonly items: readonly InventoryItem[]
}

const ITEM_BYTES = 4 + HASH_BYTES

/** `mostSent`: items that we put into one. */
function inventory<C extends 'inv' | 'getdata' | 'notfound'>(command: C, mostSent: number): MessageCodec<Inventory<C>> {
  return {
    command,
    maxBytes: compactSizeBytes(MAX_INVENTORY) + MAX_INVENTORY * ITEM_BYTES,
    encode({ items }) {
      atMost('items', items, mostSent)
      const writer = new ByteWriter(compactSizeBytes(items.length) + items.length * ITEM_BYTES)
      writer.compactSize(items.length)
      for (const { type, hash } of items) writer.u32(type).bytes(hash)
      return writer.done()
    },
    decode(payload) {
      const reader = new ByteReader(payload)
      const items: InventoryItem[] = []
      for (let left = reader.count('items', ITEM_BYTES, MAX_INVENTORY); left > 0; left--)
        items.push({ type: reader.u32(), hash: reader.bytes(HASH_BYTES) })
      reader.end()
      return { command, items }
    },
  }
}

export const inv = inventory('inv', MAX_INVENTORY)
export const getdata = inventory('getdata', MAX_ITEMS_ASKED)
export const notfound = inventory('notfound', MAX_INVENTORY)
