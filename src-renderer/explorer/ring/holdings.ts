/** How a value stands with us on the ring. */
import type { StoredItemRow } from '../../client/types.ts'

export type Holding = 'owned' | 'copy' | 'put'

/** `put`: ours, and kept by others alone. */
export function holdingOf({ owned, own }: Pick<StoredItemRow, 'owned' | 'own'>): Holding {
  if (owned === true) return 'owned'
  return own ? 'put' : 'copy'
}

export const HOLDINGS: Readonly<Record<Holding, { readonly word: string; readonly meaning: string }>> = {
  owned: { word: 'Owner', meaning: 'A place of ours is the first at or after the key: it answers for it' },
  copy: { word: 'Copy', meaning: 'Another host owns the key; the copy stands in where that one fails' },
  put: { word: 'Elsewhere', meaning: 'We put it; other hosts keep it' },
}
