/** What mouse and keyboard do to a table's selection. The rules are in `selection.ts` and `keys.ts`; this only reads events. */
import type { KeyboardEvent, MouseEvent } from 'react'
import { afterKey } from './keys.ts'
import { extendTo, type Selection, selectOnly, toggle } from './selection.ts'

interface GridInput {
  readonly order: readonly string[]
  readonly selection: Selection | undefined
  readonly onSelection: ((selection: Selection) => void) | undefined
  readonly onOpen: ((id: string) => void) | undefined
  readonly openOnClick: boolean
  /** Sees each key first; a prevented one goes no further. */
  readonly onKeyDown: ((event: KeyboardEvent<HTMLElement>) => void) | undefined
  /** Rows in view. */
  readonly page: () => number
  readonly show: (id: string) => void
}

const isCommand = (event: { ctrlKey: boolean; metaKey: boolean }): boolean => event.ctrlKey || event.metaKey
const rowAt = (event: MouseEvent): string | undefined =>
  (event.target as Element).closest<HTMLElement>('[data-row]')?.dataset.row

const RIGHT_BUTTON = 2

export function useGridInput(input: GridInput) {
  const { order, selection, onSelection, onOpen } = input
  return {
    onKeyDown(event: KeyboardEvent<HTMLElement>): void {
      // Keys pressed on a heading are the heading's.
      if (event.target !== event.currentTarget) return
      input.onKeyDown?.(event)
      if (event.defaultPrevented || !selection || !onSelection) return
      if (event.key === 'Enter' && selection.active !== undefined) {
        onOpen?.(selection.active)
        return
      }
      const key = { key: event.key, ctrl: isCommand(event), shift: event.shiftKey }
      const next = afterKey(selection, order, key, input.page())
      if (!next) return
      event.preventDefault()
      onSelection(next)
      if (next.active !== undefined) input.show(next.active)
    },
    onMouseDown(event: MouseEvent<HTMLElement>): void {
      const id = rowAt(event)
      if (id === undefined || !selection || !onSelection) return
      if (event.button === RIGHT_BUTTON) {
        if (!selection.selected.has(id)) onSelection(selectOnly(id))
      } else if (event.shiftKey) onSelection(extendTo(selection, order, id, isCommand(event)))
      else onSelection(isCommand(event) ? toggle(selection, id) : selectOnly(id))
    },
    onClick(event: MouseEvent<HTMLElement>): void {
      const id = rowAt(event)
      if (id !== undefined && input.openOnClick && !isCommand(event) && !event.shiftKey) onOpen?.(id)
    },
    onDoubleClick(event: MouseEvent<HTMLElement>): void {
      const id = rowAt(event)
      if (id !== undefined && !input.openOnClick) onOpen?.(id)
    },
  }
}
