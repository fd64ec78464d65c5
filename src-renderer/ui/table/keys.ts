/** What a key does in a list, as a value. */
import { clear, move, type Selection, type Step, selectAll, toggle } from './selection.ts'

export interface Key {
  readonly key: string
  readonly ctrl: boolean
  readonly shift: boolean
}

const STEPS: Readonly<Record<string, (page: number) => Step>> = {
  ArrowDown: () => 1,
  ArrowUp: () => -1,
  PageDown: (page) => page,
  PageUp: (page) => -page,
  Home: () => 'first',
  End: () => 'last',
}

/** The selection after a key, or undefined where the list has no use for it. `page` is the number of rows in view. */
export function afterKey(
  selection: Selection,
  order: readonly string[],
  { key, ctrl, shift }: Key,
  page: number,
): Selection | undefined {
  const step = STEPS[key]
  if (step) return move(selection, order, step(Math.max(1, page)), shift ? 'extend' : ctrl ? 'walk' : 'select')
  if (key === ' ' && selection.active !== undefined) return toggle(selection, selection.active)
  if (key.toLowerCase() === 'a' && ctrl) return selectAll(selection, order)
  if (key === 'Escape' && selection.selected.size > 0) return clear(selection)
  return undefined
}
