import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { decodeBlock } from '../primitives/block.ts'
import { displayHash, parseHash, ZERO_HASH } from '../primitives/hashes.ts'
import { vectorJson } from '../test-support/vectors.ts'
import { basicFilterOf } from './basic-filter.ts'
import { BlockFilter } from './block-filter.ts'
import { filterHashOf, filterHeaderOf, filterHeadersFrom } from './filter-header.ts'

type Row = [
  height: number,
  hash: string,
  block: string,
  spent: string[],
  previous: string,
  filter: string,
  header: string,
  note: string,
]

/** Rows of one item are headings. */
function rowsOf(path: string): Row[] {
  return vectorJson<(Row | [string])[]>(path).filter((row): row is Row => row.length > 1)
}

const rows = rowsOf('bips/bip158_testnet19.json')

test('there are ten blocks', () => {
  expect(rows).toHaveLength(10)
})

describe('blocks of testnet', () => {
  test.each(rows)('block %i (%s)', (_height, hash, blockHex, spent, previous, filterHex, header) => {
    const block = decodeBlock(fromHex(blockHex))
    expect(displayHash(block.hash)).toBe(hash)
    const spentScripts = spent.map(fromHex)
    const made = basicFilterOf(block, spentScripts)
    expect(toHex(made.bytes)).toBe(filterHex)
    const before = parseHash(previous) as Uint8Array
    expect(displayHash(filterHeaderOf(filterHashOf(made.bytes), before))).toBe(header)

    const read = BlockFilter.decode(block.hash, fromHex(filterHex))
    expect(read.count).toBe(made.count)
    const paid = block.transactions.flatMap(({ outputs }) => outputs.map(({ scriptPubKey }) => scriptPubKey))
    const held = [...paid, ...spentScripts].filter((script) => script.length > 0 && script[0] !== 0x6a)
    for (const script of held) expect(read.matches(script)).toBe(true)
    expect(read.matchesAny([Uint8Array.of(1, 2, 3), ...held])).toBe(held.length > 0)
    expect(read.matchesAny([Uint8Array.of(1, 2, 3), new Uint8Array(0), ...paid.filter((s) => s[0] === 0x6a)])).toBe(
      false,
    )
  })
})

test('filter headers in a row are those made one by one', () => {
  const hashes = rows.map((row) => filterHashOf(fromHex(row[5])))
  const chain = filterHeadersFrom(ZERO_HASH, hashes)
  expect(chain).toHaveLength(10)
  for (const [at, header] of chain.entries())
    expect(header).toEqual(filterHeaderOf(hashes[at] as Uint8Array, chain[at - 1] ?? ZERO_HASH))
  // The first two rows are blocks 0 and 2: the first starts from zeros.
  expect(displayHash(chain[0] as Uint8Array)).toBe(rows[0]?.[6])
  expect(filterHeadersFrom(ZERO_HASH, [])).toEqual([])
  expect(() => filterHeaderOf(new Uint8Array(31), ZERO_HASH)).toThrow(RangeError)
})
