import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BLOCK_LENGTH } from '../wire/peer-wire.ts'
import { BufferPool, PieceBuffer } from './piece-buffer.ts'
import { runs } from './test-support.ts'

const SIZE = 3 * BLOCK_LENGTH + 100

function create(maxSpare = 4) {
  const pool = new BufferPool(4 * BLOCK_LENGTH, maxSpare)
  return { pool, buffer: new PieceBuffer(0, SIZE, pool) }
}

/** Fills the blocks in their places with their own number. */
function fillRest(buffer: PieceBuffer, blocks: number[]): void {
  for (const block of blocks) buffer.finish(block, buffer.begin(block).fill(block), 'rest')
}

describe('a block', () => {
  test('is written in its place, the last one shorter', () => {
    const { buffer } = create()
    expect(buffer.begin(3).length).toBe(100)
    const target = buffer.begin(1)
    expect(target.byteOffset).toBe(BLOCK_LENGTH)
    buffer.finish(1, target.fill(7), 'a')
    expect(buffer.contributors).toEqual([undefined, 'a', undefined, undefined])
  })

  test('a slow liar cannot write over what another peer brought', () => {
    const { buffer } = create()
    const slow = buffer.begin(0)
    const good = buffer.begin(0)
    expect(good.buffer).not.toBe(slow.buffer)
    buffer.finish(0, good.fill(1), 'good')
    slow.fill(66)
    buffer.finish(0, slow, 'liar')
    fillRest(buffer, [1, 2, 3])
    expect(buffer.contributors[0]).toBe('good')
    expect(
      buffer
        .seal()
        .subarray(0, BLOCK_LENGTH)
        .every((byte) => byte === 1),
    ).toBe(true)
  })

  test('nor after the piece was handed to the hasher', () => {
    const { buffer } = create()
    const slow = buffer.begin(0)
    buffer.finish(0, buffer.begin(0).fill(1), 'good')
    fillRest(buffer, [1, 2, 3])
    const sealed = buffer.seal()
    slow.fill(66)
    buffer.finish(0, slow, 'liar')
    expect(sealed.subarray(0, BLOCK_LENGTH).every((byte) => byte === 1)).toBe(true)
    expect(sealed[BLOCK_LENGTH]).toBe(1)
    expect(sealed[2 * BLOCK_LENGTH]).toBe(2)
  })

  test('is taken from the second peer when the first gives up', () => {
    const { buffer } = create()
    const first = buffer.begin(2)
    buffer.finish(2, buffer.begin(2).fill(5), 'second')
    first.fill(66, 0, 100)
    buffer.abandon(2, first)
    fillRest(buffer, [0, 1, 3])
    expect(buffer.seal()[2 * BLOCK_LENGTH]).toBe(5)
  })

  test('a place given up is free again', () => {
    const { buffer } = create()
    const first = buffer.begin(2)
    buffer.abandon(2, first)
    expect(buffer.begin(2).buffer).toBe(first.buffer)
  })
})

describe('memory', () => {
  test('is used again, up to a bound, and only whole pieces', () => {
    const { pool, buffer } = create(1)
    fillRest(buffer, [0, 1, 2, 3])
    const sealed = buffer.seal()
    pool.give(sealed)
    pool.give(new Uint8Array(4 * BLOCK_LENGTH))
    pool.give(new Uint8Array(5))
    expect(pool.spares).toBe(1)
    expect(pool.take(10).buffer).toBe(sealed.buffer)
  })

  test('that a peer still fills is not used again', () => {
    const { pool, buffer } = create()
    buffer.begin(0)
    buffer.discard()
    expect(pool.spares).toBe(0)
    const other = new PieceBuffer(1, SIZE, pool)
    other.discard()
    other.discard()
    expect(pool.spares).toBe(1)
  })
})

test('whoever finishes first is kept, whatever the others write and whenever', () => {
  const event = fc.record({ peer: fc.nat({ max: 3 }), block: fc.nat({ max: 3 }), act: fc.nat({ max: 2 }) })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const { buffer } = create()
      const open: ({ block: number; target: Uint8Array } | undefined)[] = [undefined, undefined, undefined, undefined]
      const first: (number | undefined)[] = [undefined, undefined, undefined, undefined]
      for (const { peer, block, act } of events) {
        const mine = open[peer]
        if (!mine) open[peer] = { block, target: buffer.begin(block) }
        else if (act === 0) mine.target.fill(100 + peer, 0, 50)
        else {
          if (act === 1) {
            mine.target.fill(100 + peer)
            buffer.finish(mine.block, mine.target, String(peer))
            first[mine.block] ??= 100 + peer
          } else buffer.abandon(mine.block, mine.target)
          open[peer] = undefined
        }
      }
      for (let block = 0; block < 4; block++) {
        if (first[block] !== undefined) continue
        buffer.finish(block, buffer.begin(block).fill(9), 'last')
        first[block] = 9
      }
      const sealed = buffer.seal()
      for (const mine of open) mine?.target.fill(66)
      for (let block = 0; block < 4; block++) {
        const bytes = sealed.subarray(block * BLOCK_LENGTH, Math.min(SIZE, (block + 1) * BLOCK_LENGTH))
        expect(bytes.every((byte) => byte === first[block])).toBe(true)
      }
    }),
    runs(200),
  )
})
