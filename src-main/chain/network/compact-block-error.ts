import { assertNever, CodedError, type Fault } from '../../kernel/errors.ts'

export type CompactBlockFault = Fault &
  (
    | { readonly code: 'PAYLOAD_TOO_LARGE'; readonly size: number; readonly limit: number }
    | { readonly code: 'TRANSACTION_COUNT'; readonly count: number; readonly limit: number }
    | { readonly code: 'INDEX_OVERFLOW'; readonly limit: number }
    | { readonly code: 'ANNOUNCE_VALUE'; readonly value: number }
    | { readonly code: 'NOT_ASKED_FOR' }
    | { readonly code: 'WRONG_COUNT'; readonly asked: number; readonly given: number }
    | { readonly code: 'WRONG_TRANSACTION'; readonly index: number }
  )

/** A message of the compact block family breaks BIP 152. Whoever sent it lies or is broken. */
export class CompactBlockError extends CodedError<CompactBlockFault> {
  constructor(fault: CompactBlockFault) {
    super(fault, `${sentenceOf(fault)} Ask another node for the block.`)
  }
}

function sentenceOf(fault: CompactBlockFault): string {
  switch (fault.code) {
    case 'PAYLOAD_TOO_LARGE':
      return `The message about a compact block has ${fault.size} bytes, and at most ${fault.limit} are possible.`
    case 'TRANSACTION_COUNT':
      return `The compact block has ${fault.count} transactions, and a block has from 1 to ${fault.limit}.`
    case 'INDEX_OVERFLOW':
      return `A transaction is said to lie at or beyond place ${fault.limit} of its block, where none can be.`
    case 'ANNOUNCE_VALUE':
      return `The wish for compact blocks is written as ${fault.value}, and only 0 and 1 mean something.`
    case 'NOT_ASKED_FOR':
      return 'The transactions belong to a compact block other than the one that was asked about.'
    case 'WRONG_COUNT':
      return `${fault.asked} transactions of a compact block were asked for and ${fault.given} came.`
    case 'WRONG_TRANSACTION':
      return `Transaction ${fault.index} of the compact block is not the one that its short id names.`
    default:
      return assertNever(fault)
  }
}
