/** Who is told what happens to the chain. */
import type { BlockPosition } from '../chain.ts'
import type { BlockFault } from '../consensus/block-fault.ts'
import type { ConnectedBlock } from '../store/chain-store.ts'

/** Called while the change is going on: tip and coins are those after the block. Must not throw. */
export interface ChainstateListener {
  blockConnected?(block: ConnectedBlock): void
  /** `block` was the tip. */
  blockDisconnected?(block: ConnectedBlock): void
  /** The tip has moved to where it stays for now: `disconnected` highest first, then `connected` lowest first. */
  tipChanged?(change: {
    readonly disconnected: readonly BlockPosition[]
    readonly connected: readonly BlockPosition[]
  }): void
  /** Another header ends the chain with most work. */
  headersChanged?(): void
  /** A block that was kept turned out bad when it was to be connected; it may be the one that has just come. */
  blockRefused?(refused: BlockPosition & { readonly fault: BlockFault }): void
  phaseChanged?(): void
  /** The store could not be brought up to date; that is tried again. */
  commitFailed?(error: unknown): void
}

export class ChainstateListeners implements Required<ChainstateListener> {
  readonly #listeners = new Set<ChainstateListener>()

  add(listener: ChainstateListener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  blockConnected(block: ConnectedBlock): void {
    for (const listener of this.#listeners) listener.blockConnected?.(block)
  }

  blockDisconnected(block: ConnectedBlock): void {
    for (const listener of this.#listeners) listener.blockDisconnected?.(block)
  }

  tipChanged(change: {
    readonly disconnected: readonly BlockPosition[]
    readonly connected: readonly BlockPosition[]
  }): void {
    for (const listener of this.#listeners) listener.tipChanged?.(change)
  }

  headersChanged(): void {
    for (const listener of this.#listeners) listener.headersChanged?.()
  }

  blockRefused(refused: BlockPosition & { readonly fault: BlockFault }): void {
    for (const listener of this.#listeners) listener.blockRefused?.(refused)
  }

  phaseChanged(): void {
    for (const listener of this.#listeners) listener.phaseChanged?.()
  }

  commitFailed(error: unknown): void {
    for (const listener of this.#listeners) listener.commitFailed?.(error)
  }
}
