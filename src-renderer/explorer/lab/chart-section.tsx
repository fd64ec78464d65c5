/** One chart of a report with its legend, and what stands beside our figures. */
import type { ReactNode } from 'react'
import type { LabChart } from '../../client/types.ts'
import { BarsChart } from './bars-chart.tsx'
import { ORIGIN_WORDS, sourcesOf } from './lab-words.ts'
import { LinesChart } from './lines-chart.tsx'
import { Legend } from './series-looks.tsx'

export function ChartSection({ chart }: { chart: LabChart }): ReactNode {
  const sources = sourcesOf(chart.series)
  const isBars = chart.shape === 'bars'
  return (
    <figure className="flex flex-col gap-2">
      {isBars ? <BarsChart chart={chart} /> : <LinesChart chart={chart} />}
      <figcaption className="flex flex-col gap-1">
        <Legend series={chart.series} shape={chart.shape} />
        {sources.length > 0 && (
          <ul data-selectable="" className="text-caption text-faint">
            {sources.map(({ source, origin }) => (
              <li key={source}>
                {capital(ORIGIN_WORDS[origin])}: {source}
              </li>
            ))}
          </ul>
        )}
      </figcaption>
    </figure>
  )
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
