import { CodedError, type Fault } from '../../kernel/errors.ts'
import type { OverlayName } from './searchable.ts'

export type OverlaysFault = Fault &
  (
    | { readonly code: 'OVERLAY_OFF'; readonly overlay: OverlayName; readonly stopped: boolean }
    | { readonly code: 'NOT_FOUND'; readonly target: string }
    | {
        readonly code: 'NOT_STORED'
        readonly overlay: OverlayName
        readonly target: string
        readonly refused: Readonly<Record<string, number>>
      }
    | { readonly code: 'NO_SUCH_SEARCH'; readonly overlay: OverlayName; readonly method: string }
    | { readonly code: 'BAD_VALUE'; readonly why: string }
    | { readonly code: 'BAD_KEY' }
    | { readonly code: 'NO_PORT' }
    | { readonly code: 'SEARCH_GONE'; readonly search: string }
    | { readonly code: 'TOO_MANY_SEARCHES'; readonly limit: number }
    | { readonly code: 'TOO_MANY_KEPT'; readonly limit: number }
  )

/** A call about an overlay that cannot be carried out as asked, or that found nothing. */
export class OverlaysError extends CodedError<OverlaysFault> {
  constructor(fault: OverlaysFault, options?: ErrorOptions) {
    super(fault, sentenceOf(fault), options)
  }
}

/** As sentences begin with them. */
const NAMES = { kademlia: 'The DHT', chord: 'Chord' } as const
const SWITCHES = { kademlia: '--dht auto', chord: '--chord on' } as const

function sentenceOf(fault: OverlaysFault): string {
  switch (fault.code) {
    case 'OVERLAY_OFF':
      return fault.stopped
        ? `${NAMES[fault.overlay]} was stopped or began anew in the meantime; try again.`
        : `${NAMES[fault.overlay]} is off; switch it on in Settings or with "${SWITCHES[fault.overlay]}".`
    case 'NOT_FOUND':
      return `Nobody who was asked has a value under ${fault.target}; check the key, or try again later.`
    case 'NOT_STORED':
      return notStored(fault)
    case 'NO_SUCH_SEARCH':
      return `${NAMES[fault.overlay]} has no search “${fault.method}”; use another one, or another overlay.`
    case 'BAD_VALUE':
      return `The value cannot be stored: ${fault.why}. Give one bencoded value of at most 1,000 bytes.`
    case 'BAD_KEY':
      return 'It is not said what to look for; give a target, or a public key.'
    case 'NO_PORT':
      return 'Shoal takes no connections, so there is no port to announce; name one.'
    case 'SEARCH_GONE':
      return 'This search is no longer here; begin it again.'
    case 'TOO_MANY_SEARCHES':
      return `${fault.limit} searches run already; wait until one has ended.`
    case 'TOO_MANY_KEPT':
      return `${fault.limit} values are kept alive already; store this one without keeping it.`
  }
}

/** By the codes of BEP 44: 301 is another `seq` than that of `cas`, 302 a higher one than ours. */
function notStored({ overlay, refused }: OverlaysFault & { readonly code: 'NOT_STORED' }): string {
  if (refused['301']) return 'The value was not stored: somebody has changed it since; get it again, then decide anew.'
  if (refused['302']) return 'The value was not stored: there is a newer one; give a higher sequence number.'
  if (Object.keys(refused).length > 0) return 'The value was not stored: everybody refused it; try again later.'
  return `The value was not stored: nobody answered; wait until ${overlay === 'chord' ? 'Chord' : 'the DHT'} has joined, then try again.`
}
