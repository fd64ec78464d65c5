import { assertNever, CodedError, type Fault } from '../../kernel/errors.ts'

export type MerkleFault = Fault &
  (
    | { readonly code: 'TOO_DEEP'; readonly depth: number; readonly limit: number }
    | { readonly code: 'NO_SUCH_LEAF'; readonly index: number }
    | { readonly code: 'DUPLICATED' }
    | { readonly code: 'NODE_IS_TRANSACTION' }
    | { readonly code: 'TRANSACTION_IS_NODE' }
    | { readonly code: 'WRONG_ROOT' }
    | { readonly code: 'TRANSACTION_COUNT'; readonly count: number; readonly limit: number }
    | { readonly code: 'TREE_INCOMPLETE' }
    | { readonly code: 'TREE_LEFT_OVER' }
  )

/** A proof that a transaction is in a block proves nothing. Whoever sent it lies or is broken. */
export class MerkleError extends CodedError<MerkleFault> {
  constructor(fault: MerkleFault) {
    super(fault, `${sentenceOf(fault)} Ask another node for it.`)
  }
}

function sentenceOf(fault: MerkleFault): string {
  switch (fault.code) {
    case 'TOO_DEEP':
      return `The merkle proof has ${fault.depth} steps, and no block needs more than ${fault.limit}.`
    case 'NO_SUCH_LEAF':
      return `The merkle proof is for place ${fault.index}, which a tree of its depth does not have.`
    case 'DUPLICATED':
      return 'The merkle proof is for a transaction repeated at the end of its block.'
    case 'NODE_IS_TRANSACTION':
      return 'A node inside the merkle proof can be read as a transaction.'
    case 'TRANSACTION_IS_NODE':
      return 'The transaction has 64 bytes and can be a node inside a merkle tree.'
    case 'WRONG_ROOT':
      return 'The merkle proof does not lead to the root in the header.'
    case 'TRANSACTION_COUNT':
      return `The merkle proof is for a block of ${fault.count} transactions, and there are from 1 to ${fault.limit}.`
    case 'TREE_INCOMPLETE':
      return 'The partial merkle tree lacks hashes or flags.'
    case 'TREE_LEFT_OVER':
      return 'The partial merkle tree has hashes or flags that no node uses.'
    default:
      return assertNever(fault)
  }
}
