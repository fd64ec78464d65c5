/**
 * Outputs of the wallet that a scan asks about: unspent ones, and those whose spend may still leave the chain. A spend that
 * is buried under enough blocks is taken for good, so that a wallet of many years asks about little.
 */
import { outpointKey } from '../../chain/coins/coin.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'

interface OpenOutput {
  readonly bytes: Uint8Array
  /** Height of the block that spends it. */
  readonly spentAt: number | undefined
}

export class OpenOutputs {
  readonly #open = new Map<string, OpenOutput>()
  /** Spends up to here are buried. */
  #buried = -1
  #outpoints: readonly Uint8Array[] | undefined

  /** 36 bytes each. */
  get outpoints(): readonly Uint8Array[] {
    this.#outpoints ??= [...this.#open.values()].map(({ bytes }) => bytes)
    return this.#outpoints
  }

  set(outpoint: Outpoint, spentAt: number | undefined): void {
    const key = outpointKey(outpoint)
    if (spentAt !== undefined && spentAt <= this.#buried) this.#delete(key)
    else {
      const bytes = this.#open.get(key)?.bytes
      this.#open.set(key, { bytes: bytes ?? new Uint8Array(Buffer.from(key, 'latin1')), spentAt })
      if (bytes === undefined) this.#outpoints = undefined
    }
  }

  remove(outpoint: Outpoint): void {
    this.#delete(outpointKey(outpoint))
  }

  /** Whether it lies lower than before, so that all have to be set again. */
  bury(height: number): boolean {
    const isLower = height < this.#buried
    this.#buried = height
    for (const [key, { spentAt }] of this.#open) if (spentAt !== undefined && spentAt <= height) this.#delete(key)
    return isLower
  }

  #delete(key: string): void {
    if (this.#open.delete(key)) this.#outpoints = undefined
  }
}
