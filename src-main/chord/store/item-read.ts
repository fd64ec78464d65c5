/** Reads an item from one holder: checked, and asked for once more with the token where it is too large for strangers. */

import { isSigned } from '../../items/ed25519.ts'
import { itemKey } from '../../items/item.ts'
import { isGenuine, shapeFault } from '../../items/item-rules.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import type { ChordContact } from '../contact.ts'
import type { HostAnswer } from '../host-messages.ts'
import type { HolderSearch } from './holder-search.ts'

export interface ItemRead {
  readonly holder: ChordContact
  readonly token: Uint8Array
  /** Undefined where it has none that is borne out. */
  readonly item: Item | undefined
}

export interface Wanted {
  /** Of the mutable item looked for; any when left out. */
  readonly salt?: Uint8Array | undefined
}

/** `told` is called once; undefined: no answer, or none that helps. */
export function readItem(
  search: HolderSearch,
  holder: ChordContact,
  wanted: Wanted,
  told: (read: ItemRead | undefined) => void,
): void {
  const { target } = search
  const take = (answer: HostAnswer | undefined, isSecond: boolean) => {
    if (answer?.kind !== 'read') {
      told(undefined)
      return
    }
    const { token } = answer
    if (answer.isTooLarge && !isSecond)
      search.ask(holder, { kind: 'read', key: target, token }, (again) => take(again, true))
    else told({ holder, token, item: answer.item && borneOut(answer.item, target.bytes, wanted) })
  }
  search.ask(holder, { kind: 'read', key: target }, (answer) => take(answer, false))
}

function borneOut(item: Item, target: Uint8Array, { salt }: Wanted): Item | undefined {
  if (shapeFault(item) || !bytesEqual(itemKey(item), target)) return undefined
  if (item.kind === 'immutable') return item
  return (salt === undefined || bytesEqual(item.salt, salt)) && isGenuine(item, isSigned) ? item : undefined
}
