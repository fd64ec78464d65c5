/** What an answer to a get says of the item (BEP 44), checked: an item that is not what was asked for is none. */

import { isSigned } from '../items/ed25519.ts'
import { MAX_VALUE_BYTES, signedBytes } from '../items/item.ts'
import { isSameVersion } from '../items/item-rules.ts'
import type { Item, MutableItem } from '../kernel/key-value-store.ts'
import type { ResponseFields } from '../rpc/krpc-message.ts'
import { targetOf } from './item-target.ts'
import type { NodeId } from './node-id.ts'

export interface ItemAnswer {
  readonly token: Uint8Array | undefined
  readonly item: Item | undefined
  /** What the node says it has; with an item, the item's own. */
  readonly seq: bigint | undefined
}

export class ItemReader {
  private readonly target: NodeId
  private readonly salt: Uint8Array
  /** The last one that was validly signed: the same from another node need not be checked again. */
  private genuine: MutableItem | undefined

  constructor(target: NodeId, salt: Uint8Array = new Uint8Array()) {
    this.target = target
    this.salt = salt
  }

  /** Undefined where the answer carries neither token nor item nor version. */
  read({ token, v, k, sig, seq }: ResponseFields): ItemAnswer | undefined {
    const item = v === undefined || v.length > MAX_VALUE_BYTES ? undefined : this.itemOf(v, k, sig, seq)
    if (token === undefined && item === undefined && seq === undefined) return undefined
    return { token, item, seq }
  }

  private itemOf(
    value: Uint8Array,
    publicKey: Uint8Array | undefined,
    signature: Uint8Array | undefined,
    seq: bigint | undefined,
  ): Item | undefined {
    const { salt } = this
    if (publicKey === undefined) {
      const item: Item = { kind: 'immutable', value }
      return targetOf(item).equals(this.target) ? item : undefined
    }
    if (signature === undefined || seq === undefined) return undefined
    const item: MutableItem = { kind: 'mutable', value, publicKey, salt, seq, signature }
    if (!targetOf(item).equals(this.target)) return undefined
    if (this.genuine && isSameVersion(this.genuine, item)) return this.genuine
    if (!isSigned(publicKey, signedBytes(item), signature)) return undefined
    this.genuine = item
    return item
  }
}
