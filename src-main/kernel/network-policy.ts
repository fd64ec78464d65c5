/** What may leave this machine. */
export type NetworkPolicy =
  | { readonly mode: 'online' }
  /** Only loopback, and the IP literals or host names a person has named on the command line. */
  | {
      readonly mode: 'local-only'
      readonly allowedHosts: readonly string[]
      /**
       * Local discovery was asked for by name: multicast may leave the machine, and the private addresses it is answered
       * from may be contacted. Default false.
       */
      readonly multicast?: boolean
    }

/** The one switch in front of every port that reaches the network; a refusal has the code `OFFLINE`. */
export interface NetworkControl {
  readonly policy: NetworkPolicy
  set(policy: NetworkPolicy): void
}

/** The address to listen on that fits the policy: all interfaces, or this machine only where nobody else may connect. */
export function listenHost(policy: NetworkPolicy): string {
  return policy.mode === 'online' || policy.multicast === true ? '0.0.0.0' : '127.0.0.1'
}
