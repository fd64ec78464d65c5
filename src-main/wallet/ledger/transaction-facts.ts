/** What a transaction means to the wallet: worked out from its inputs and outputs that are ours. */
import { bytesEqual } from '../../kernel/bytes.ts'
import type { LedgerEntry, TransactionFacts } from './ledger-entry.ts'
import type { TransactionIndex } from './transaction-index.ts'

export function factsOf(entry: LedgerEntry, index: TransactionIndex): TransactionFacts {
  const { inputs, outputs, isCoinbase } = entry.record.transaction
  const spent = inputs.map(({ previous }) => index.ownOutput(previous))
  const ownInputs = spent.filter((output) => output !== undefined)
  const paid = ownInputs.reduce((sum, { value }) => sum + value, 0n)
  let got = 0n
  let all = 0n
  for (const [place, { value }] of outputs.entries()) {
    all += value
    if (entry.own.has(place)) got += value
  }
  const kind = kindOf(entry, isCoinbase, ownInputs.length, got - paid)
  return {
    kind,
    delta: got - paid,
    fee: ownInputs.length === inputs.length ? paid - all : undefined,
    scripts: counterparts(entry, kind === 'sent'),
    isOwn: isCoinbase || ownInputs.length > 0,
  }
}

function kindOf(
  { own, record }: LedgerEntry,
  isCoinbase: boolean,
  ownInputs: number,
  delta: bigint,
): TransactionFacts['kind'] {
  const { inputs, outputs } = record.transaction
  if (isCoinbase) return 'mined'
  if (ownInputs === 0) return 'received'
  if (ownInputs === inputs.length) return own.size === outputs.length ? 'moved' : 'sent'
  return delta < 0n ? 'sent' : 'received'
}

/** Those of others of what we sent, else ours. */
function counterparts({ own, record }: LedgerEntry, ofOthers: boolean): readonly Uint8Array[] {
  const scripts: Uint8Array[] = []
  for (const [place, { scriptPubKey }] of record.transaction.outputs.entries())
    if (own.has(place) !== ofOthers && !scripts.some((known) => bytesEqual(known, scriptPubKey)))
      scripts.push(scriptPubKey)
  return scripts
}
