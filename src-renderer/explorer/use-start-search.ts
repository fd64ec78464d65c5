import { useApp, useToasts } from '../app/context.tsx'
import type { OverlayName } from '../app/state.ts'
import { sentenceOf } from '../client/client-error.ts'
import { useClients } from '../client/context.tsx'
import type { Method } from './search-words.ts'

/** A key, or a mutable item by its owner: its salt cannot be told from its key, and without it no answer can be checked. */
export type Sought = string | { readonly publicKey: string; readonly salt: string }

/** Starts a search and shows it; what goes wrong is told. */
export function useStartSearch(overlay: OverlayName): (sought: Sought, method: Method) => Promise<void> {
  const { overlays } = useClients()
  const showSearch = useApp((state) => state.showSearch)
  const problem = useToasts((state) => state.problem)
  return async (sought, method) => {
    try {
      const what = typeof sought === 'string' ? { target: sought } : sought
      const { search } = await overlays.startSearch({ ...what, overlay, method })
      showSearch(search, overlay)
    } catch (error) {
      problem(sentenceOf(error))
    }
  }
}
