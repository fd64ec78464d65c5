import { CodedError, type Fault } from '../../kernel/errors.ts'

export type PeersFault = Fault &
  (
    | { readonly code: 'NO_SUCH_PEER'; readonly id: string }
    | { readonly code: 'BAD_HOST'; readonly host: string }
    | { readonly code: 'TOO_MANY_BANS'; readonly limit: number }
  )

/** A call about peers that cannot be carried out as asked. */
export class PeersError extends CodedError<PeersFault> {
  constructor(fault: PeersFault) {
    super(fault, sentenceOf(fault))
  }
}

function sentenceOf(fault: PeersFault): string {
  switch (fault.code) {
    case 'NO_SUCH_PEER':
      return `The peer ${fault.id} is no longer connected; look at the list again.`
    case 'BAD_HOST':
      return `"${fault.host}" is no IP address; give one like 192.0.2.7 or 2001:db8::7.`
    case 'TOO_MANY_BANS':
      return `${fault.limit} addresses are banned already; take back some of them first.`
  }
}
