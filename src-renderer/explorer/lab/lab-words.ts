/** Figures, charts and runs of the Lab in words. */
import type { LabChart, LabRun, LabSeries, LabTable } from '../../client/types.ts'
import { formatCount, formatDuration, formatEstimate, formatPercent, NONE } from '../../ui/format.ts'

/** @param digits most after the point; without them the figure keeps five that count */
export function formatFigure(value: number, digits?: number): string {
  if (!Number.isFinite(value)) return NONE
  const fixed = digits === undefined ? String(Number(value.toPrecision(5))) : value.toFixed(digits)
  // What is not nothing is not shown as nothing.
  if (value !== 0 && Number(fixed) === 0) return value.toExponential(1)
  const [whole = '', rest] = fixed.split('.')
  const grouped = whole.startsWith('-') ? `-${formatCount(Number(whole.slice(1)))}` : formatCount(Number(whole))
  return rest === undefined ? grouped : `${grouped}.${rest}`
}

export function formatCell(cell: LabTable['rows'][number][number], digits: number | undefined): string {
  if (cell === null) return ''
  return typeof cell === 'number' ? formatFigure(cell, digits) : cell
}

export function titled({ label, unit }: { readonly label: string; readonly unit?: string | undefined }): string {
  return unit === undefined ? label : `${label} (${unit})`
}

/** The chart for who cannot see it: what is drawn, and where each series begins and ends. */
export function chartSentence(chart: LabChart): string {
  const { title, x, y, series, categories } = chart
  const place = (at: number) => categories[at] ?? formatFigure(at)
  const told = series.map(({ label, origin, points }) => {
    const [first] = points
    const last = points.at(-1)
    if (!first || !last) return `${label} (${origin}): nothing yet`
    const ends = `${place(first[0])}: ${formatFigure(first[1])}`
    return `${label} (${origin}): ${points.length === 1 ? ends : `${ends} to ${place(last[0])}: ${formatFigure(last[1])}`}`
  })
  return `${title}. ${titled(y)} against ${titled(x).toLowerCase()}. ${told.join('; ')}.`
}

/** Each source once, with the series that it is of. */
export function sourcesOf(
  series: readonly LabSeries[],
): readonly { readonly source: string; readonly origin: LabSeries['origin'] }[] {
  const known = new Map<string, LabSeries['origin']>()
  for (const { source, origin } of series) if (source !== '' && !known.has(source)) known.set(source, origin)
  return [...known].map(([source, origin]) => ({ source, origin }))
}

export const ORIGIN_WORDS: Readonly<Record<LabSeries['origin'], string>> = {
  measured: 'measured here',
  formula: 'formula',
  published: 'published',
  'from memory': 'published, quoted from memory',
}

/** How a run stands, for its line and to be read out. */
export function standingOf(run: LabRun): string {
  switch (run.state) {
    case 'queued':
      return 'Waits until the experiment before it has ended.'
    case 'running':
      return 'Running.'
    case 'done':
      return run.seconds < 1 ? 'Done within a second.' : `Done in ${formatDuration(run.seconds)}.`
    case 'cancelled':
      return run.rows > 0
        ? `Cancelled at ${formatPercent(run.fraction)}. What it had found stays below.`
        : `Cancelled at ${formatPercent(run.fraction)}.`
    case 'failed':
      return run.problem
  }
}

/** `34.0 %, forks, about 12 s left`. */
export function progressWords({ fraction, part, secondsLeft }: LabRun): string {
  const left = secondsLeft === undefined ? [] : [`about ${formatEstimate(secondsLeft)} left`]
  return [formatPercent(fraction), ...(part === '' ? [] : [part]), ...left].join(', ')
}

const RULE_WORDS: Readonly<Record<string, string>> = {
  'bad-txnmrklroot': 'Merkle root does not fit',
  'high-hash': 'Work is missing',
  'prev-blk-not-found': 'Its parent is gone',
}

/** A rule that is broken, in words where we have some. */
export function ruleWords(reason: string): string {
  return RULE_WORDS[reason] ?? reason
}
