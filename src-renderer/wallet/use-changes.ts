import { useRef } from 'react'
import type { WalletInfo } from '../client/types.ts'

/** Grows by one with each new state of the wallet, which is sent again with everything that changes. */
export function useChanges(info: WalletInfo): number {
  const last = useRef({ info, changes: 0 })
  if (last.current.info !== info) last.current = { info, changes: last.current.changes + 1 }
  return last.current.changes
}
