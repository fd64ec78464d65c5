/**
 * The choice of files in a magnet link (`so`, BEP 53): `0,2,4,6-8`, file numbers from 0, ranges inclusive.
 * Limits: 1,000 numbers and ranges, file numbers below 200,000.
 */

export const MAX_FILE_RANGES = 1_000
/** The largest file number: a torrent has at most 200,000 files. */
export const MAX_FILE_INDEX = 199_999

/** Files from `first` to `last`, both included, counted from 0. */
export interface FileRange {
  readonly first: number
  readonly last: number
}

/** Ranges in order that neither touch nor overlap; undefined where the text is not a choice within the limits. */
export function parseFileRanges(text: string): readonly FileRange[] | undefined {
  const parts = text.split(',', MAX_FILE_RANGES + 1)
  if (parts.length > MAX_FILE_RANGES) return undefined
  const ranges: FileRange[] = []
  for (const part of parts) {
    const [, first, last = first] = RANGE.exec(part) ?? []
    if (first === undefined || Number(first) > Number(last) || Number(last) > MAX_FILE_INDEX) return undefined
    ranges.push({ first: Number(first), last: Number(last) })
  }
  return merged(ranges)
}

export function formatFileRanges(ranges: readonly FileRange[]): string {
  return merged(ranges)
    .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
    .join(',')
}

/** Whether the file with this number is chosen. */
export function includesFile(ranges: readonly FileRange[], index: number): boolean {
  return ranges.some(({ first, last }) => first <= index && index <= last)
}

const RANGE = /^(\d{1,6})(?:-(\d{1,6}))?$/

function merged(ranges: readonly FileRange[]): readonly FileRange[] {
  const result: FileRange[] = []
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = result.at(-1)
    if (before === undefined || range.first > before.last + 1) result.push(range)
    else result[result.length - 1] = { first: before.first, last: Math.max(before.last, range.last) }
  }
  return result
}
