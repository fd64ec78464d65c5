/**
 * How unconfirmed transactions stand, worked out for all that hang together: by what they spend, by what spends them, by
 * spending the same. Such a group touches others only by way of blocks, so it is worked out anew as a whole when any of it
 * changes, and the outcome depends on the records alone, not on the order in which they became known.
 *
 * Of two that spend the same coin the one that became unconfirmed later counts, as it does in a mempool.
 */
import { outpointKey } from '../../chain/coins/coin.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import { isLive, type LedgerEntry, type Standing } from './ledger-entry.ts'
import type { TransactionIndex } from './transaction-index.ts'

/** Where several hold, the first is said. */
const RANKS: readonly Standing[] = ['orphaned', 'conflicted', 'abandoned', 'replaced']

/** These and every unconfirmed one that they hang together with. */
export function groupOf(touched: Iterable<LedgerEntry>, index: TransactionIndex): ReadonlySet<LedgerEntry> {
  const group = new Set(touched)
  const visit = (near: LedgerEntry) => {
    if (near.record.block === undefined) group.add(near)
  }
  // A set is walked in the order of insertion, what is added on the way included.
  for (const entry of group) {
    for (const near of index.parentsOf(entry)) visit(near)
    for (const near of index.childrenOf(entry)) visit(near)
    for (const near of index.conflictsOf(entry)) visit(near)
  }
  return group
}

/** Sets `standing`, `replacedBy` and `isTrusted` of a group that `groupOf` gave. */
export function settleGroup(group: ReadonlySet<LedgerEntry>, index: TransactionIndex): void {
  const waiting: LedgerEntry[] = []
  for (const entry of group) {
    entry.replacedBy = undefined
    entry.isTrusted = false
    entry.standing = entry.record.block ? 'confirmed' : 'pending'
    if (entry.record.block === undefined) waiting.push(entry)
  }
  waiting.sort((a, b) => b.record.arrival - a.record.arrival || (a.id < b.id ? -1 : 1))
  for (const entry of waiting) bury(entry, ownTrouble(entry, index), index)
  for (const entry of waiting) {
    if (entry.standing !== 'pending') continue
    const winner = laterSpender(entry, index)
    if (winner === undefined) continue
    entry.replacedBy = winner.id
    bury(entry, 'replaced', index)
  }
  for (const entry of waiting) if (entry.standing !== 'replaced') entry.replacedBy = undefined
  settleTrust(waiting.reverse(), index)
}

/** What is wrong with it by itself. */
function ownTrouble(entry: LedgerEntry, index: TransactionIndex): Standing | undefined {
  const { transaction, gone, abandoned } = entry.record
  if (transaction.isCoinbase) return 'orphaned'
  let trouble: Standing | undefined
  let winner: LedgerEntry | undefined
  for (const other of index.conflictsOf(entry)) {
    if (other.record.block === undefined) continue
    // It was there as its replacement before it got into a block.
    const isReplacement = other.record.arrival > entry.record.arrival
    if (isReplacement) winner = later(winner, other)
    trouble = worse(trouble, isReplacement ? 'replaced' : 'conflicted')
  }
  entry.replacedBy = winner?.id
  if (gone) trouble = worse(trouble, 'conflicted')
  if (abandoned) trouble = worse(trouble, 'abandoned')
  return trouble
}

/** It and everything unconfirmed that depends on it stand so, unless worse is true of them. */
function bury(entry: LedgerEntry, standing: Standing | undefined, index: TransactionIndex): void {
  if (standing === undefined) return
  const buried = [entry]
  for (let next = buried.pop(); next; next = buried.pop()) {
    const now = next.standing === 'pending' ? standing : worse(next.standing, standing)
    if (next !== entry && now === next.standing) continue
    next.standing = now
    for (const child of index.childrenOf(next)) if (child.record.block === undefined) buried.push(child)
  }
}

function laterSpender(entry: LedgerEntry, index: TransactionIndex): LedgerEntry | undefined {
  let latest: LedgerEntry | undefined
  for (const other of index.conflictsOf(entry)) {
    if (other.standing !== 'pending' || other.record.arrival <= entry.record.arrival) continue
    latest = later(latest, other)
  }
  return latest
}

/** Oldest first, so that one round is enough where nothing left its block and came back. */
function settleTrust(waiting: readonly LedgerEntry[], index: TransactionIndex): void {
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (const entry of waiting) {
      if (entry.isTrusted || entry.standing !== 'pending' || !isPaidByUs(entry, index)) continue
      entry.isTrusted = true
      isDone = false
    }
  }
}

function later(one: LedgerEntry | undefined, other: LedgerEntry): LedgerEntry {
  if (one === undefined || other.record.arrival > one.record.arrival) return other
  return one
}

/** Every input is ours, and from a block or from one of which the same is true. */
function isPaidByUs(entry: LedgerEntry, index: TransactionIndex): boolean {
  return entry.record.transaction.inputs.every(({ previous }) => {
    const parent = index.parentOf(previous)
    return parent?.own.has(previous.index) && (parent.record.block !== undefined || parent.isTrusted)
  })
}

function worse(one: Standing | undefined, other: Standing): Standing {
  return one !== undefined && RANKS.indexOf(one) <= RANKS.indexOf(other) ? one : other
}

/** Who spends an output as things stand: in a block, or waiting for one. */
export function spenderOf(outpoint: Outpoint, index: TransactionIndex): LedgerEntry | undefined {
  return index.spendersOf(outpointKey(outpoint)).find(isLive)
}
