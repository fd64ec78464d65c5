import type { CrossingError, FeedMessage } from './contract/service.ts'

export type BridgeAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: CrossingError }

/** What the preload script puts into the page as `window.shoal`: plain functions and plain data, no Electron object. */
export interface Bridge {
  call(service: string, call: string, args: unknown): Promise<BridgeAnswer>
  /** @returns the function that ends the subscription */
  subscribe(service: string, feed: string, args: unknown, listener: (event: FeedEvent) => void): () => void
  /**
   * The channel to the process that holds the wallet's keys (`contract/vault-channel.ts`): what crosses it is seen by no
   * other. A call starts that process where it does not run; calls and feeds that wait end with `VAULT_ENDED` when it goes.
   */
  readonly vault: {
    call(call: string, args: unknown): Promise<BridgeAnswer>
    subscribe(feed: string, args: unknown, listener: (event: FeedEvent) => void): () => void
  }
  /** The path of a dropped or chosen file; empty where the file has none. */
  pathForFile(file: object): string
}

export type FeedEvent =
  | { readonly kind: 'feed'; readonly message: FeedMessage<unknown> }
  | { readonly kind: 'failed'; readonly error: CrossingError }

/** The one IPC channel, both ways; messages are those of the contract's server. */
export const IPC_CHANNEL = 'shoal'

/**
 * Asks the main process for a port to the vault's process, with a number; the answer has the number and either the port or
 * why there is none. Nothing else crosses here.
 */
export const VAULT_IPC_CHANNEL = 'shoal-vault'
export type VaultPortAnswer = { readonly id: number; readonly error?: CrossingError }
