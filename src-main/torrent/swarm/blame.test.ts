import { describe, expect, test } from 'vitest'
import { BLOCK_LENGTH } from '../wire/peer-wire.ts'
import { Blame, MAX_RECORDED_BLOCKS, TRUST_BAN, TRUST_FAIL } from './blame.ts'
import { SeededRandom } from './test-support.ts'

const BLOCKS = 4
const create = () => new Blame(new SeededRandom(1))

/** A piece whose blocks hold the given byte each. */
function piece(...blocks: number[]): Uint8Array {
  const bytes = new Uint8Array(blocks.length * BLOCK_LENGTH)
  blocks.forEach((value, i) => void bytes.fill(value, i * BLOCK_LENGTH, (i + 1) * BLOCK_LENGTH))
  return bytes
}

test('who sent a whole bad piece is banned at once', () => {
  expect(create().failed(0, piece(1, 2, 3, 4), ['a', 'a', 'a', 'a']).ban).toEqual(['a'])
})

describe('several contributors', () => {
  test('are suspects, until the good piece names the liar alone', () => {
    const blame = create()
    expect(blame.failed(0, piece(1, 66, 3, 4), ['a', 'liar', 'b', 'a']).ban).toEqual([])
    expect(['a', 'liar', 'b'].every((host) => blame.isSuspect(host))).toBe(true)
    expect(blame.passed(0, piece(1, 2, 3, 4), ['b', 'b', 'b', 'b']).ban).toEqual(['liar'])
    expect(blame.recordedBlocks).toBe(0)
  })

  test('a liar that lies differently each time, over several failures, is still named', () => {
    const blame = create()
    blame.failed(0, piece(1, 66, 3, 4), ['a', 'liar', 'b', 'a'])
    blame.failed(0, piece(67, 2, 3, 99), ['liar', 'a', 'b', 'other'])
    expect([...blame.passed(0, piece(1, 2, 3, 4), ['b', 'b', 'b', 'b']).ban].sort()).toEqual(['liar', 'other'])
  })

  test('who was in too many bad pieces is banned without proof', () => {
    const blame = create()
    const bans: string[] = []
    for (let i = 0; i * TRUST_FAIL > TRUST_BAN; i++) {
      bans.push(...blame.failed(i, piece(1, 2, 3, i), ['liar', `x${i}`, `y${i}`, `z${i}`]).ban)
    }
    expect(bans).toEqual(['liar'])
  })

  test('pieces that a banned liar had a part in cost nobody else anything', () => {
    const blame = create()
    blame.failed(0, piece(66, 66, 66, 66), ['liar', 'liar', 'liar', 'liar'])
    for (let i = 1; i < 10; i++) {
      expect(blame.failed(i, piece(1, 66, 3, 4), ['a', 'liar', 'a', 'a']).ban).toEqual([])
      expect(blame.isSuspect('a')).toBe(false)
    }
  })

  test('a whole good piece clears a suspect', () => {
    const blame = create()
    blame.failed(0, piece(1, 66, 3, 4), ['a', 'liar', 'b', 'a'])
    blame.passed(1, piece(1, 1, 1, 1), ['a', 'a', 'a', 'a'])
    expect(blame.isSuspect('a')).toBe(false)
    expect(blame.isSuspect('liar')).toBe(true)
  })
})

test('memory for block hashes is bounded', () => {
  const blame = create()
  const bytes = piece(1, 2, 3, 4)
  for (let i = 0; i < MAX_RECORDED_BLOCKS / BLOCKS + 10; i++) {
    blame.failed(i, bytes, [`a${i}`, `b${i}`, `c${i}`, `d${i}`])
    expect(blame.recordedBlocks).toBeLessThanOrEqual(MAX_RECORDED_BLOCKS)
  }
})
