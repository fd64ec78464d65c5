/**
 * The wallet's ledger: its transactions with where they stand in the chain, and everything that follows from that: how each
 * stands, coins, balance, history. Nothing else is kept: the same records give the same ledger, in whatever order they
 * came and went. What changes is worked out again for the transactions that hang together with it, and for no others.
 *
 * No I/O. Records are plain data that wallet.db keeps.
 */
import { hashKey, outpointKey } from '../../chain/coins/coin.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import type { KeyPath } from '../wallet-types.ts'
import { HeightIndex } from './height-index.ts'
import { HistoryOrder, isSamePlace, placeOf } from './history-order.ts'
import type { LedgerCoin, LedgerEntry, OwnOutput, TransactionFacts } from './ledger-entry.ts'
import type { LedgerRecord } from './ledger-record.ts'
import { type LedgerTotals, OwnCoins } from './own-coins.ts'
import { groupOf, settleGroup, spenderOf } from './standings.ts'
import { factsOf } from './transaction-facts.ts'
import { TransactionIndex } from './transaction-index.ts'

/** Transactions whose place in the history changes together that are sorted in at once. */
const BULK = 64

export interface LedgerChange {
  readonly txid: Uint8Array
  /** Undefined: to be forgotten. */
  readonly record: LedgerRecord | undefined
}

export interface LedgerOptions {
  /** Blocks from a reward's to the first that may spend it. */
  readonly maturity: number
  /** The path of an output script that is ours. */
  readonly pathOf: (script: Uint8Array) => KeyPath | undefined
}

export class Ledger {
  readonly #options: LedgerOptions
  readonly #index = new TransactionIndex()
  readonly #coins: OwnCoins
  readonly #order = new HistoryOrder()
  readonly #touched = new Set<LedgerEntry>()
  /** Since the last `takeChanges`. */
  readonly #changed = new Map<string, LedgerChange>()
  readonly #pending = new Set<LedgerEntry>()
  /** In no block. */
  readonly #unconfirmed = new Set<LedgerEntry>()
  readonly #byHeight = new HeightIndex()
  #height = 0
  #lastArrival = 0
  #version = 0

  constructor(options: LedgerOptions) {
    this.#options = options
    this.#coins = new OwnCoins(this.#index, options.maturity)
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version
  }

  get size(): number {
    return this.#index.size
  }

  get height(): number {
    return this.#height
  }

  get totals(): LedgerTotals {
    this.#settle()
    return this.#coins.totals
  }

  /** Newest first. */
  get history(): readonly LedgerEntry[] {
    this.#settle()
    return this.#order.entries
  }

  get coins(): Iterable<LedgerCoin> {
    this.#settle()
    return this.#coins.coins
  }

  /** Those that may be in the next block, in no order. */
  get pending(): ReadonlySet<LedgerEntry> {
    this.#settle()
    return this.#pending
  }

  /** In no block, however they stand. */
  get unconfirmed(): ReadonlySet<LedgerEntry> {
    this.#settle()
    return this.#unconfirmed
  }

  get entries(): Iterable<LedgerEntry> {
    this.#settle()
    return this.#index.entries
  }

  /** In blocks from one height to another, both included; in the order of the chain. */
  confirmedIn(lowest: number, highest: number): readonly LedgerEntry[] {
    return this.#byHeight.between(lowest, highest)
  }

  /** Outputs of ours that nothing spends in a block up to `buried`: 36 bytes each, as inputs name them. */
  openOutpoints(buried: number): readonly Uint8Array[] {
    this.#settle()
    return this.#coins.openOutpoints(buried)
  }

  find(txid: Uint8Array): LedgerEntry | undefined {
    this.#settle()
    return this.#index.find(hashKey(txid))
  }

  /** By the `hashKey` of its txid. */
  findByKey(key: string): LedgerEntry | undefined {
    this.#settle()
    return this.#index.find(key)
  }

  coin(outpoint: Outpoint): LedgerCoin | undefined {
    this.#settle()
    return this.#coins.find(outpoint)
  }

  /** The output that an outpoint names, where it is ours: spent or not. */
  ownOutput(outpoint: Outpoint): OwnOutput | undefined {
    return this.#index.ownOutput(outpoint)
  }

