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

/** Forgets rows that are no longer in the list; the same selection where all still are. */
export function retain(selection: Selection, present: ReadonlySet<string>): Selection {
  const selected = [...selection.selected].filter((id) => present.has(id))
  const anchor = selection.anchor !== undefined && present.has(selection.anchor) ? selection.anchor : undefined
  const active = selection.active !== undefined && present.has(selection.active) ? selection.active : undefined
  const same = selected.length === selection.selected.size && anchor === selection.anchor && active === selection.active
  return same ? selection : { selected: new Set(selected), anchor, active }
}
