import { assertNever, CodedError, type Fault } from '../../../kernel/errors.ts'

export type WireFault = Fault &
  (
    | { readonly code: 'WRONG_MAGIC'; readonly found: string }
    | { readonly code: 'BAD_COMMAND' }
    | { readonly code: 'TOO_LARGE'; readonly command: string; readonly size: number; readonly limit: number }
    | { readonly code: 'WRONG_CHECKSUM'; readonly command: string }
    /** `what`: the code of what its codec found. */
    | { readonly code: 'MALFORMED'; readonly command: string; readonly what: string }
  )

/** Bytes from a peer are no message of the network. They say nothing about blocks or transactions. */
export class WireError extends CodedError<WireFault> {
  constructor(fault: WireFault, options?: ErrorOptions) {
    super(fault, `${sentenceOf(fault)} Disconnect from it and ask another node.`, options)
  }

  /**
   * What the sender deserves: bytes of another network or damaged on their way end the connection and no more; a message
   * that only a broken or hostile program makes keeps its address away for a while.
   */
  get blame(): 'disconnect' | 'discourage' {
    switch (this.fault.code) {
      case 'WRONG_MAGIC':
      case 'WRONG_CHECKSUM':
        return 'disconnect'
      case 'BAD_COMMAND':
      case 'TOO_LARGE':
      case 'MALFORMED':
        return 'discourage'
      default:
        return assertNever(this.fault)
    }
  }
}

function sentenceOf(fault: WireFault): string {
  switch (fault.code) {
    case 'WRONG_MAGIC':
      return `The peer begins a message with ${fault.found}, so it speaks for another network.`
    case 'BAD_COMMAND':
      return 'The peer sent a message whose name is no text.'
    case 'TOO_LARGE':
      return `The peer announced a message "${fault.command}" of ${fault.size} bytes, and at most ${fault.limit} are possible now.`
    case 'WRONG_CHECKSUM':
      return `The message "${fault.command}" from the peer was damaged on its way.`
    case 'MALFORMED':
      return `The message "${fault.command}" from the peer cannot be read (${fault.what}).`
    default:
      return assertNever(fault)
  }
}