  factsOf(entry: LedgerEntry): TransactionFacts {
    this.#settle()
    entry.facts ??= factsOf(entry, this.#index)
    return entry.facts
  }

  isPaidTo(script: Uint8Array): boolean {
    for (const _ of this.#index.payersOf(script)) return true
    return false
  }

  /** Everything that pays to a script. */
  payersOf(script: Uint8Array): Iterable<LedgerEntry> {
    this.#settle()
    return this.#index.payersOf(script)
  }

  spenderOf(outpoint: Outpoint): LedgerEntry | undefined {
    this.#settle()
    return spenderOf(outpoint, this.#index)
  }

  /** Whether anything of ours spends it, however that stands. */
  hasSpender(outpoint: Outpoint): boolean {
    return this.#index.spendersOf(outpointKey(outpoint)).length > 0
  }

  /** Whether a transaction pays to us or spends an output of ours that is known. */
  concerns(transaction: LedgerRecord['transaction']): boolean {
    return (
      transaction.outputs.some(({ scriptPubKey }) => this.#options.pathOf(scriptPubKey) !== undefined) ||
      transaction.inputs.some(({ previous }) => this.#index.parentOf(previous)?.own.has(previous.index))
    )
  }

  /** A new one, or one that is known as it is now. */
  put(record: LedgerRecord): void {
    const id = hashKey(record.transaction.txid)
    const known = this.#index.find(id)
    this.#lastArrival = Math.max(this.#lastArrival, record.arrival)
    this.#changed.set(id, { txid: record.transaction.txid, record })
    this.#version++
    if (known) this.#byHeight.remove(known)
    const entry = known ?? this.#newEntry(id, record)
    entry.record = record
    this.#byHeight.add(entry)
    if (record.block) this.#unconfirmed.delete(entry)
    else this.#unconfirmed.add(entry)
    this.#touched.add(entry)
  }

  /** Records of a wallet that was kept. */
  load(records: readonly LedgerRecord[]): void {
    for (const record of records) this.put(record)
    this.#changed.clear()
  }

  remove(txid: Uint8Array): void {
    const entry = this.#index.find(hashKey(txid))
    if (entry === undefined) return
    const near = [...this.#index.parentsOf(entry), ...this.#index.childrenOf(entry), ...this.#index.conflictsOf(entry)]
    this.#coins.forget(entry)
    this.#byHeight.remove(entry)
    this.#unconfirmed.delete(entry)
    this.#order.remove(entry)
    this.#index.remove(entry)
    this.#pending.delete(entry)
    this.#touched.delete(entry)
    this.#changed.set(entry.id, { txid, record: undefined })
    this.#version++
    for (const other of near) this.#touched.add(other)
  }

  /** A number after all arrivals so far. */
  nextArrival(): number {
    return ++this.#lastArrival
  }

  /** Scripts that are ours from now on. */
  scriptsAdded(scripts: Iterable<Uint8Array>): void {
    for (const script of scripts)
      for (const entry of this.#index.payersOf(script)) {
        this.#findOwn(entry)
        this.#touched.add(entry)
      }
  }

  /** Of the best chain as far as it was looked at. */
  setHeight(height: number): void {
    if (height === this.#height) return
    this.#height = height
    this.#coins.setHeight(height)
    this.#version++
  }

  freeze(outpoint: Outpoint, isFrozen: boolean): void {
    this.#coins.freeze(outpoint, isFrozen)
    this.#version++
  }

  /** What has to be written down since the last call. */
  takeChanges(): readonly LedgerChange[] {
    const changes = [...this.#changed.values()]
    this.#changed.clear()
    return changes
  }

  #newEntry(id: string, record: LedgerRecord): LedgerEntry {
    const entry: LedgerEntry = {
      id,
      record,
      own: new Map(),
      standing: 'pending',
      replacedBy: undefined,
      isTrusted: false,
      historyPlace: { isPending: false, time: 0, height: 0, place: 0, arrival: 0, id },
      facts: undefined,
    }
    this.#index.add(entry)
    this.#findOwn(entry)
    return entry
  }

  #findOwn(entry: LedgerEntry): void {
    for (const [place, { scriptPubKey }] of entry.record.transaction.outputs.entries()) {
      const path = this.#options.pathOf(scriptPubKey)
      if (path) entry.own.set(place, path)
    }
  }

  /** Everything that hangs together with what was touched is worked out again. */
  #settle(): void {
    if (this.#touched.size === 0) return
    const group = groupOf(this.#touched, this.#index)
    this.#touched.clear()
    settleGroup(group, this.#index)
    const coinsOf = new Set(group)
    const moved: LedgerEntry[] = []
    for (const entry of group) {
      for (const parent of this.#index.parentsOf(entry)) coinsOf.add(parent)
      for (const child of this.#index.childrenOf(entry)) child.facts = undefined
      entry.facts = undefined
      if (this.#placeChanged(entry)) moved.push(entry)
      if (entry.standing === 'pending') this.#pending.add(entry)
      else this.#pending.delete(entry)
    }
    for (const entry of coinsOf) this.#coins.work(entry)
    // One by one each costs a move of the whole list; many at once are sorted in.
    if (moved.length > BULK) this.#order.insertAll(moved)
    else for (const entry of moved) this.#order.insert(entry)
  }

  /** Takes it out of the order where its place is another one now. */
  #placeChanged(entry: LedgerEntry): boolean {
    const place = placeOf(entry)
    if (isSamePlace(place, entry.historyPlace)) return false
    this.#order.remove(entry)
    entry.historyPlace = place
    return true
  }
}
