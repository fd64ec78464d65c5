/**
 * Reports as CSV (RFC 4180: CRLF, a quote doubled within quotes). Numbers are whole, not rounded as on a page. A chart is a
 * table of its points. Of several sections each has a line with its title and an empty line before the next.
 */
import type { LabCell, LabChart, LabColumn, LabDrawing, LabReport, LabSection, LabTable } from './experiment.ts'

export function csvOfReport(report: LabReport): string {
  return report.map((section) => `${line([section.title])}${csvOfSection(section)}`).join('\r\n')
}

export function csvOfSection(section: LabSection): string {
  switch (section.kind) {
    case 'table':
      return csvOfTable(section)
    case 'chart':
      return csvOfChart(section)
    case 'blocks':
      return csvOfDrawing(section)
  }
}

function csvOfTable({ columns, rows }: LabTable): string {
  return [columns.map(titled), ...rows].map(line).join('')
}

function csvOfChart({ series, x, y, categories }: LabChart): string {
  const isNamed = series.some(({ names }) => names)
  const named = (name: LabCell): readonly LabCell[] => (isNamed ? [name] : [])
  const rows = series.flatMap(({ label, origin, source, points, names }) =>
    points.map(([at, value], n) => [label, ...named(names?.[n] ?? null), origin, categories[at] ?? at, value, source]),
  )
  return [['series', ...named('point'), 'origin', titled(x), titled(y), 'source'], ...rows].map(line).join('')
}

function csvOfDrawing({ steps }: LabDrawing): string {
  const rows = steps.flatMap(({ title, verdict, blocks }) =>
    blocks.map(({ height, hash, previous, state, reason }) => [title, verdict, height, hash, previous, state, reason]),
  )
  return [['step', 'verdict', 'height', 'hash', 'previous', 'state', 'reason'], ...rows].map(line).join('')
}

function titled({ label, unit }: LabColumn): string {
  return unit === undefined ? label : `${label} (${unit})`
}

function line(cells: readonly LabCell[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: LabCell): string {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
