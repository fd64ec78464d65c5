import type { Sort } from '../ui/table/column.ts'
import { DEFAULT_LAYOUT, type Layout } from '../ui/table/layout.ts'
import { usePreferences } from './context.tsx'
import { useRowHeight } from './use-theme.ts'

/** Order, columns and row height of a table, as a person left them under this name. */
export function useTable(name: string, usualSort: Sort) {
  const tables = usePreferences((state) => state.tables)
  const set = usePreferences((state) => state.set)
  const kept = tables[name]
  const keep = (changes: { sort?: Sort; layout?: Layout }): void =>
    set({ tables: { ...tables, [name]: { ...kept, ...changes } } })
  return {
    rowHeight: useRowHeight(),
    sort: kept?.sort ?? usualSort,
    onSort: (sort: Sort) => keep({ sort }),
    layout: kept?.layout ?? DEFAULT_LAYOUT,
    onLayout: (layout: Layout) => keep({ layout }),
  }
}
