import { expect, test } from 'vitest'
import type { LabChart, LabRun } from '../../client/types.ts'
import { chartSentence, formatFigure, progressWords, sourcesOf, standingOf } from './lab-words.ts'

const run: LabRun = {
  ...{ id: '1', experiment: 'chain', options: {}, state: 'running', fraction: 0.34, seconds: 6, part: 'forks' },
  ...{ rows: 3, problem: '', secondsLeft: 12 },
}
const chart: LabChart = {
  ...{ kind: 'chart', id: 'c', title: 'Stale rate', shape: 'lines', categories: [] },
  x: { label: 'Delay', unit: 's', scale: 'log' },
  y: { label: 'Stale', unit: '%', scale: 'linear' },
  series: [
    {
      label: 'Ours',
      origin: 'measured',
      source: '',
      points: [
        [1, 2],
        [10, 12.25],
      ],
    },
    { label: 'Theirs', origin: 'formula', source: 'Somebody, 2013', points: [[1, 2.1]] },
    { label: 'Later', origin: 'formula', source: 'Somebody, 2013', points: [] },
  ],
}

test.each([
  [1_234.5678, 1, '1,234.6'],
  [1_234.5678, undefined, '1,234.6'],
  [0.000012, 4, '1.2e-5'],
  [0, 2, '0.00'],
  [-1_500, 0, '-1,500'],
  [Number.NaN, 1, '–'],
])('%d with %s digits is %s', (value, digits, text) => {
  expect(formatFigure(value, digits)).toBe(text)
})

test('a chart is told by the ends of its series', () => {
  expect(chartSentence(chart)).toBe(
    'Stale rate. Stale (%) against delay (s). Ours (measured): 1: 2 to 10: 12.25; Theirs (formula): 1: 2.1; Later (formula): nothing yet.',
  )
  const bars: LabChart = { ...chart, shape: 'bars', categories: ['asert', 'lwma'] }
  expect(chartSentence(bars)).toContain('Theirs (formula): lwma: 2.1')
})

test('each source stands once', () => {
  expect(sourcesOf(chart.series)).toEqual([{ source: 'Somebody, 2013', origin: 'formula' }])
})

test('a run in words', () => {
  expect(progressWords(run)).toBe('34.0 %, forks, about 12 s left')
  const { secondsLeft: _, ...unguessed } = { ...run, part: '' }
  expect(progressWords(unguessed)).toBe('34.0 %')
  expect(standingOf({ ...run, state: 'done' })).toBe('Done in 6 s.')
  expect(standingOf({ ...run, state: 'done', seconds: 0.4 })).toBe('Done within a second.')
  expect(standingOf({ ...run, state: 'cancelled' })).toBe('Cancelled at 34.0 %. What it had found stays below.')
  expect(standingOf({ ...run, state: 'cancelled', rows: 0, fraction: 0 })).toBe('Cancelled at 0 %.')
  expect(standingOf({ ...run, state: 'failed', problem: 'The thread has ended.' })).toBe('The thread has ended.')
})
