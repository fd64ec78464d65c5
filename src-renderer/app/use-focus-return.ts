import { useEffect, useRef } from 'react'
import { useAppStore } from './context.tsx'

/**
 * Gives the focus back when the last of a row of dialogs has gone: to what had it before the first, or to the page's list
 * where that is gone or disabled by now. Radix does so only for a dialog that has a button of its own.
 */
export function useFocusReturn(): void {
  const app = useAppStore()
  const opener = useRef<Element | null>(null)
  useEffect(
    () =>
      app.subscribe((now, before) => {
        if (before.dialogs.length === 0 && now.dialogs.length > 0) opener.current = document.activeElement
        // After this turn, when the dialog has left the page.
        if (before.dialogs.length > 0 && now.dialogs.length === 0) setTimeout(() => giveBack(opener.current))
      }),
    [app],
  )
}

function giveBack(opener: Element | null): void {
  // Something else has it already: another dialog, or what a person has pressed since.
  if (document.activeElement !== document.body && document.activeElement !== null) return
  const usable = opener instanceof HTMLElement && opener.isConnected && !opener.matches(':disabled')
  if (usable && opener !== document.body) opener.focus()
  else document.querySelector<HTMLElement>('main [role="grid"]')?.focus()
}
