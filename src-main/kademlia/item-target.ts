import { itemKey, mutableKey } from '../items/item.ts'
import type { Item } from '../kernel/key-value-store.ts'
import { NodeId } from './node-id.ts'

/** Where an item is stored: SHA-1 of the value, or of the public key and the salt. */
export function targetOf(item: Item): NodeId {
  return NodeId.over(itemKey(item))
}

/** Where the owner's item under `salt` is stored. */
export function mutableTarget(publicKey: Uint8Array, salt: Uint8Array): NodeId {
  return NodeId.over(mutableKey(publicKey, salt))
}
