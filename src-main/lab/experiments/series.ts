/** Series of charts, made of rows or of formulas. */
import type { Formula } from '../chain/formulas.ts'
import type { LabChart, LabSeries } from '../experiment.ts'

export function lineChart(
  id: string,
  title: string,
  x: LabChart['x'],
  y: LabChart['y'],
  series: readonly LabSeries[],
): LabChart {
  return { kind: 'chart', id, title, shape: 'lines', categories: [], x, y, series }
}

/** Points by growing x. */
export function measured<Row>(
  label: string,
  rows: readonly Row[],
  point: (row: Row) => readonly [x: number, y: number],
): LabSeries {
  return { label, origin: 'measured', source: '', points: rows.map(point).sort(([a], [b]) => a - b) }
}

export function curve(label: string, source: string, at: readonly number[], of: (x: number) => number): LabSeries {
  return { label, origin: 'formula', source, points: at.map((x) => [x, of(x)]) }
}

export function sourceOf({ text, source }: Omit<Formula, 'name'>): string {
  return `${text}. ${source}`
}

/** In the order in which their keys first appear. */
export function groupsOf<Row, Key>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): readonly (readonly [Key, readonly Row[]])[] {
  const groups = new Map<Key, Row[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return [...groups]
}

/** Of a fraction, without the noise of binary fractions. */
export function percent(fraction: number): number {
  return Number((fraction * 100).toPrecision(12))
}
