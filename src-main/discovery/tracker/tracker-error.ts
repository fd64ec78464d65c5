import { assertNever, CodedError, codeOf } from '../../kernel/errors.ts'

export type TrackerFault =
  | { readonly code: 'URL_REFUSED'; readonly why: string }
  | { readonly code: 'UNREACHABLE'; readonly cause: string }
  | { readonly code: 'OFFLINE' }
  | { readonly code: 'TIMED_OUT'; readonly seconds: number }
  | { readonly code: 'HTTP_STATUS'; readonly status: number }
  | { readonly code: 'TOO_LARGE'; readonly limit: number }
  | { readonly code: 'BAD_ANSWER'; readonly what: string }
  /** The tracker said no. `retryMinutes`: BEP 31. */
  | { readonly code: 'REFUSED'; readonly reason: string; readonly retryMinutes: number | 'never' | undefined }
  | { readonly code: 'BUSY'; readonly limit: number }
  | { readonly code: 'ABORTED' }

/**
 * An announce that brought no answer we can use. `message` names the tracker by host and port only: paths and queries
 * of trackers hold passkeys.
 */
export class TrackerError extends CodedError<TrackerFault> {
  constructor(tracker: string, fault: TrackerFault, options?: ErrorOptions) {
    super(fault, sentence(tracker, fault), options)
  }
}

/** The typed error of whatever an announce threw: system codes and those of the HTTP port are sorted into ours. */
export function asTrackerError(tracker: string, error: unknown): TrackerError {
  if (error instanceof TrackerError) return error
  const cause = codeOf(error)
  const options = { cause: error }
  if (cause === 'OFFLINE') return new TrackerError(tracker, { code: 'OFFLINE' }, options)
  if (cause === 'ABORTED' || cause === 'ABORT_ERR') return new TrackerError(tracker, { code: 'ABORTED' }, options)
  return new TrackerError(tracker, { code: 'UNREACHABLE', cause }, options)
}

const AGAIN = 'Shoal will ask it again later.'

function sentence(tracker: string, fault: TrackerFault): string {
  switch (fault.code) {
    case 'URL_REFUSED':
      return `The tracker address ${tracker} is not used: ${fault.why}. Remove it, or correct it.`
    case 'UNREACHABLE':
      return `The tracker ${tracker} could not be reached (${fault.cause}). ${AGAIN}`
    case 'OFFLINE':
      return `The tracker ${tracker} is not asked while Shoal is offline. Allow network use in Settings.`
    case 'TIMED_OUT':
      return `The tracker ${tracker} did not answer within ${fault.seconds} seconds. ${AGAIN}`
    case 'HTTP_STATUS':
      return `The tracker ${tracker} answered with HTTP status ${fault.status}. ${AGAIN}`
    case 'TOO_LARGE':
      return `The tracker ${tracker} sent an answer of more than ${fault.limit} bytes, which was dropped. ${AGAIN}`
    case 'BAD_ANSWER':
      return `The tracker ${tracker} gave an answer that makes no sense: ${fault.what}. ${AGAIN}`
    case 'REFUSED':
      return `The tracker ${tracker} refused: ${fault.reason}. ${fault.retryMinutes === 'never' ? 'It will not be asked again.' : AGAIN}`
    case 'BUSY':
      return `The tracker ${tracker} was not asked because ${fault.limit} requests are open. ${AGAIN}`
    case 'ABORTED':
      return `Asking the tracker ${tracker} was given up. Start the torrent again to ask it.`
    default:
      return assertNever(fault)
  }
}
