import { expect, test } from 'vitest'
import { MAX_MINED_BLOCKS, MinedBlocks } from './mined-blocks.ts'

const block = (height: number, reward = 5n) => ({ hash: new Uint8Array(32).fill(height & 0xff), height, reward })

test('rewards are told apart by where their blocks stand', () => {
  const mined = new MinedBlocks()
  for (const height of [1, 2, 3, 4]) mined.add(block(height, BigInt(height)))
  mined.setStandings(mined.blocks, ['matured', 'orphaned', 'immature', 'unknown'])
  expect(mined.rewards()).toEqual({
    ...{ matured: 1n, immature: 3n, immatureBlocks: 1 },
    ...{ orphaned: 2n, orphanedBlocks: 1 },
  })
})

test('what was encoded comes back; anything damaged counts as nothing', () => {
  const mined = new MinedBlocks()
  mined.add(block(7))
  mined.add(block(300))
  const bytes = mined.encode()
  expect(MinedBlocks.decode(bytes).blocks).toEqual(mined.blocks)
  expect(MinedBlocks.decode(bytes.subarray(1)).blocks).toEqual([])
  expect(MinedBlocks.decode(bytes.subarray(0, -1)).blocks).toEqual([])
  expect(MinedBlocks.decode(undefined).blocks).toEqual([])
})

test('the oldest go into a sum once they have matured', () => {
  const mined = new MinedBlocks()
  for (let height = 1; height <= MAX_MINED_BLOCKS; height++) mined.add(block(height))
  mined.setStandings(
    mined.blocks,
    mined.blocks.map(() => 'matured'),
  )
  mined.add(block(MAX_MINED_BLOCKS + 1))
  expect(mined.blocks.length).toBe(MAX_MINED_BLOCKS)
  const again = MinedBlocks.decode(mined.encode())
  again.setStandings(
    again.blocks,
    again.blocks.map(() => 'matured'),
  )
  expect([mined.rewards().matured, again.rewards().matured]).toEqual([
    5n * BigInt(MAX_MINED_BLOCKS),
    5n * BigInt(MAX_MINED_BLOCKS + 1),
  ])
})

test('standings count for the blocks that were asked about, also where others came and went before the answer', () => {
  const mined = new MinedBlocks()
  for (let height = 1; height <= MAX_MINED_BLOCKS; height++) mined.add(block(height))
  const asked = [...mined.blocks]
  mined.add(block(MAX_MINED_BLOCKS + 1))
  mined.setStandings(
    asked,
    asked.map(({ height }) => (height <= 3 ? 'matured' : 'immature')),
  )
  // The first has gone; the second and third have matured; the last was not asked about.
  expect(mined.rewards()).toMatchObject({ matured: 10n, immatureBlocks: MAX_MINED_BLOCKS - 2 })
})

test('a block without a standing in the answer stays as it was', () => {
  const mined = new MinedBlocks()
  mined.add(block(1))
  mined.setStandings(mined.blocks, [])
  expect(mined.rewards().immatureBlocks).toBe(1)
})
