import { assertNever, CodedError, type Fault } from '../../kernel/errors.ts'
import { displayHash } from '../primitives/hashes.ts'

export type ChainstateFault = Fault &
  (
    | { readonly code: 'BUSY'; readonly limit: number }
    | { readonly code: 'CLOSED' }
    /** This block of the best chain, or its header, is not in the store, or not what it was. */
    | { readonly code: 'STORE_DAMAGED'; readonly hash: Uint8Array }
    /** A reorganisation would need what a pruned node has not kept. */
    | { readonly code: 'UNDO_MISSING'; readonly hash: Uint8Array }
  )

/** The chain's state could not be read or changed. A block that breaks a rule is an outcome, never this. */
export class ChainstateError extends CodedError<ChainstateFault> {
  constructor(fault: ChainstateFault) {
    super(fault, sentencesOf(fault))
  }
}

function sentencesOf(fault: ChainstateFault): string {
  switch (fault.code) {
    case 'BUSY':
      return `${fault.limit} changes of the chain wait already. Try again when some are done.`
    case 'CLOSED':
      return 'The chain is closed. Start Shoal again to go on.'
    case 'STORE_DAMAGED':
      return `Block ${displayHash(fault.hash)} is missing or damaged in the chain's database. Run \`shoal chain rebuild\`.`
    case 'UNDO_MISSING':
      return `What block ${displayHash(fault.hash)} spent is not kept any more, so it cannot be taken back. Run \`shoal chain rebuild\`.`
    default:
      return assertNever(fault)
  }
}
