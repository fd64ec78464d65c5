import type { ReactNode } from 'react'
import { useNow } from '../ui/ago.tsx'
import { formatDateTime } from '../ui/format.ts'
import { lastingWords } from './metadata-words.ts'

/** How long something has been going on, from a moment in Unix milliseconds. */
export function Lasting({ since }: { since: number }): ReactNode {
  const words = lastingWords((useNow() - since) / 1_000)
  return <span title={`Since ${formatDateTime(since)}`}>{words}</span>
}
