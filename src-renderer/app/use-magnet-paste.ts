import { useEffect, useEffectEvent } from 'react'
import { findMagnets } from '../torrents/magnets.ts'
import { useAppStore } from './context.tsx'
import { addMagnets } from './state.ts'

const EDITABLE = 'input, textarea, [contenteditable="true"]'
/** Whether text belongs into what the event happened in. */
export const isTextField = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(EDITABLE) !== null

/** Magnet links that are pasted anywhere but into a field are asked about; while a dialog is open nothing is taken. */
export function useMagnetPaste(): void {
  const app = useAppStore()
  const onPaste = useEffectEvent((event: ClipboardEvent) => {
    if (isTextField(event.target) || app.getState().dialogs.length > 0) return
    const links = findMagnets(event.clipboardData?.getData('text/plain') ?? '')
    if (links.length === 0) return
    event.preventDefault()
    app.getState().ask(...addMagnets(links))
  })
  useEffect(() => {
    const listener = (event: ClipboardEvent): void => onPaste(event)
    window.addEventListener('paste', listener)
    return () => window.removeEventListener('paste', listener)
  }, [])
}
