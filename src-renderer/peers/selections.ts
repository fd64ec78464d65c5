/** What is selected in the three lists of the page, kept while a person goes to and fro between them. */
import { useState } from 'react'
import { NOTHING_SELECTED, type Selection } from '../ui/table/selection.ts'

/** The selection of one list, and who changes it: what a table takes. */
export interface Marked {
  readonly selection: Selection
  readonly onSelection: (selection: Selection) => void
}

export function useMarked(): Marked {
  const [selection, onSelection] = useState(NOTHING_SELECTED)
  return { selection, onSelection }
}

export function chosenOf<Row extends { readonly id: string }>(
  rows: readonly Row[],
  { selection }: Marked,
): readonly Row[] {
  return rows.filter((row) => selection.selected.has(row.id))
}
