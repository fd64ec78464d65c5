import { useEffect, useState } from 'react'
import type { SearchState } from '../client/types.ts'
import { useNow } from '../ui/ago.tsx'
import { lastMoment } from './search-layout.ts'

/**
 * Milliseconds since a search began: what its steps tell, and between two of them the clock, which moves once a second.
 */
export function useElapsed(search: SearchState): number {
  const now = useNow()
  const told = search.result?.took ?? lastMoment(search.steps)
  const [began, setBegan] = useState<{ id: string; at: number }>()
  useEffect(() => {
    setBegan((known) => (known?.id === search.id ? known : { id: search.id, at: Date.now() - told }))
  }, [search.id, told])
  if (search.state !== 'running' || began?.id !== search.id) return told
  return Math.max(told, now - began.at)
}
