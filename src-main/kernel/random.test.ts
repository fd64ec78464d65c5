import { describe, expect, test } from 'vitest'
import { pick, type Random, shuffled } from './random.ts'

/** Answers as told, and notes what it was asked. */
function scripted(answers: readonly number[]): Random & { readonly limits: number[] } {
  const limits: number[] = []
  return {
    limits,
    bytes: (length) => new Uint8Array(length),
    below(limit) {
      limits.push(limit)
      const answer = answers[limits.length - 1]
      if (answer === undefined || answer >= limit) throw new Error(`no answer below ${limit}`)
      return answer
    },
  }
}

/** Every run of answers that limits of 4, 3 and 2 allow. */
const allDraws = [0, 1, 2, 3].flatMap((a) => [0, 1, 2].flatMap((b) => [0, 1].map((c) => [a, b, c] as const)))

describe('shuffled', () => {
  test('each of the 24 orders of four comes from exactly one of the 24 draws: evenly, that is', () => {
    const orders = allDraws.map((draws) => shuffled(scripted(draws), ['a', 'b', 'c', 'd']).join(''))
    expect(new Set(orders).size).toBe(24)
    for (const order of orders) expect([...order].sort().join('')).toBe('abcd')
  })

  test('draws once for each element but the last', () => {
    const random = scripted([0, 0, 0])
    shuffled(random, [1, 2, 3, 4])
    expect(random.limits).toEqual([4, 3, 2])
  })

  test('leaves the list as it is', () => {
    const list = Object.freeze([1, 2, 3])
    expect(shuffled(scripted([0, 0]), list)).not.toEqual(list)
    expect(list).toEqual([1, 2, 3])
  })

  test('of nothing and of one, without a draw', () => {
    expect(shuffled(scripted([]), [])).toEqual([])
    expect(shuffled(scripted([]), ['only'])).toEqual(['only'])
  })

  test('keeps elements that are undefined or alike', () => {
    expect(shuffled(scripted([0, 0]), [undefined, 1, 1])).toEqual([1, 1, undefined])
  })
})

describe('pick', () => {
  test('each element has its number', () => {
    const list = ['a', 'b', 'c']
    expect(list.map((_, n) => pick(scripted([n]), list))).toEqual(list)
  })

  test('draws once, below the length', () => {
    const random = scripted([4])
    pick(random, [1, 2, 3, 4, 5])
    expect(random.limits).toEqual([5])
  })
})
