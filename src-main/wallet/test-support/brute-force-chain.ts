/**
 * A chain and a mempool as a wallet's questions see them, answered by looking at every transaction: no filters, no indexes,
 * no memory. What a block holds and the chain's rules come from `TestChain`.
 */
import type { BlockPosition } from '../../chain/chain.ts'
import { outpointKey } from '../../chain/coins/coin.ts'
import type {
  WalletBlock,
  WalletMempool,
  WalletScan,
  WalletScanResult,
  WalletScripts,
} from '../../chain/node/wallet-calls.ts'
import type { Transaction } from '../../chain/primitives/transaction.ts'
import type { TestChain } from '../../chain/test-support/test-chain.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { WalletBook } from '../wallet-book.ts'

const key = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

/** `scanForWallet`. Spends are found by outpoints alone: the wallet has to name all that may be spent. */
export function scanByHand(chain: TestChain, scan: WalletScan): WalletScanResult {
  const fork = scan.known.find((known) => isIn(chain, known)) ?? positionAt(chain, 0)
  const end = Math.min(chain.height, fork.height + scan.limit)
  const watched = new Watched(scan)
  const blocks: WalletBlock[] = []
  for (let height = fork.height + 1; height <= end; height++) {
    const { header, transactions } = chain.blockAt(height)
    const found = transactions.flatMap((transaction, place) =>
      watched.takes(transaction) ? { place, bytes: transaction.bytes() } : [],
    )
    const position = { hash: header.hash, height }
    if (found.length > 0) blocks.push({ position, previous: header.previous, time: header.time, transactions: found })
  }
  return { fork, blocks, scanned: positionAt(chain, end), height: chain.height }
}

/** `mempoolForWallet` with all of it. */
export function mempoolByHand(mempool: readonly Transaction[], scripts: WalletScripts): WalletMempool {
  const watched = new Watched(scripts)
  const found = mempool.filter((transaction) => watched.takes(transaction))
  return { transactions: found.map((transaction) => transaction.bytes()), sequence: mempool.length }
}

/** Until the wallet has seen everything. */
export function followByHand(
  wallet: WalletBook,
  chain: TestChain,
  mempool: readonly Transaction[] = [],
  { limit = 500, now = 0 } = {},
): void {
  for (let scans = 0; ; scans++) {
    if (scans > 10_000) throw new Error('the wallet never comes to an end')
    const scan = wallet.nextScan(limit)
    if (!wallet.takeScan(scan, scanByHand(chain, scan)).again) break
  }
  wallet.takeMempool(mempoolByHand(mempool, wallet.scripts()).transactions, now, 'whole')
}

export function positionAt(chain: TestChain, height: number): BlockPosition {
  return { hash: chain.blockAt(height).header.hash, height }
}

function isIn(chain: TestChain, { hash, height }: BlockPosition): boolean {
  return height <= chain.height && bytesEqual(chain.blockAt(height).header.hash, hash)
}

class Watched {
  readonly #scripts: ReadonlySet<string>
  readonly #outpoints: Set<string>

  constructor({ scripts, outpoints }: WalletScripts) {
    this.#scripts = new Set(scripts.map(key))
    this.#outpoints = new Set(outpoints.map(key))
  }

  takes({ txid, inputs, outputs }: Transaction): boolean {
    let takes = inputs.some(({ previous }) => this.#outpoints.has(outpointKey(previous)))
    for (const [index, { scriptPubKey }] of outputs.entries()) {
      if (!this.#scripts.has(key(scriptPubKey))) continue
      takes = true
      this.#outpoints.add(outpointKey({ txid, index }))
    }
    return takes
  }
}
