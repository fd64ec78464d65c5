import { assertNever, CodedError, type Fault } from '../../kernel/errors.ts'
import { displayHash } from '../primitives/hashes.ts'

export type LightNodeFault = Fault &
  /** What it takes a full node for. */
  (
    | { readonly code: 'LIGHT_NODE'; readonly what: 'mining' | 'rewards' | 'mode' }
    | { readonly code: 'TRANSACTION_NOT_SEEN'; readonly txid: string }
    | { readonly code: 'BLOCK_NOT_TO_BE_HAD'; readonly hash: Uint8Array }
    | { readonly code: 'TOO_MANY_BLOCKS'; readonly limit: number }
    | { readonly code: 'TOO_MANY_SCRIPTS'; readonly limit: number }
    | { readonly code: 'TOO_MANY_OUTPOINTS'; readonly limit: number }
  )

/** A light node, or a pruned one that has to fetch blocks again, cannot do what it is asked. */
export class LightNodeError extends CodedError<LightNodeFault> {
  constructor(fault: LightNodeFault) {
    super(fault, sentenceOf(fault))
  }
}

function sentenceOf(fault: LightNodeFault): string {
  switch (fault.code) {
    case 'LIGHT_NODE':
      return `A light node ${CANNOT[fault.what]}`
    case 'TRANSACTION_NOT_SEEN':
      return `A light node knows the transactions of the blocks that it has fetched, and ${fault.txid} is not among them. Open its block first.`
    case 'BLOCK_NOT_TO_BE_HAD':
      return `Block ${displayHash(fault.hash)} could not be had from any peer. Try again when more peers are connected.`
    case 'TOO_MANY_BLOCKS':
      return `More than ${fault.limit} blocks are being fetched. Try again in a moment.`
    case 'TOO_MANY_SCRIPTS':
      return `More than ${fault.limit} scripts are searched for at once. Search for fewer.`
    case 'TOO_MANY_OUTPOINTS':
      return `More than ${fault.limit} unspent outputs are watched at once. Spend some of them together.`
    default:
      return assertNever(fault)
  }
}

const CANNOT = {
  mining: 'cannot mine: it knows neither coins nor transactions. Switch to a full node in Settings.',
  rewards: 'does not follow rewards of mining. Switch to a full node in Settings.',
  mode: 'is opened anew to become a full node. Choose the mode in Settings.',
} as const
