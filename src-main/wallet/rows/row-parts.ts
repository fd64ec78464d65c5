/** What rows are made from. */
import type { AddressPrefixes } from '../../chain/address/address.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import type { AddressBook } from '../address-book.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Notes } from '../notes.ts'

export interface RowParts {
  readonly ledger: Ledger
  readonly addresses: AddressBook
  readonly notes: Notes
  readonly prefixes: AddressPrefixes
  /** Blocks from a reward's to the first that may spend it. */
  readonly maturity: number
  /** BIP 44. */
  readonly coinType: number
}

/** `txid:index`, as people write it. */
export function outpointText({ txid, index }: Outpoint): string {
  return `${displayHash(txid)}:${index}`
}

/** Of a block at `height`, counted from the highest that was looked at. While blocks are looked at again it may lie above. */
export function confirmationsOf(height: number | undefined, top: number): number {
  return height === undefined ? 0 : Math.max(1, top + 1 - height)
}
