/**
 * What a wallet must say, worked out from the chain and from what waits for a block in the plainest way: all coins of the
 * chain are gone through, nothing is remembered. Shares no code with the wallet's ledger.
 */
import { outpointKey } from '../../chain/coins/coin.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import type { Transaction } from '../../chain/primitives/transaction.ts'
import type { TestChain } from '../../chain/test-support/test-chain.ts'

const key = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

export interface PlainRow {
  readonly id: string
  readonly delta: bigint
  /** Undefined while it waits. */
  readonly height: number | undefined
}

export interface PlainLedger {
  readonly balance: { readonly available: bigint; readonly pending: bigint; readonly immature: bigint }
  /** `txid:index value`, sorted. */
  readonly coins: readonly string[]
  /** Sorted by id. */
  readonly rows: readonly PlainRow[]
}

interface Output {
  readonly value: bigint
  readonly isOurs: boolean
}

/** `waiting`: parents before children, none that clashes with the chain or another of them. */
export function plainLedger(
  chain: TestChain,
  waiting: readonly Transaction[],
  isOurs: (script: Uint8Array) => boolean,
): PlainLedger {
  const outputs = new Map<string, Output>()
  const rows: PlainRow[] = []
  const take = (transaction: Transaction, height: number | undefined) => {
    const delta = deltaOf(transaction, outputs, isOurs)
    if (delta !== undefined) rows.push({ id: displayHash(transaction.txid), delta, height })
  }
  for (const [height, { transactions }] of chain.blocks.entries())
    for (const transaction of transactions) take(transaction, height)
  const spent = new Set(waiting.flatMap(({ inputs }) => inputs.map(({ previous }) => outpointKey(previous))))
  const balance = { available: 0n, pending: 0n, immature: 0n }
  const coins: string[] = []
  for (const [name, { value, scriptPubKey, height, isCoinbase }] of chain.coins) {
    if (!isOurs(scriptPubKey) || spent.has(name)) continue
    const isMature = !isCoinbase || chain.height + 1 - height >= chain.network.coinbaseMaturity
    balance[isMature ? 'available' : 'immature'] += value
    coins.push(shownCoin(name, value))
  }
  const trusted = new Set<string>()
  for (const transaction of waiting) {
    const isTrusted = transaction.inputs.every(
      ({ previous }) =>
        outputs.get(outpointKey(previous))?.isOurs &&
        (chain.coin(previous) !== undefined || trusted.has(key(previous.txid))),
    )
    if (isTrusted) trusted.add(key(transaction.txid))
    take(transaction, undefined)
    for (const [index, { value, scriptPubKey }] of transaction.outputs.entries()) {
      const name = outpointKey({ txid: transaction.txid, index })
      if (!isOurs(scriptPubKey) || spent.has(name)) continue
      balance[isTrusted ? 'available' : 'pending'] += value
      coins.push(shownCoin(name, value))
    }
  }
  return { balance, coins: coins.sort(), rows: rows.sort((a, b) => (a.id < b.id ? -1 : 1)) }
}

/** Undefined where it does not concern us. Remembers the outputs. */
function deltaOf(
  { txid, inputs, outputs }: Transaction,
  known: Map<string, Output>,
  isOurs: (script: Uint8Array) => boolean,
): bigint | undefined {
  let delta: bigint | undefined
  for (const { previous } of inputs) {
    const output = known.get(outpointKey(previous))
    if (output?.isOurs) delta = (delta ?? 0n) - output.value
  }
  for (const [index, { value, scriptPubKey }] of outputs.entries()) {
    const ours = isOurs(scriptPubKey)
    known.set(outpointKey({ txid, index }), { value, isOurs: ours })
    if (ours) delta = (delta ?? 0n) + value
  }
  return delta
}

/** As the wallet's coins are shown. */
export function shownCoin(name: string, value: bigint): string {
  return `${Buffer.from(name, 'latin1').toString('hex')} ${value}`
}
