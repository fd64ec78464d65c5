import { describe, expect, test } from 'vitest'
import * as figures from './figures.ts'
import { originOf, type Published, publishedSeries, sourceOf } from './published.ts'

const { FLOODING_DEGREE, ...rest } = figures
const all: readonly (readonly [string, Published<object>])[] = Object.entries(rest)

describe('the figures of others', () => {
  test.each(all)('%s: says where it stands and how it is known, and has only numbers', (_, published) => {
    expect(published.place).not.toBe('')
    expect(published.in === undefined).toBe(published.known === 'computed')
    expect(published.rows.length).toBeGreaterThan(0)
    for (const row of published.rows) expect(Object.values(row).every(Number.isFinite)).toBe(true)
    const source = sourceOf(published)
    expect(source).toContain(published.place)
    expect(source.endsWith('not looked up')).toBe(published.known === 'memory')
    if (published.in) expect(source).toContain(`${published.in.venue} ${published.in.year}`)
  })

  test('of flooding are those of a degree that a run may have', () => expect(FLOODING_DEGREE % 2).toBe(0))

  test('what is quoted from memory is drawn as such, a calculation as a formula', () => {
    expect([originOf('read'), originOf('abstract')]).toEqual(['published', 'published'])
    expect([originOf('memory'), originOf('computed')]).toEqual(['from memory', 'formula'])
  })

  test('a series has the rows that are wanted, by growing x, and a page where there is one', () => {
    const published: Published<{ readonly x: number }> = {
      ...{ place: 'table 3', page: 7, known: 'read' },
      in: { authors: 'A', title: 'T', venue: 'V', year: 2000 },
      rows: [{ x: 3 }, { x: 1 }, { x: 2 }],
    }
    expect(publishedSeries('Others', published, ({ x }) => (x === 2 ? undefined : [x, 10 * x]))).toEqual({
      ...{ label: 'Others', origin: 'published', source: 'A, T, V 2000; table 3; page 7' },
      points: [
        [1, 10],
        [3, 30],
      ],
    })
  })
})
