import { describe, expect, test } from 'vitest'
import { CATALOGUE } from './catalogue.ts'
import type { ExperimentDescription, OptionValues } from './experiment.ts'
import { checkedOptions } from './options.ts'

const described: ExperimentDescription = {
  ...{ name: 'x', title: 'X', summary: 'x' },
  options: [
    { kind: 'number', name: 'nodes', label: 'Nodes', min: 2, max: 1_000, step: 1, default: 10 },
    { kind: 'number', name: 'size', label: 'Size', unit: 'MB', min: 0.1, max: 5, step: 0.1, default: 1 },
    { kind: 'one', name: 'way', label: 'Way', choices: [choice('a'), choice('b')], default: 'a' },
    { kind: 'several', name: 'parts', label: 'Parts', choices: [choice('a'), choice('b')], default: ['a', 'b'] },
    { kind: 'toggle', name: 'wire', label: 'Wire', default: false },
  ],
}

function choice(value: string) {
  return { value, label: value.toUpperCase() }
}

describe('options', () => {
  test('what is left out is as described', () => {
    const defaults = { nodes: 10, size: 1, way: 'a', parts: ['a', 'b'], wire: false }
    expect(checkedOptions(described, {})).toEqual(defaults)
    expect(checkedOptions(described, { nodes: 2, wire: true })).toEqual({ ...defaults, nodes: 2, wire: true })
  })

  test('both ends of a range are in it, and so is every step', () => {
    for (const nodes of [2, 1_000]) expect(checkedOptions(described, { nodes }).nodes).toBe(nodes)
    for (const size of [0.1, 0.3, 0.7, 5]) expect(checkedOptions(described, { size }).size).toBe(size)
  })

  test('a choice of several is in the order of the description, each once', () => {
    expect(checkedOptions(described, { parts: ['b', 'a', 'b'] }).parts).toEqual(['a', 'b'])
  })

  test.each<[OptionValues, string]>([
    [{ nodes: 1 }, 'The option "Nodes" goes from 2 to 1,000. Change it.'],
    [{ nodes: 1_001 }, 'The option "Nodes" goes from 2 to 1,000. Change it.'],
    [{ nodes: 2.5 }, 'The option "Nodes" is a whole number from 2 to 1,000. Change it.'],
    [{ nodes: Number.NaN }, 'The option "Nodes" goes from 2 to 1,000. Change it.'],
    [{ nodes: '5' }, 'The option "Nodes" goes from 2 to 1,000. Change it.'],
    [{ size: 0.15 }, 'The option "Size" goes in steps of 0.1. Change it.'],
    [{ size: 6 }, 'The option "Size" goes from 0.1 to 5 MB. Change it.'],
    [{ way: 'c' }, 'The option "Way" is one of A, B. Choose one.'],
    [{ parts: [] }, 'The option "Parts" is empty. Choose at least one.'],
    [{ parts: ['a', 'c'] }, 'The option "Parts" has more than A, B. Choose of these.'],
    [{ wire: 1 }, 'The option "Wire" is on or off. Choose one of the two.'],
    [{ speed: 1 }, 'The option "speed" is not one of this experiment. Leave it out.'],
    [
      { constructor: 1 } as unknown as OptionValues,
      'The option "constructor" is not one of this experiment. Leave it out.',
    ],
  ])('%j is refused', (given, message) => {
    expect(() => checkedOptions(described, given)).toThrow(expect.objectContaining({ code: 'BAD_OPTION', message }))
  })

  test.each(CATALOGUE)('the defaults of $name are allowed, and its names are told apart', (description) => {
    const defaults = checkedOptions(description, {})
    expect(checkedOptions(description, defaults)).toEqual(defaults)
    expect(new Set(description.options.map(({ name }) => name)).size).toBe(description.options.length)
  })
})
