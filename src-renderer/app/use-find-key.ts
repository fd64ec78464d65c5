import { type RefObject, useEffect, useEffectEvent } from 'react'
import { useAppStore } from './context.tsx'

/** Ctrl+F goes to the page's search field, while no dialog is open. */
export function useFindKey(field: RefObject<HTMLInputElement | null>): void {
  const app = useAppStore()
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
    if (event.key.toLowerCase() !== 'f' || app.getState().dialogs.length > 0) return
    event.preventDefault()
    field.current?.focus()
    field.current?.select()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}
