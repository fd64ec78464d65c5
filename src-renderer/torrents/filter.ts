/** Which rows a filter and a search let through, as pure functions. */
import type { TorrentRow } from '../client/types.ts'
import { isComplete } from './states.ts'

export const FILTERS = ['all', 'downloading', 'seeding', 'paused', 'problems'] as const
export type Filter = (typeof FILTERS)[number]

export const FILTER_TITLES: Readonly<Record<Filter, string>> = {
  all: 'All',
  downloading: 'Downloading',
  seeding: 'Seeding',
  paused: 'Paused',
  problems: 'Problems',
}

/** The one filter besides `all` that a row belongs to; a torrent being checked counts as what it was before. */
export function groupOf(row: TorrentRow): Exclude<Filter, 'all'> {
  switch (row.state) {
    case 'downloading':
    case 'seeding':
    case 'paused':
      return row.state
    case 'fetching-metadata':
      return 'downloading'
    case 'checking':
      return row.completedAt !== undefined || isComplete(row) ? 'seeding' : 'downloading'
    case 'error':
    case 'disk-full':
    case 'data-missing':
      return 'problems'
  }
}

export function countByFilter(rows: readonly TorrentRow[]): Readonly<Record<Filter, number>> {
  const counts = { all: rows.length, downloading: 0, seeding: 0, paused: 0, problems: 0 }
  for (const row of rows) counts[groupOf(row)] += 1
  return counts
}

/** Every word of the search is in the name, in any order, or the search begins the info-hash. */
export function matches(row: TorrentRow, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  if (wanted === '') return true
  if (wanted.length >= 6 && row.id.startsWith(wanted)) return true
  const name = row.name.toLowerCase()
  return wanted.split(/\s+/).every((word) => name.includes(word))
}

/** The rows let through; the same list where all are. */
export function filterRows(rows: readonly TorrentRow[], filter: Filter, search: string): readonly TorrentRow[] {
  if (filter === 'all' && search.trim() === '') return rows
  return rows.filter((row) => (filter === 'all' || groupOf(row) === filter) && matches(row, search))
}
