import type { CrossingError, FeedMessage } from './contract/service.ts'

/** What the preload script puts into the page as `window.shoal`: plain functions and plain data, no Electron object. */
export interface Bridge {
  call(
    service: string,
    call: string,
    args: unknown,
  ): Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: CrossingError }>
  /** @returns the function that ends the subscription */
  subscribe(service: string, feed: string, args: unknown, listener: (event: FeedEvent) => void): () => void
  /** The path of a dropped or chosen file; empty where the file has none. */
  pathForFile(file: object): string
}

export type FeedEvent =
  | { readonly kind: 'feed'; readonly message: FeedMessage<unknown> }
  | { readonly kind: 'failed'; readonly error: CrossingError }

/** The one IPC channel, both ways; messages are those of the contract's server. */
export const IPC_CHANNEL = 'shoal'
