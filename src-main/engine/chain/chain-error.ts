import { CodedError } from '../../kernel/errors.ts'

export type ChainServiceFault =
  | { readonly code: 'CHAIN_OFF' }
  | { readonly code: 'CHAIN_STARTING' }
  | { readonly code: 'CHAIN_FAILED'; readonly reason: string }
  | { readonly code: 'BAD_ENDPOINT'; readonly text: string }
  | { readonly code: 'TRANSACTION_REFUSED'; readonly reason: string }

export class ChainServiceError extends CodedError<ChainServiceFault> {
  constructor(fault: ChainServiceFault) {
    super(fault, sentenceOf(fault))
  }
}

function sentenceOf(fault: ChainServiceFault): string {
  switch (fault.code) {
    case 'CHAIN_OFF':
      return 'The chain is switched off; switch it on in Settings or with --chain on.'
    case 'CHAIN_STARTING':
      return 'The chain is being opened; try again in a moment.'
    case 'CHAIN_FAILED':
      return fault.reason
    case 'BAD_ENDPOINT':
      return `“${fault.text}” is no HOST:PORT; write it like 192.0.2.7:9533.`
    case 'TRANSACTION_REFUSED':
      return `The transaction was refused (${fault.reason}); check what it spends and its fee.`
  }
}
