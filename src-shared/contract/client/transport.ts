/** What arrives on a subscription. Nothing here is trusted: `message` and `error` are checked by the client. */
export type TransportEvent =
  | { readonly kind: 'feed'; readonly message: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }

/** The way to the serving end, whatever it is: the preload's bridge, a socket, or a mock. */
export interface Transport {
  /** Resolves with the raw result; rejects with what the serving end said. */
  call(service: string, call: string, args: unknown): Promise<unknown>
  /** Starts a feed; the returned function ends it, and nothing arrives after that. */
  subscribe(service: string, feed: string, args: unknown, onEvent: (event: TransportEvent) => void): () => void
}
