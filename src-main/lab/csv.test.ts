import { expect, test } from 'vitest'
import { csvOfReport, csvOfSection } from './csv.ts'
import type { LabChart, LabDrawing, LabTable } from './experiment.ts'

const table: LabTable = {
  ...{ kind: 'table', id: 't', title: 'Hops, by size' },
  columns: [{ label: 'Nodes', digits: 0 }, { label: 'Time', unit: 's', digits: 1 }, { label: 'Note' }],
  rows: [
    [10, 1.23456789, 'plain'],
    [20, null, 'a "quoted", long\nnote'],
  ],
}
const chart: LabChart = {
  ...{ kind: 'chart', id: 'c', title: 'Bars', shape: 'bars', categories: ['a', 'b'] },
  x: { label: 'Rule', scale: 'linear' },
  y: { label: 'Gap', unit: 'min', scale: 'linear' },
  series: [
    {
      label: 'Formula',
      origin: 'formula',
      source: 'Somebody, 2014',
      points: [
        [0, 1],
        [1, 2.5],
      ],
    },
  ],
}
const drawing: LabDrawing = {
  ...{ kind: 'blocks', id: 'd', title: 'Blocks' },
  steps: [
    {
      title: 'first',
      verdict: 'valid',
      blocks: [{ height: 1, hash: 'ab', previous: 'cd', changed: false, state: 'valid', reason: '' }],
    },
  ],
}

test('a table: whole numbers, nothing where there is nothing, quotes doubled', () => {
  expect(csvOfSection(table)).toBe('Nodes,Time (s),Note\r\n10,1.23456789,plain\r\n20,,"a ""quoted"", long\nnote"\r\n')
})

test('a chart: its points, who says so, and the names of bars', () => {
  expect(csvOfSection(chart)).toBe(
    'series,origin,Rule,Gap (min),source\r\nFormula,formula,a,1,"Somebody, 2014"\r\nFormula,formula,b,2.5,"Somebody, 2014"\r\n',
  )
  const lines: LabChart = { ...chart, shape: 'lines', categories: [] }
  expect(csvOfSection(lines)).toContain('Formula,formula,0,1,')
})

test('a drawing: a block a row', () => {
  expect(csvOfSection(drawing)).toContain('first,valid,1,ab,cd,valid,\r\n')
})

test('a report: each section under its title, with an empty line between', () => {
  expect(csvOfReport([table, drawing])).toBe(
    `"Hops, by size"\r\n${csvOfSection(table)}\r\nBlocks\r\n${csvOfSection(drawing)}`,
  )
})

test('points that stand for something have it beside them', () => {
  const [series] = chart.series
  if (!series) throw new Error('no series')
  const named: LabChart = {
    ...{ ...chart, shape: 'points', categories: [] },
    series: [
      { ...series, names: ['k 8', 'k 20'] },
      { ...series, label: 'Other' },
    ],
  }
  expect(csvOfSection(named).split('\r\n').slice(0, 5)).toEqual([
    'series,point,origin,Rule,Gap (min),source',
    'Formula,k 8,formula,0,1,"Somebody, 2014"',
    'Formula,k 20,formula,1,2.5,"Somebody, 2014"',
    'Other,,formula,0,1,"Somebody, 2014"',
    'Other,,formula,1,2.5,"Somebody, 2014"',
  ])
})
