import { CodedError, type Fault } from '../kernel/errors.ts'

/** What the network ports refuse or fail with of themselves; everything else keeps the system's own error and code. */
export type NetworkFault = Fault &
  (
    | { readonly code: 'OFFLINE'; readonly host: string }
    | { readonly code: 'ETIMEDOUT'; readonly target: string }
    | { readonly code: 'EINVAL'; readonly target: string }
    | { readonly code: 'ENOTFOUND'; readonly host: string }
    | { readonly code: 'EBUSY'; readonly host: string }
    | { readonly code: 'EADDRINUSE' | 'EACCES' | 'ENAMETOOLONG'; readonly path: string }
    | { readonly code: 'TOO_LARGE'; readonly url: string; readonly maxBytes: number }
    | { readonly code: 'REDIRECT_REFUSED'; readonly url: string; readonly to: string }
    | { readonly code: 'ECONNRESET'; readonly target: string }
    | { readonly code: 'ABORTED'; readonly url: string }
  )

/** A network port refused or gave up. `message` names the address and the next step. */
export class NetworkError extends CodedError<NetworkFault> {}

export function offline(host: string): NetworkError {
  return new NetworkError(
    { code: 'OFFLINE', host },
    `${host} was not contacted, because network use is switched off. Allow it in Settings, or leave --offline out.`,
  )
}

export function timedOut(target: string, milliseconds: number): NetworkError {
  return new NetworkError(
    { code: 'ETIMEDOUT', target },
    `${target} did not answer within ${milliseconds / 1000} s. Check that it is running and reachable, then try again.`,
  )
}

export function notAnAddress(target: string): NetworkError {
  return new NetworkError(
    { code: 'EINVAL', target },
    `${target} is not an IP address and port that can be used. Give an IPv4 or IPv6 address and a port up to 65535.`,
  )
}
