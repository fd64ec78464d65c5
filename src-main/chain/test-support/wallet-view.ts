/** What a wallet makes of the answers to its scans: the plainest one there can be. */
import { concatBytes } from '../../kernel/bytes.ts'
import type { BlockPosition } from '../chain.ts'
import { hashKey } from '../coins/coin.ts'
import type { WalletBlock, WalletScanResult } from '../node/wallet-calls.ts'
import { displayHash } from '../primitives/hashes.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import { type FoundTransaction, OUR_SCRIPTS } from './wallet-chains.ts'

export class WalletView {
  readonly #scripts: ReadonlySet<string>
  #blocks: WalletBlock[] = []
  /** All outputs to the wallet that were ever seen: a spend may leave the chain. */
  readonly #outpoints = new Map<string, Uint8Array>()
  /** Ends of scans, newest first. */
  #seen: BlockPosition[] = []

  constructor(scripts: readonly Uint8Array[] = OUR_SCRIPTS) {
    this.#scripts = new Set(scripts.map((script) => hashKey(script)))
  }

  get known(): readonly BlockPosition[] {
    return this.#seen.slice(0, 64)
  }

  get tip(): BlockPosition {
    return this.#seen[0] ?? { hash: new Uint8Array(32), height: 0 }
  }

  take({ fork, blocks, scanned }: WalletScanResult): void {
    this.#blocks = [...this.#blocks.filter(({ position }) => position.height <= fork.height), ...blocks]
    this.#seen = [scanned, ...this.#seen.filter(({ height }) => height <= fork.height)]
    for (const { bytes } of blocks.flatMap(({ transactions }) => transactions)) {
      const { txid, outputs } = decodeTransaction(bytes)
      for (const [index, { scriptPubKey }] of outputs.entries())
        if (this.#scripts.has(hashKey(scriptPubKey))) {
          const outpoint = outpointBytes(txid, index)
          this.#outpoints.set(hashKey(outpoint), outpoint)
        }
    }
  }

  get outpoints(): readonly Uint8Array[] {
    return [...this.#outpoints.values()]
  }

  history(): FoundTransaction[] {
    return this.#blocks.flatMap(({ position: { height }, transactions }) =>
      transactions.map(({ place, bytes }) => ({ height, place, txid: displayHash(decodeTransaction(bytes).txid) })),
    )
  }
}

/** As inputs name it. */
export function outpointBytes(txid: Uint8Array, index: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, index, true)
  return concatBytes([txid, bytes])
}
