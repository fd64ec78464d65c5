import { useEffect, useEffectEvent } from 'react'
import { useAppStore } from '../../app/context.tsx'
import { TIP } from './places.ts'

const MOUSE_BACK = 3
const MOUSE_FORWARD = 4

/** Alt and the arrows (on a Mac Command and the brackets), or the mouse's own buttons, walk the pages that were looked at. */
export function useTrailKeys(): void {
  const app = useAppStore()
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const { chainBack, chainForward, showChain, dialogs } = app.getState()
    if (dialogs.length > 0 || event.ctrlKey || event.shiftKey) return
    const key = event.altKey && !event.metaKey ? event.key : event.metaKey && !event.altKey ? event.key : ''
    if ((key === 'ArrowLeft' && event.altKey) || key === '[') chainBack()
    else if ((key === 'ArrowRight' && event.altKey) || key === ']') chainForward()
    else if (key === 'Home' && event.altKey) showChain(TIP)
    else return
    event.preventDefault()
  })
  const onMouse = useEffectEvent((event: MouseEvent) => {
    const { chainBack, chainForward, dialogs } = app.getState()
    if (dialogs.length > 0) return
    if (event.button === MOUSE_BACK) chainBack()
    else if (event.button === MOUSE_FORWARD) chainForward()
    else return
    event.preventDefault()
  })
  useEffect(() => {
    const key = (event: KeyboardEvent): void => onKey(event)
    const mouse = (event: MouseEvent): void => onMouse(event)
    window.addEventListener('keydown', key)
    window.addEventListener('mouseup', mouse)
    return () => {
      window.removeEventListener('keydown', key)
      window.removeEventListener('mouseup', mouse)
    }
  }, [])
}
