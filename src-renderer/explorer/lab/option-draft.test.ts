import { expect, test } from 'vitest'
import type { LabExperiment } from '../../client/types.ts'
import { draftOf, readDraft } from './option-draft.ts'

const experiment: LabExperiment = {
  ...{ name: 'x', title: 'X', summary: 'Shows x.' },
  options: [
    { kind: 'number', name: 'nodes', label: 'Nodes', min: 10, max: 10_000, step: 1, default: 60 },
    { kind: 'number', name: 'size', label: 'File', unit: 'MB', min: 0.1, max: 100, step: 0.1, default: 8 },
    { kind: 'several', name: 'parts', label: 'Parts', choices: [{ value: 'a', label: 'A' }], default: ['a'] },
    { kind: 'toggle', name: 'wire', label: 'Wire', default: false },
  ],
}

test('a draft begins as described, or as an earlier run was', () => {
  expect(draftOf(experiment)).toEqual({ nodes: '60', size: '8', parts: ['a'], wire: false })
  expect(draftOf(experiment, { nodes: 12, wire: true })).toMatchObject({ nodes: '12', size: '8', wire: true })
})

test('what is allowed is read', () => {
  const { values, problems } = readDraft(experiment, { nodes: ' 1,000 ', size: '0.3', parts: ['a'], wire: true })
  expect([values, problems]).toEqual([{ nodes: 1_000, size: 0.3, parts: ['a'], wire: true }, {}])
})

test.each([
  [{ nodes: '9' }, 'nodes', 'Enter a number from 10 to 10,000.'],
  [{ nodes: '' }, 'nodes', 'Enter a number from 10 to 10,000.'],
  [{ nodes: '1e3' }, 'nodes', 'Enter a number from 10 to 10,000.'],
  [{ nodes: '10.5' }, 'nodes', 'Enter a whole number from 10 to 10,000.'],
  [{ size: '0.15' }, 'size', 'Enter a multiple of 0.1.'],
  [{ size: '101' }, 'size', 'Enter a number from 0.1 to 100 MB.'],
  [{ parts: [] }, 'parts', 'Choose at least one.'],
])('%j is told beside the option', (written, name, problem) => {
  const { values, problems } = readDraft(experiment, { ...draftOf(experiment), ...written })
  expect(problems).toEqual({ [name]: problem })
  expect(values[name]).toBeUndefined()
})
