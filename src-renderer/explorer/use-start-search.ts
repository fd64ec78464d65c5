import { useApp, useToasts } from '../app/context.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { useClients } from '../client/context.tsx'
import type { Method } from './search-words.ts'

/** Starts a search and shows it; what goes wrong is told. */
export function useStartSearch(): (target: string, method: Method) => Promise<void> {
  const { overlays } = useClients()
  const showSearch = useApp((state) => state.showSearch)
  const problem = useToasts((state) => state.problem)
  return async (target, method) => {
    try {
      const { search } = await overlays.startSearch({ target, method })
      showSearch(search)
    } catch (error) {
      problem(sentenceOf(error))
    }
  }
}
