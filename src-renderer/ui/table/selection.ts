/**
 * What is selected in a list, as values: every rule takes the selection and the order of ids as shown, and returns the
 * new selection. `active` is the row the keyboard stands on; `anchor` is where a range begins.
 */
export interface Selection {
  readonly selected: ReadonlySet<string>
  readonly anchor: string | undefined
  readonly active: string | undefined
}

export const NOTHING_SELECTED: Selection = { selected: new Set(), anchor: undefined, active: undefined }

export function selectOnly(id: string): Selection {
  return { selected: new Set([id]), anchor: id, active: id }
}

/** Adds or takes away one row, as a click with Ctrl does. */
export function toggle(selection: Selection, id: string): Selection {
  const selected = new Set(selection.selected)
  if (!selected.delete(id)) selected.add(id)
  return { selected, anchor: id, active: id }
}

/** Selects from the anchor to `id`, as a click with Shift does. With `keep`, what was selected besides stays. */
export function extendTo(selection: Selection, order: readonly string[], id: string, keep = false): Selection {
  const anchor = selection.anchor ?? selection.active ?? id
  const from = order.indexOf(anchor)
  const to = order.indexOf(id)
  if (to === -1) return selection
  if (from === -1) return selectOnly(id)
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { selected: new Set(keep ? [...selection.selected, ...range] : range), anchor, active: id }
}

export function selectAll(selection: Selection, order: readonly string[]): Selection {
  return { selected: new Set(order), anchor: selection.anchor ?? order[0], active: selection.active ?? order[0] }
}

export function clear(selection: Selection): Selection {
  return selection.selected.size === 0 ? selection : { ...NOTHING_SELECTED, active: selection.active }
}

export type Step = number | 'first' | 'last'

/** Where a step of the keyboard leads; the first step into a list goes to its top, or its bottom going up. */
export function stepTarget(selection: Selection, order: readonly string[], step: Step): string | undefined {
  if (order.length === 0) return undefined
  if (step === 'first') return order[0]
  if (step === 'last') return order.at(-1)
  const from = selection.active === undefined ? -1 : order.indexOf(selection.active)
  if (from === -1) return step > 0 ? order[0] : order.at(-1)
  return order[Math.min(order.length - 1, Math.max(0, from + step))]
}

/** `select` moves the selection along, `extend` draws it out from the anchor, `walk` moves the keyboard's row alone. */
export function move(
  selection: Selection,
  order: readonly string[],
  step: Step,
  how: 'select' | 'extend' | 'walk',
): Selection {
  const target = stepTarget(selection, order, step)
  if (target === undefined) return selection
  if (how === 'walk') return { ...selection, active: target }
  return how === 'extend' ? extendTo(selection, order, target) : selectOnly(target)
}

/**
 * Forgets rows that have left the list between two orders; the same selection where none has. An id that was not in it
 * yet stays: what was just added is selected before the list shows it. The keyboard goes on from the nearest row.
 */
export function forgetGone(selection: Selection, before: readonly string[], now: readonly string[]): Selection {
  const present = new Set(now)
  const known = new Set(before)
  const gone = (id: string | undefined): boolean => id !== undefined && known.has(id) && !present.has(id)
  const { anchor, active } = selection
  if (![...selection.selected, anchor, active].some(gone)) return selection
  return {
    selected: new Set([...selection.selected].filter((id) => !gone(id))),
    anchor: gone(anchor) ? undefined : anchor,
    active: active !== undefined && gone(active) ? nearest(active, before, present) : active,
  }
}

/** The row that took the place of one that is gone, else the last before it. */
function nearest(id: string, before: readonly string[], present: ReadonlySet<string>): string | undefined {
  const at = before.indexOf(id)
  return (
    before.slice(at).find((other) => present.has(other)) ?? before.slice(0, at).findLast((other) => present.has(other))
  )
}
