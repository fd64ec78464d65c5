import { useRef } from 'react'

/** How often a value has been another one: a version for what is asked for again with it. Equal states are one object. */
export function useChanges(value: unknown): number {
  const last = useRef({ value, changes: 0 })
  if (last.current.value !== value) last.current = { value, changes: last.current.changes + 1 }
  return last.current.changes
}
