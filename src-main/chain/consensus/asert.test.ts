import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bitsFromTarget, targetFromBits } from '../primitives/target.ts'
import { asertTarget } from './asert.ts'

const FOLDER = new URL('../../../test/vectors/chain/difficulty/', import.meta.url)
const LIMIT = targetFromBits(0x1d00ffff) as bigint
const SPACING = 600n
const HALF_LIFE = 172_800n

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

function runOf(name: string) {
  const text = readFileSync(new URL(name, FOLDER), 'utf8')
  const fact = (label: string) => new RegExp(`${label}: (\\S+)`).exec(text)?.[1] as string
  const lines = text.split('\n').filter((line) => /^\d/.test(line))
  return {
    anchorHeight: BigInt(fact('anchor height')),
    anchorParentTime: BigInt(fact('anchor (?:ancestor|parent) time')),
    anchorTarget: targetFromBits(Number(fact('anchor nBits'))) as bigint,
    iterations: Number(fact('iterations')),
    lines: lines.map((line) => line.split(/\s+/) as [string, string, string, string]),
  }
}

describe('the published runs of aserti3-2d', () => {
  test('are eleven, with 4,000 lines', () => {
    expect(files).toHaveLength(11)
    expect(files.map((name) => runOf(name).lines.length).reduce((sum, count) => sum + count)).toBe(4_000)
  })

  test.each(files)('%s: every line', (name) => {
    const { anchorHeight, anchorParentTime, anchorTarget, iterations, lines } = runOf(name)
    expect(lines).toHaveLength(iterations)
    const bits = lines.map(([, height, time]) => {
      const late = BigInt(time) - anchorParentTime - SPACING * (BigInt(height) - anchorHeight + 1n)
      return bitsFromTarget(asertTarget(anchorTarget, late, HALF_LIFE, LIMIT))
    })
    expect(bits).toEqual(lines.map(([, , , expected]) => Number(expected)))
  })
})

test('a chain late or early without measure ends at the limit or at 1, at once', () => {
  expect(asertTarget(LIMIT, 1n << 80n, HALF_LIFE, LIMIT)).toBe(LIMIT)
  expect(asertTarget(LIMIT, -(1n << 80n), HALF_LIFE, LIMIT)).toBe(1n)
})

test('one half-life doubles or halves', () => {
  expect(asertTarget(1n << 200n, HALF_LIFE, HALF_LIFE, LIMIT)).toBe(1n << 201n)
  expect(asertTarget(1n << 200n, -HALF_LIFE, HALF_LIFE, LIMIT)).toBe(1n << 199n)
})
