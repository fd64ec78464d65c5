/** What crossed in the last two minutes, as two thin lines. Moves once a second; a sentence says the same. */
import { type ReactNode, useMemo } from 'react'
import { bytesQuantity, formatRate } from '../ui/format.ts'
import { LineChart } from '../ui/line-chart.tsx'
import { MAX_SAMPLES, type Rate, ratesOf, type Sample } from './traffic.ts'

const LEAST_TOP = 1_000
const SPAN = { seconds: MAX_SAMPLES - 1, words: '2 min' }

/** @param props.samples oldest first, a second apart */
export function TrafficChart(props: { samples: readonly Sample[] }): ReactNode {
  const rates = useMemo(() => ratesOf(props.samples), [props.samples])
  const last = rates.at(-1)
  return (
    <LineChart
      lines={[
        {
          name: 'Receives',
          points: rates.map(({ ago, received }) => ({ ago, value: received })),
          now: formatRate(last?.received ?? 0),
        },
        {
          name: 'Sends',
          points: rates.map(({ ago, sent }) => ({ ago, value: sent })),
          now: formatRate(last?.sent ?? 0),
        },
      ]}
      sentence={sentence(rates)}
      least={LEAST_TOP}
      span={SPAN}
      format={axisLabel}
    />
  )
}

function axisLabel(rate: number): string {
  if (rate === 0) return '0'
  const { value, unit } = bytesQuantity(rate)
  return `${Number(value)} ${unit}/s`
}

function sentence(rates: readonly Rate[]): string {
  if (rates.length === 0) return 'Traffic of the last two minutes: nothing measured yet.'
  const most = (of: (rate: Rate) => number): string => formatRate(Math.max(...rates.map(of)))
  return [
    `Traffic of the last two minutes: receives ${formatRate(rates.at(-1)?.received ?? 0)} now,`,
    `at most ${most((rate) => rate.received)}; sends ${formatRate(rates.at(-1)?.sent ?? 0)} now,`,
    `at most ${most((rate) => rate.sent)}.`,
  ].join(' ')
}
