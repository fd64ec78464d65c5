import { type RefObject, useEffect, useEffectEvent } from 'react'
import { useAppStore } from '../app/context.tsx'
import type { TorrentRow } from '../client/types.ts'
import type { TorrentActions } from './actions.ts'

/**
 * Ctrl+O adds, Ctrl+Shift+O adds a magnet link, Ctrl+Shift+C copies those of the selection, Ctrl+N creates, Ctrl+F
 * searches: anywhere on the page while no dialog is open.
 */
export function usePageKeys(
  actions: TorrentActions,
  rows: readonly TorrentRow[],
  searchField: RefObject<HTMLInputElement | null>,
): void {
  const app = useAppStore()
  const chosen = (): readonly TorrentRow[] => {
    const { selected } = app.getState().selection
    return rows.filter((row) => selected.has(row.id))
  }
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return
    if (app.getState().dialogs.length > 0) return
    const plain = { o: () => void actions.chooseAndAdd(), n: actions.askCreate, f: () => toSearch(searchField.current) }
    const shifted = { o: actions.askMagnet, c: () => void actions.copyMagnets(chosen()) }
    const keys: Readonly<Record<string, () => void>> = event.shiftKey ? shifted : plain
    const act = keys[event.key.toLowerCase()]
    if (!act) return
    event.preventDefault()
    act()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}

function toSearch(field: HTMLInputElement | null): void {
  field?.focus()
  field?.select()
}
