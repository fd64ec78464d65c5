import { describe, expect, test } from 'vitest'
import { medianTime } from '../consensus/header-rules.ts'
import { networks } from '../consensus/networks.ts'
import { hash256 } from '../primitives/hashes.ts'
import { BlockHeader } from '../primitives/header.ts'
import { seededNumbers } from '../test-support/recorded-chain.ts'
import { HeaderMark, HeaderTree, skipHeight } from './header-tree.ts'

/** The same as a row, in the plainest way. */
interface Plain {
  readonly header: BlockHeader
  readonly parent: number
  readonly height: number
  readonly work: bigint
  bad: boolean
}

const network = networks.local
/** Works of 2 and of 4 hashes. */
const BITS = [0x207f_ffff, 0x203f_ffff] as const
const ROWS = process.env.SHOAL_LONG === '1' ? 40_000 : 6_000

/** A tree with long branches and short ones. The tree checks no rules, so the headers need no work. */
function grow(seed: number, count: number): { tree: HeaderTree; rows: Plain[] } {
  const below = seededNumbers(seed)
  const tree = new HeaderTree(network)
  const genesis = network.genesis.header
  const rows: Plain[] = [{ header: genesis, parent: -1, height: 0, work: genesis.work, bad: false }]
  while (rows.length < count) {
    const parent = below(50) === 0 ? below(rows.length) : Math.max(0, rows.length - 1 - below(3))
    const before = rows[parent] as Plain
    const header = new BlockHeader({
      version: 1,
      previous: before.header.hash,
      merkleRoot: genesis.merkleRoot,
      time: before.header.time + below(200) - 60,
      bits: BITS[below(2)] as number,
      nonce: rows.length,
    })
    expect(tree.add(header, parent)).toBe(rows.length)
    rows.push({ header, parent, height: before.height + 1, work: before.work + header.work, bad: false })
  }
  return { tree, rows }
}

function ancestorsOf(rows: readonly Plain[], row: number): number[] {
  const ancestors: number[] = []
  for (let at = row; at !== -1; at = (rows[at] as Plain).parent) ancestors.push(at)
  return ancestors.reverse()
}

function bestOf(rows: readonly Plain[]): number {
  let best = 0
  for (const [row, { bad, work }] of rows.entries()) if (!bad && work > (rows[best] as Plain).work) best = row
  return best
}

