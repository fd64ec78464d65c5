/** A chain of tests that remembers what each block spent, grows at random by a seed, and makes the commits of a store. */
import { type Coin, outpointKey } from '../coins/coin.ts'
import { isBlockFault } from '../consensus/connect-block.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { networks } from '../consensus/networks.ts'
import type { Block } from '../primitives/block.ts'
import type { Outpoint, Transaction } from '../primitives/transaction.ts'
import type { ChainCommit, ChainStore, StoredHeader } from '../store/chain-store.ts'
import type { BlockParts } from './block-builder.ts'
import { TestChain } from './test-chain.ts'
import { ANYONE_CAN_SPEND, coinOf, type OwnedCoin, spendCoins, TestKey } from './test-keys.ts'

/** As `local`, but rewards can be spent at once. */
export const HASTY_NETWORK: ChainNetwork = { ...networks.local, coinbaseMaturity: 1 }

/** Whole numbers from 0 to `below` - 1, the same ones for a seed (Park and Miller). */
export function seededNumbers(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

type Spent = readonly (readonly Coin[])[]

export class RecordedChain {
  readonly chain: TestChain
  readonly #spent: Spent[]

  constructor(chain: TestChain = new TestChain(HASTY_NETWORK), spent: readonly Spent[] = [[]]) {
    this.chain = chain
    this.#spent = [...spent]
  }

  get height(): number {
    return this.chain.height
  }

  spentAt(height: number): Spent {
    return this.#spent[height] as Spent
  }

  fork(height: number): RecordedChain {
    return new RecordedChain(this.chain.fork(height), this.#spent.slice(0, height + 1))
  }

  mine(parts: Partial<BlockParts> = {}): Block {
    const block = this.chain.next(parts)
    const effects = this.chain.effectsOf(block)
    if (isBlockFault(effects)) throw new Error(`a block that was to be valid is not: ${effects.reason}`)
    this.chain.add(block)
    this.#spent.push(effects.spent)
    return block
  }

  /** Mines a block of up to `most` random spends of coins that anyone may spend. */
  mineAtRandom(random: (below: number) => number, most = 4): Block {
    const coins = [...this.chain.coins].filter(
      ([, { height, scriptPubKey }]) => height < this.height && scriptPubKey.length === ANYONE_CAN_SPEND.length,
    )
    const transactions: Transaction[] = []
    for (let n = random(most + 1); n > 0 && coins.length > 0; n--) {
      const [[key, coin]] = coins.splice(random(coins.length), 1) as [[string, Coin]]
      const owned: OwnedCoin = { outpoint: outpointOf(key), output: coin }
      const outputs = Array.from({ length: 1 + random(3) }, (_, i) => ({
        value: coin.value / 4n,
        scriptPubKey: i === 2 ? new TestKey(random(5)).p2wpkh : ANYONE_CAN_SPEND,
      }))
      const made = spendCoins([owned], outputs)
      transactions.push(made)
      // Sometimes an output is spent in the block that made it.
      if (random(4) === 0)
        transactions.push(spendCoins([coinOf(made, 0)], [{ value: coin.value / 8n, scriptPubKey: ANYONE_CAN_SPEND }]))
    }
    return this.mine({ transactions, extraNonce: random(2 ** 30), payTo: ANYONE_CAN_SPEND })
  }

  /** Gives the store the headers and blocks from `from` on. */
  offer(store: ChainStore, from = 0): void {
    const blocks = this.chain.blocks.slice(from)
    store.addHeaders(blocks.map((block, i) => storedHeader(block, from + i)))
    for (const [i, block] of blocks.entries()) store.addBlock(block.hash, from + i, block.bytes())
  }

  /** The commit from the tip of another chain (undefined: from nothing) to the tip of this one. */
  commitFrom(before: RecordedChain | undefined): ChainCommit {
    const shared = before === undefined ? -1 : commonHeight(this, before)
    const connected = this.chain.blocks.slice(shared + 1).map((block, i) => {
      const height = shared + 1 + i
      return { height, block, spent: this.spentAt(height) }
    })
    const disconnected = (before?.chain.blocks ?? [])
      .slice(shared + 1)
      .map(({ hash }, i) => ({ height: shared + 1 + i, hash }))
      .reverse()
    const coins = coinChanges(before?.chain.coins ?? new Map(), this.chain.coins)
    return { tip: this.chain.tip.hash, tipHeight: this.height, coins, connected, disconnected }
  }
}

export function storedHeader(block: Block, height: number): StoredHeader {
  return { header: block.header.bytes(), hash: block.hash, height, standing: 'good', hasBlock: false }
}

function commonHeight(a: RecordedChain, b: RecordedChain): number {
  let height = Math.min(a.height, b.height)
  while (height > 0 && a.chain.blockAt(height) !== b.chain.blockAt(height)) height--
  return height
}

function coinChanges(
  before: ReadonlyMap<string, Coin>,
  after: ReadonlyMap<string, Coin>,
): Map<string, Coin | undefined> {
  const changes = new Map<string, Coin | undefined>()
  for (const key of before.keys()) if (!after.has(key)) changes.set(key, undefined)
  for (const [key, coin] of after) if (before.get(key) !== coin) changes.set(key, coin)
  return changes
}

/** The inverse of `outpointKey`. */
export function outpointOf(key: string): Outpoint {
  const bytes = Uint8Array.from(key, (character) => character.charCodeAt(0))
  const index = new DataView(bytes.buffer).getUint32(32, true)
  const outpoint = { txid: bytes.slice(0, 32), index }
  if (outpointKey(outpoint) !== key) throw new RangeError('not the key of an outpoint')
  return outpoint
}
