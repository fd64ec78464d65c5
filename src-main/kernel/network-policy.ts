/** What may leave this machine. */
export type NetworkPolicy =
  | { readonly mode: 'online' }
  /** Only loopback, and the IP literals or host names a person has named on the command line. */
  | { readonly mode: 'local-only'; readonly allowedHosts: readonly string[] }

/** The one switch in front of every port that reaches the network; a refusal has the code `OFFLINE`. */
export interface NetworkControl {
  readonly policy: NetworkPolicy
  set(policy: NetworkPolicy): void
}

/** The address to listen on that fits the policy: all interfaces, or this machine only. */
export function listenHost(policy: NetworkPolicy): string {
  return policy.mode === 'online' ? '0.0.0.0' : '127.0.0.1'
}
