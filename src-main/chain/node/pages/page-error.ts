import { assertNever, CodedError, type Fault } from '../../../kernel/errors.ts'
import type { AddressError, AddressFault } from '../../address/address-error.ts'

export type ChainPageFault = Fault &
  (
    | { readonly code: 'NO_SUCH_BLOCK'; readonly id: string }
    | { readonly code: 'NO_SUCH_TRANSACTION'; readonly txid: string }
    /** It may be in the chain: of the blocks below `keptFrom` nothing is known here. */
    | {
        readonly code: 'NOT_KEPT'
        readonly what: 'block' | 'transaction'
        readonly id: string
        readonly keptFrom: number
      }
    | {
        readonly code: 'BAD_ADDRESS'
        readonly address: string
        readonly reason: AddressFault
        readonly sentence: string
      }
    | { readonly code: 'NOTHING_FOUND'; readonly text: string; readonly sentence: string }
    /** Coins and indexes are worked out again. */
    | { readonly code: 'REBUILDING' }
  )

/** A page cannot be shown. */
export class ChainPageError extends CodedError<ChainPageFault> {
  constructor(fault: ChainPageFault) {
    super(fault, sentenceOf(fault))
  }
}

export function badAddress(address: string, { fault, message }: AddressError): ChainPageError {
  return new ChainPageError({ code: 'BAD_ADDRESS', address, reason: fault, sentence: message })
}

function sentenceOf(fault: ChainPageFault): string {
  switch (fault.code) {
    case 'NO_SUCH_BLOCK':
      return `There is no block ${fault.id} on this chain. Check its height or hash.`
    case 'NO_SUCH_TRANSACTION':
      return `There is no transaction ${fault.txid} on this chain or waiting for it. Check the id.`
    case 'NOT_KEPT':
      return fault.what === 'block'
        ? `The contents of block ${fault.id} are not kept here, only those from block ${fault.keptFrom} on. Ask an archive node.`
        : `Transaction ${fault.id} is not among those kept here, which are those from block ${fault.keptFrom} on. Ask an archive node.`
    case 'BAD_ADDRESS':
    case 'NOTHING_FOUND':
      return fault.sentence
    case 'REBUILDING':
      return 'The chain is worked out again from its blocks. Look again when that is done.'
    default:
      return assertNever(fault)
  }
}
