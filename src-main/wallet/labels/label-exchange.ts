/** The wallet's labels and frozen coins to and from the lines of BIP 329. */
import { parseHash } from '../../chain/primitives/hashes.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import type { Notes } from '../notes.ts'
import { outpointText } from '../rows/row-parts.ts'
import { type LabelLine, writeLabels } from './bip329.ts'

export function labelsText(notes: Pick<Notes, 'labels'>, frozen: readonly Outpoint[]): string {
  const unlabelled = new Set(frozen.map(outpointText))
  const lines: LabelLine[] = []
  for (const { type, ref, label } of notes.labels) {
    const isFrozen = type === 'output' && unlabelled.delete(ref)
    lines.push({ type, ref, label, ...(isFrozen && { spendable: false }) })
  }
  for (const ref of unlabelled) lines.push({ type: 'output', ref, label: '', spendable: false })
  return writeLabels(lines)
}

/** Of lines that say whether an output may be spent. */
export function frozenIn(
  lines: readonly LabelLine[],
): readonly { readonly outpoint: Outpoint; readonly isFrozen: boolean }[] {
  return lines.flatMap(({ ref, spendable }) => {
    const txid = spendable === undefined ? undefined : parseHash(ref.slice(0, 64))
    return txid ? { outpoint: { txid, index: Number(ref.slice(65)) }, isFrozen: !spendable } : []
  })
}
