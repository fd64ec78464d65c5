/** What others have published, as data that says where it stands and how it is known, to be drawn beside what is measured. */
import type { LabSeries, Origin } from '../experiment.ts'

/**
 * How a figure is known here: `read` where it was published; `abstract`, in an abstract or in others' words about it; `memory`:
 * it is remembered, and nobody has looked it up for this; `computed`: a calculation apart from these simulations.
 */
export type Known = 'read' | 'abstract' | 'memory' | 'computed'

export interface Publication {
  readonly authors: string
  readonly title: string
  readonly venue: string
  readonly year: number
}

/** One table, figure or sentence of a publication. */
export interface Published<Row> {
  /** Left out for what is computed. */
  readonly in?: Publication
  /** The table, figure or section, as far as that is known. */
  readonly place: string
  /** Left out where it is not known. */
  readonly page?: number
  readonly known: Known
  readonly rows: readonly Row[]
}

/** As a chart names it. */
export function sourceOf({ in: publication, place, page, known }: Omit<Published<unknown>, 'rows'>): string {
  const parts = publication
    ? [`${publication.authors}, ${publication.title}, ${publication.venue} ${publication.year}`, place]
    : [place]
  if (page !== undefined) parts.push(`page ${page}`)
  if (known === 'abstract') parts.push('as an abstract says')
  if (known === 'memory') parts.push('not looked up')
  return parts.join('; ')
}

/** A calculation counts as a formula. */
export function originOf(known: Known): Origin {
  switch (known) {
    case 'read':
    case 'abstract':
      return 'published'
    case 'memory':
      return 'from memory'
    case 'computed':
      return 'formula'
  }
}

/** Points by growing x of those rows that `point` does not leave out. */
export function publishedSeries<Row>(
  label: string,
  published: Published<Row>,
  point: (row: Row) => readonly [x: number, y: number] | undefined,
): LabSeries {
  const points = published.rows.flatMap((row) => {
    const made = point(row)
    return made ? [made] : []
  })
  points.sort(([a], [b]) => a - b)
  return { label, origin: originOf(published.known), source: sourceOf(published), points }
}
