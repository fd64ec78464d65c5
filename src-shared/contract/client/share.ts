/**
 * Structural sharing: takes over from the previous value every part that has not changed, so that a memoised row or cell
 * sees the same object and skips. Works on plain data as it crosses the contract; deep equality decides.
 */

type Plain = Record<string, unknown>

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** `next`, with every part equal to the same part of `previous` replaced by the latter; `previous` itself if all is equal. */
export function share<T>(previous: T, next: T): T {
  if (Object.is(previous, next)) return previous
  if (Array.isArray(previous) && Array.isArray(next)) return shareList(previous, next) as T
  if (isPlain(previous) && isPlain(next)) return shareRecord(previous, next) as T
  return next
}

function shareList(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const known = byId(previous)
  let same = previous.length === next.length
  const shared = next.map((item, index) => {
    const id = idOf(item)
    const candidate = known && id !== undefined ? known.get(id) : previous[index]
    const kept = candidate === undefined ? item : share(candidate, item)
    if (!Object.is(kept, previous[index])) same = false
    return kept
  })
  return same ? previous : shared
}

function shareRecord(previous: Plain, next: Plain): Plain {
  const keys = Object.keys(next)
  let same = keys.length === Object.keys(previous).length
  const shared: Plain = {}
  for (const key of keys) {
    const kept = Object.hasOwn(previous, key) ? share(previous[key], next[key]) : next[key]
    if (!Object.hasOwn(previous, key) || !Object.is(kept, previous[key])) same = false
    shared[key] = kept
  }
  return same ? previous : shared
}

function idOf(item: unknown): string | undefined {
  const id = isPlain(item) ? item.id : undefined
  return typeof id === 'string' ? id : undefined
}

/** An index by `id`, where every item has one. */
function byId(items: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const index = new Map<string, unknown>()
  for (const item of items) {
    const id = idOf(item)
    if (id === undefined) return undefined
    index.set(id, item)
  }
  return index.size > 0 ? index : undefined
}
