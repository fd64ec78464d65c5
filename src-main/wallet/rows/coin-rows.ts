/** Coins and addresses as rows of the contract. */
import type { AddressRow, CoinRow } from '#shared/contract/wallet.ts'
import { addressOfScript } from '../../chain/address/address.ts'
import { isLive, type LedgerCoin } from '../ledger/ledger-entry.ts'
import type { KeptAddress } from '../store/address-repository.ts'
import type { Page, Rows } from '../wallet-book.ts'
import { confirmationsOf, outpointText, type RowParts } from './row-parts.ts'

export class CoinRows {
  readonly #parts: RowParts
  #sorted: { readonly version: number; readonly coins: readonly LedgerCoin[] } | undefined

  constructor(parts: RowParts) {
    this.#parts = parts
  }

  /** Newest first: unconfirmed ones, then by height. */
  coins({ offset, limit }: Page): Rows<CoinRow> {
    const { ledger } = this.#parts
    if (this.#sorted?.version !== ledger.version)
      this.#sorted = { version: ledger.version, coins: [...ledger.coins].sort(byHeight) }
    const { coins } = this.#sorted
    return { rows: coins.slice(offset, offset + limit).map((coin) => this.#coinRow(coin)), total: coins.length }
  }

  /** Of a chain, the last that was handed out or used first. */
  addresses(chain: 'receive' | 'change', { offset, limit }: Page): Rows<AddressRow> {
    const shown = this.#parts.addresses.shown(chain === 'receive' ? 0 : 1)
    const rows = shown.toReversed().slice(offset, offset + limit)
    return { rows: rows.map((address) => this.addressRow(address)), total: shown.length }
  }

  addressRow(address: KeptAddress): AddressRow {
    const { addresses, notes, coinType } = this.#parts
    const { path, script, handedOut } = address
    const id = addresses.addressOf(address)
    return {
      id,
      chain: path.chain === 0 ? 'receive' : 'change',
      index: path.index,
      path: `m/84'/${coinType}'/0'/${path.chain}/${path.index}`,
      ...(handedOut !== undefined && { handedOut }),
      label: notes.labelOf('addr', id),
      ...this.#paymentsTo(script),
    }
  }

  #coinRow({ outpoint, value, script, height, status, isFrozen, isReward }: LedgerCoin): CoinRow {
    const { ledger, notes, prefixes } = this.#parts
    const id = outpointText(outpoint)
    const address = addressOfScript(script, prefixes) ?? ''
    return {
      id,
      value,
      address,
      label: notes.labelOf('output', id) || notes.labelOf('addr', address),
      confirmations: confirmationsOf(height, ledger.height),
      status: isFrozen ? 'frozen' : status,
      isReward,
    }
  }

  /** By transactions that count. */
  #paymentsTo(script: Uint8Array): { received: bigint; balance: bigint; payments: number } {
    const { ledger } = this.#parts
    const found = { received: 0n, balance: 0n, payments: 0 }
    for (const entry of ledger.payersOf(script)) {
      if (!isLive(entry)) continue
      const { txid, outputs } = entry.record.transaction
      found.payments++
      for (const [index, output] of outputs.entries()) {
        if (Buffer.compare(output.scriptPubKey, script) !== 0) continue
        found.received += output.value
        if (ledger.coin({ txid, index })) found.balance += output.value
      }
    }
    return found
  }
}

function byHeight(a: LedgerCoin, b: LedgerCoin): number {
  return (
    (b.height ?? Infinity) - (a.height ?? Infinity) ||
    Buffer.compare(a.outpoint.txid, b.outpoint.txid) ||
    a.outpoint.index - b.outpoint.index
  )
}