describe('the header tree', () => {
  const { tree, rows } = grow(1, ROWS)
  const below = seededNumbers(2)

  test('every header is found by its hash, with its facts', () => {
    expect(tree.size).toBe(ROWS)
    for (const [row, { header, parent, height, work }] of rows.entries()) {
      expect(tree.find(header.hash)).toBe(row)
      const facts = [tree.parent(row), tree.height(row), tree.work(row), tree.time(row), tree.bits(row)]
      expect(facts).toEqual([parent, height, work, header.time, header.bits])
    }
    expect(tree.find(hash256(new Uint8Array(1)))).toBe(-1)
    expect(tree.header(7).hash).toEqual((rows[7] as Plain).header.hash)
    expect(tree.bytes(7)).toEqual((rows[7] as Plain).header.bytes())
    expect(tree.hash(7)).toEqual((rows[7] as Plain).header.hash)
  })

  test('the median of the last eleven times is that of a sort', () => {
    for (let i = 0; i < 500; i++) {
      const row = below(ROWS)
      const times = ancestorsOf(rows, row).map((at) => tree.time(at))
      expect(tree.medianTimePast(row)).toBe(medianTime(times.slice(-11)))
    }
    for (let row = 0; row < 12; row++)
      expect(tree.medianTimePast(row)).toBe(
        medianTime(
          ancestorsOf(rows, row)
            .map((at) => tree.time(at))
            .slice(-11),
        ),
      )
  })

  test('ancestors and forks are those that steps to the parents find', () => {
    for (let i = 0; i < 300; i++) {
      const [one, other] = [below(ROWS), below(ROWS)]
      const mine = ancestorsOf(rows, one)
      const height = below(mine.length)
      expect(tree.ancestor(one, height)).toBe(mine[height])
      const shared = new Set(mine)
      expect(tree.fork(one, other)).toBe(ancestorsOf(rows, other).findLast((at) => shared.has(at)))
    }
  })

  test('the ancestry is counted from the row back', () => {
    for (const row of [3, ROWS - 1, Math.floor(ROWS / 2)]) {
      const mine = ancestorsOf(rows, row).reverse()
      const ancestry = tree.ancestry(row)
      expect(ancestry.height).toBe(mine.length - 1)
      for (const back of [0, 1, 10, 16, 17, mine.length - 1].filter((at) => at < mine.length)) {
        expect(ancestry.time(back)).toBe(tree.time(mine[back] as number))
        expect(ancestry.target(back)).toBe(
          tree.bits(mine[back] as number) === BITS[0] ? 0x7f_ffffn << 232n : 0x3f_ffffn << 232n,
        )
      }
    }
  })

  test('the best is the first with most work', () => {
    expect(tree.best).toBe(bestOf(rows))
    expect(tree.bestBranch.end).toBe(tree.best)
    const branch = ancestorsOf(rows, tree.best)
    expect(branch.map((_, height) => tree.bestBranch.at(height))).toEqual(branch)
    expect([tree.bestBranch.at(-1), tree.bestBranch.at(branch.length)]).toEqual([-1, -1])
  })

  test('what follows a bad header is bad, until it is forgiven', () => {
    for (let i = 0; i < 6; i++) {
      const root = tree.bestBranch.at(Math.max(1, tree.bestBranch.height - below(400)))
      const after = rows.flatMap(({ bad }, row) => (!bad && ancestorsOf(rows, row).includes(root) ? [row] : []))
      expect(tree.markBad(root)).toEqual(after)
      for (const row of after) (rows[row] as Plain).bad = true
      expect(tree.best).toBe(bestOf(rows))
    }
    expect(tree.markBad(rows.findIndex(({ bad }) => bad))).toEqual([])
    const last = rows.findLastIndex(({ bad }) => bad)
    const root = ancestorsOf(rows, last).find((row) => (rows[row] as Plain).bad) as number
    for (const row of tree.clearBad(last)) (rows[row] as Plain).bad = false
    for (const [row, { bad }] of rows.entries()) {
      expect(tree.isBad(row)).toBe(bad)
      if (ancestorsOf(rows, row).includes(root)) expect(bad).toBe(false)
    }
    expect(tree.best).toBe(bestOf(rows))
    expect(tree.clearBad(0)).toEqual([])
  })
})

test('marks are set one by one', () => {
  const { tree } = grow(3, 3)
  tree.mark(1, HeaderMark.HAS_BLOCK)
  tree.mark(1, HeaderMark.LINKED)
  tree.unmark(1, HeaderMark.HAS_BLOCK)
  expect([tree.has(1, HeaderMark.HAS_BLOCK), tree.has(1, HeaderMark.LINKED), tree.has(2, HeaderMark.LINKED)]).toEqual([
    false,
    true,
    false,
  ])
})

test('second links lead far back from some headers, and not from others', () => {
  expect([0, 1, 2, 3, 4, 5, 8, 9, 1_024, 1_025].map(skipHeight)).toEqual([0, 0, 0, 1, 0, 1, 0, 1, 0, 1])
})

test('works beyond 64 bits are added exactly', () => {
  const tree = new HeaderTree(network)
  const fields = { version: 1, merkleRoot: network.genesis.hash, time: 0, nonce: 0, bits: 0x1200_ffff }
  const first = new BlockHeader({ ...fields, previous: network.genesis.hash })
  const second = new BlockHeader({ ...fields, previous: first.hash })
  const end = tree.add(second, tree.add(first, 0))
  expect(tree.work(end)).toBe(network.genesis.header.work + 2n * first.work)
  expect(first.work).toBeGreaterThan(2n ** 100n)
})
