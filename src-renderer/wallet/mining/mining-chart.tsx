/** The last ten minutes of mining, one figure at a time. */
import { type ReactNode, useState } from 'react'
import type { MinerSample } from '../../client/types.ts'
import { formatCount, formatDuration, formatEstimate } from '../../ui/format.ts'
import { formatHashes, formatHashRate } from '../../ui/hash-rate.ts'
import { type Line, LineChart } from '../../ui/line-chart.tsx'
import { Segments } from '../../ui/segments.tsx'
import { pointsOf, SPAN_S } from './samples.ts'

type Shown = 'rate' | 'blocks' | 'time' | 'difficulty'

interface Chart {
  readonly title: string
  readonly least: number
  readonly format: (value: number) => string
  readonly lines: readonly { readonly name: string; readonly of: (sample: MinerSample) => number | undefined }[]
}

const blocksWords = (blocks: number): string =>
  Number.isInteger(blocks) ? formatCount(blocks) : blocks.toFixed(blocks < 0.1 ? 3 : 2)

/** @param interval milliseconds, where the miner sets the pace */
function charts(interval: number | undefined): Readonly<Record<Shown, Chart>> {
  return {
    rate: {
      title: 'Hash rate',
      least: 1_000,
      format: formatHashRate,
      lines: [{ name: 'Hash rate', of: (sample) => sample.hashesPerSecond }],
    },
    blocks: {
      title: 'Found and expected',
      least: 0.01,
      format: blocksWords,
      lines: [
        { name: 'Blocks found', of: (sample) => sample.blocksFound },
        { name: 'Expected of the attempts', of: (sample) => sample.expectedBlocks },
      ],
    },
    time: {
      title: 'Time to a block',
      least: 1,
      format: (seconds) => (seconds < 60 ? formatDuration(seconds) : formatEstimate(seconds)),
      lines: [
        {
          name: 'Time to a block, on average',
          of: ({ difficulty, hashesPerSecond }) =>
            hashesPerSecond <= 0 ? undefined : interval === undefined ? difficulty / hashesPerSecond : interval / 1_000,
        },
      ],
    },
    difficulty: {
      title: 'Difficulty',
      least: 1,
      format: formatHashes,
      lines: [{ name: 'Hashes to a block', of: (sample) => sample.difficulty }],
    },
  }
}

export function MiningChart(props: { samples: readonly MinerSample[]; blockInterval: number | undefined }): ReactNode {
  const [shown, setShown] = useState<Shown>('rate')
  const all = charts(props.blockInterval)
  const { least, format, lines: specs } = all[shown]
  const lines = specs.map(({ name, of }): Line => {
    const points = pointsOf(props.samples, of)
    const last = points.at(-1)
    return { name, points, now: last ? format(last.value) : '–' }
  })
  return (
    <section aria-label="Chart of mining">
      <Segments
        label="What the chart shows"
        active={shown}
        onChange={setShown}
        segments={(Object.keys(all) as Shown[]).map((id) => ({ id, title: all[id].title }))}
      />
      <div className="mt-2 h-56">
        <LineChart
          lines={lines}
          sentence={sentence(lines, format)}
          least={least}
          span={{ seconds: SPAN_S, words: '10 min' }}
          format={format}
        />
      </div>
    </section>
  )
}

/** The same in words. */
function sentence(lines: readonly Line[], format: (value: number) => string): string {
  const told = lines.map(({ name, points, now }) => {
    if (points.length === 0) return `${name}: nothing measured yet`
    const values = points.map((point) => point.value)
    return `${name} ${now} now, from ${format(Math.min(...values))} to ${format(Math.max(...values))}`
  })
  return `The last ten minutes. ${told.join('. ')}.`
}
