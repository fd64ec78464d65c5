/** How figures are shown: medians with their range, one row for each program, and the goals with their ratios. */

export interface Row {
  readonly name: string
  readonly cells: Readonly<Record<string, string>>
}

export interface Goal {
  readonly text: string
  /** Undefined where a program to compare with was not to be had. */
  readonly value: number | undefined
  readonly atLeast?: number
  readonly below?: number
  readonly unit: string
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** `median (min-max)`. */
export function spread(values: readonly number[], digits: number): string {
  const text = (value: number) => value.toFixed(digits)
  return `${text(median(values))} (${text(Math.min(...values))}-${text(Math.max(...values))})`
}

export function table(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))]
  const lines = [
    ['', ...names],
    ...rows.map(({ name, cells }) => [name, ...names.map((column) => cells[column] ?? '-')]),
  ]
  const widths = ['', ...names].map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) => line.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))))
    .map((line) => `  ${line.join('   ')}`)
    .join('\n')
}

/** One sentence: what was asked, what was measured, whether it is met. */
export function goalLine({ text, value, atLeast, below, unit }: Goal): string {
  const asked = atLeast === undefined ? `under ${below} ${unit}` : `at least ${atLeast} ${unit}`
  if (value === undefined) return `  not measured  ${text}: ${asked}`
  const met = atLeast === undefined ? value < (below ?? 0) : value >= atLeast
  return `  ${met ? 'met    ' : 'NOT MET'}  ${text}: ${value.toFixed(value < 10 ? 2 : 0)} ${unit}, asked for ${asked}`
}
