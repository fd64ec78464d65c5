import { describe, expect, test } from 'vitest'
import { BLOCK_LENGTH, type BlockAddress, type PeerWire } from '../wire/peer-wire.ts'
import { BufferPool } from './piece-buffer.ts'
import { MAX_BATCH, MIN_BATCH, SPARE_BATCHES, Uploader } from './uploader.ts'

const PIECE = 64 * BLOCK_LENGTH

interface Read {
  readonly piece: number
  readonly begin: number
  readonly length: number
  done(error?: Error): Promise<void>
}

/** An uploader between a disk that answers when told to, and a wire that drains when told to. */
function create() {
  const reads: Read[] = []
  const sent: BlockAddress[] = []
  const rejected: BlockAddress[] = []
  const failures: number[] = []
  const contents: Uint8Array[] = []
  const state = { now: 0, buffered: 0, bytes: 0 }
  const wire = {
    get bufferedBytes() {
      return state.buffered
    },
    sendBlocks: (blocks: readonly { address: BlockAddress; bytes: Uint8Array }[]) => {
      for (const { address, bytes } of blocks) {
        expect(bytes.length).toBe(address.length)
        sent.push(address)
        contents.push(bytes)
        state.buffered += bytes.length
      }
    },
    reject: (block: BlockAddress) => void rejected.push(block),
  } as unknown as PeerWire
  const storage = {
    read: (piece: number, begin: number, length: number, into?: Uint8Array) =>
      new Promise<Uint8Array>((resolve, reject) => {
        const done = (error?: Error) => {
          const bytes = into?.subarray(0, length) ?? new Uint8Array(length)
          for (let i = 0; i < length; i += BLOCK_LENGTH) bytes[i] = piece + (begin + i) / BLOCK_LENGTH
          if (error) reject(error)
          else resolve(bytes)
          return Promise.resolve()
        }
        reads.push({ piece, begin, length, done })
      }),
    write: () => Promise.resolve(),
  }
  const pool = new BufferPool(MAX_BATCH, SPARE_BATCHES)
  const uploader = new Uploader(wire, storage, pool, {
    now: () => state.now,
    has: (piece) => piece !== 9,
    sent: (bytes) => {
      state.bytes += bytes
    },
    readFailed: (piece) => void failures.push(piece),
  })
  const drain = (after = 1) => {
    state.now += after
    state.buffered = 0
    uploader.drained()
  }
  return { uploader, reads, sent, rejected, failures, contents, state, pool, drain }
}

const block = (piece: number, index: number) => ({ piece, begin: index * BLOCK_LENGTH, length: BLOCK_LENGTH })

/** Answers reads and drains until nothing moves any more. */
async function flow(rig: ReturnType<typeof create>, drainTime = 1): Promise<void> {
  for (let idle = 0; idle < 3; idle++) {
    await Promise.resolve()
    const read = rig.reads.shift()
    if (read) {
      await read.done()
      await Promise.resolve()
      idle = -1
    } else if (rig.state.buffered > 0) {
      rig.drain(drainTime)
      idle = -1
    }
  }
}

describe('batches', () => {
  test('neighbours are read together and sent in order', async () => {
    const rig = create()
    for (let i = 0; i < 64; i++) rig.uploader.requested(block(1, i))
    await Promise.resolve()
    expect(rig.reads.map(({ length }) => length)).toEqual([MIN_BATCH])
    await flow(rig)
    expect(rig.sent).toEqual(Array.from({ length: 64 }, (_, i) => block(1, i)))
    expect(rig.state.bytes).toBe(PIECE)
  })

  test('grow while the peer drains quickly, up to a bound, and shrink when it does not', async () => {
    const rig = create()
    const lengths: number[] = []
    for (let piece = 10; piece < 20; piece++) for (let i = 0; i < 64; i++) rig.uploader.requested(block(piece, i))
    await Promise.resolve()
    for (let i = 0; i < 40; i++) {
      const read = rig.reads.shift()
      if (!read) break
      lengths.push(read.length)
      await read.done()
      await Promise.resolve()
      rig.drain(i < 20 ? 1 : 1_000)
    }
    expect(Math.max(...lengths)).toBe(MAX_BATCH)
    expect(lengths.at(-2)).toBe(MIN_BATCH)
  })

  test('no more than two of them wait in the socket', async () => {
    const rig = create()
    for (let i = 0; i < 64; i++) rig.uploader.requested(block(1, i))
    for (let i = 0; i < 10; i++) {
      await Promise.resolve()
      await rig.reads.shift()?.done()
      await Promise.resolve()
    }
    expect(rig.state.buffered).toBe(2 * MIN_BATCH)
    expect(rig.reads).toHaveLength(0)
  })
})

describe('memory', () => {
  test('is used again once the socket has sent it, never before', async () => {
    const rig = create()
    for (let piece = 10; piece < 14; piece++) for (let i = 0; i < 64; i++) rig.uploader.requested(block(piece, i))
    await flow(rig)
    expect(rig.pool.spares).toBeGreaterThan(0)
    expect(new Set(rig.contents.map((bytes) => bytes.buffer)).size).toBeLessThan(20)
    const before = rig.pool.spares
    for (let i = 0; i < 32; i++) rig.uploader.requested(block(20, i))
    await Promise.resolve()
    await rig.reads.shift()?.done()
    await Promise.resolve()
    expect(rig.state.buffered).toBeGreaterThan(0)
    expect(rig.pool.spares).toBeLessThan(before)
    rig.drain()
    expect(rig.pool.spares).toBeGreaterThan(0)
  })
})

describe('what is not sent', () => {
  test('a piece that we have not', () => {
    const rig = create()
    rig.uploader.requested(block(9, 0))
    expect(rig.rejected).toEqual([block(9, 0)])
  })

  test('a cancelled block', async () => {
    const rig = create()
    for (let i = 0; i < 4; i++) rig.uploader.requested(block(1, i))
    rig.uploader.cancelled(block(1, 2))
    await flow(rig)
    expect(rig.sent).toEqual([block(1, 0), block(1, 1), block(1, 3)])
  })

  test('anything after a choke, also what was being read', async () => {
    const rig = create()
    for (let i = 0; i < 8; i++) rig.uploader.requested(block(1, i))
    await Promise.resolve()
    rig.uploader.clear()
    await flow(rig)
    expect(rig.sent).toEqual([])
    rig.uploader.requested(block(2, 0))
    await flow(rig)
    expect(rig.sent).toEqual([block(2, 0)])
  })

  test('a block that cannot be read: it is said and rejected, and the next goes on', async () => {
    const rig = create()
    rig.uploader.requested(block(1, 0))
    rig.uploader.requested(block(2, 0))
    await Promise.resolve()
    await rig.reads.shift()?.done(new Error('gone'))
    await flow(rig)
    expect(rig.failures).toEqual([1])
    expect(rig.rejected).toEqual([block(1, 0)])
    expect(rig.sent).toEqual([block(2, 0)])
  })

  test('anything once closed', async () => {
    const rig = create()
    rig.uploader.requested(block(1, 0))
    rig.uploader.close()
    await flow(rig)
    expect(rig.sent).toEqual([])
  })
})
