/** Times that are over, in words that stay true while the row they stand in does not change. */
import { type ReactNode, useSyncExternalStore } from 'react'
import { formatAgo, formatDateTime, NONE } from './format.ts'

const STEP_MS = 1_000
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function listen(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now()
    timer = setInterval(() => {
      now = Date.now()
      for (const each of [...listeners]) each()
    }, STEP_MS)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

/** Unix milliseconds, followed once a second by all who use it together. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => now)
}

/** Draws itself again only when its words change. */
export function Ago(props: { at: number | undefined }): ReactNode {
  const { at } = props
  const words = useSyncExternalStore(listen, () => (at === undefined ? NONE : formatAgo((now - at) / 1_000)))
  return <span title={at === undefined ? undefined : formatDateTime(at)}>{words}</span>
}
