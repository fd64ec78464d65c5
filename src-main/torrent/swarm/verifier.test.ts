import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type HashedPiece, type Hasher, HasherError } from '../../kernel/hasher.ts'
import { MAX_HASHING, MAX_WRITING, MIN_WRITING, Verifier, WRITING_MEMORY } from './verifier.ts'

const LENGTH = 16
const PIECES = 200

const contents = (piece: number) => new Uint8Array(LENGTH).fill(piece)
const sha1 = (bytes: Uint8Array) => new Uint8Array(createHash('sha1').update(bytes).digest())

interface Job {
  readonly piece: number
  resolve(): void
  reject(error: Error): void
}

/** A verifier between a hasher and a disk that both answer when told to. */
function create(pieceLength = LENGTH) {
  const hashing: Job[] = []
  const writing: Job[] = []
  const told: string[] = []
  const hasher: Pick<Hasher, 'sha1'> = {
    sha1: (bytes) =>
      new Promise<HashedPiece>((resolve, reject) => {
        hashing.push({
          piece: bytes[1] as number,
          resolve: () => resolve({ digest: sha1(bytes), bytes: bytes.slice() }),
          reject,
        })
      }),
  }
  const storage = {
    read: () => Promise.resolve(new Uint8Array()),
    write: (piece: number) =>
      new Promise<void>((resolve, reject) => {
        writing.push({ piece, resolve, reject })
      }),
  }
  const pieceHashes = new Uint8Array(20 * PIECES)
  for (let piece = 0; piece < PIECES; piece++) pieceHashes.set(sha1(contents(piece)), 20 * piece)
  const verifier = new Verifier(
    { hasher: hasher as Hasher, storage },
    { pieceLength, pieceHashes },
    {
      hashed: ({ piece }) => told.push(`hashed ${piece}`),
      passed: ({ piece }) => told.push(`passed ${piece}`),
      failed: ({ piece }) => told.push(`failed ${piece}`),
      lost: (piece) => told.push(`lost ${piece}`),
      diskFailed: (error) => told.push(`disk ${(error as Error).message}`),
    },
  )
  const push = (piece: number, bytes = contents(piece)) => verifier.push({ piece, bytes, contributors: ['a'] })
  return { verifier, hashing, writing, told, push }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

/** Hashes and writes all that is pushed. */
async function flow({ hashing, writing }: ReturnType<typeof create>): Promise<void> {
  while (hashing.length + writing.length > 0) {
    for (const job of [...hashing.splice(0), ...writing.splice(0)]) job.resolve()
    await settle()
  }
}

describe('a piece', () => {
  test('is hashed, written, then told', async () => {
    const rig = create()
    rig.push(3)
    rig.hashing[0]?.resolve()
    await settle()
    expect(rig.told).toEqual(['hashed 3'])
    rig.writing[0]?.resolve()
    await settle()
    expect(rig.told).toEqual(['hashed 3', 'passed 3'])
  })

  test('that does not match is never written', async () => {
    const rig = create()
    const bytes = contents(3)
    bytes[0] = 99
    rig.push(3, bytes)
    await flow(rig)
    expect(rig.told).toEqual(['failed 3'])
  })

  test('whose hasher died is fetched again, nobody blamed', async () => {
    const rig = create()
    rig.push(3)
    rig.hashing[0]?.reject(new HasherError({ code: 'WORKER_DIED', reason: 'killed' }, 'A worker died. Try again.'))
    await settle()
    expect(rig.told).toEqual(['lost 3'])
  })

  test('waits where the hasher is full', async () => {
    const rig = create()
    rig.push(3)
    rig.hashing.shift()?.reject(new HasherError({ code: 'FULL', limit: 1 }, 'Full. Try later.'))
    await settle()
    expect(rig.told).toEqual([])
    rig.verifier.tick()
    await flow(rig)
    expect(rig.told).toEqual(['hashed 3', 'passed 3'])
  })
})

describe('bounds', () => {
  test('so many are hashed at once, and so many written', async () => {
    const rig = create()
    for (let piece = 0; piece < PIECES; piece++) rig.push(piece)
    expect(rig.hashing).toHaveLength(MAX_HASHING)
    while (rig.hashing.length > 0) {
      expect(rig.hashing.length).toBeLessThanOrEqual(MAX_HASHING)
      for (const job of rig.hashing.splice(0)) job.resolve()
      await settle()
    }
    expect(rig.writing).toHaveLength(MAX_WRITING)
    await flow(rig)
    expect(rig.told.filter((line) => line.startsWith('passed'))).toHaveLength(PIECES)
  })

  test('large pieces are written few at a time', async () => {
    const rig = create(WRITING_MEMORY)
    for (let piece = 0; piece < 5; piece++) rig.push(piece)
    for (const job of rig.hashing.splice(0)) job.resolve()
    await settle()
    expect(rig.writing).toHaveLength(MIN_WRITING)
    await flow(rig)
  })
})

describe('a disk that refuses', () => {
  test('is told once; what is verified waits and is written later, with nothing hashed twice', async () => {
    const rig = create(WRITING_MEMORY)
    for (let piece = 0; piece < 4; piece++) rig.push(piece)
    for (const job of rig.hashing.splice(0)) job.resolve()
    await settle()
    for (const job of rig.writing.splice(0)) job.reject(new Error('full'))
    await settle()
    expect(rig.told.filter((line) => line.startsWith('disk'))).toEqual(['disk full'])
    expect(rig.verifier.unwritten).toBe(4)
    expect(rig.writing).toHaveLength(0)
    await rig.verifier.idle()
    rig.verifier.resume()
    await flow(rig)
    expect(rig.hashing).toHaveLength(0)
    expect(rig.told.filter((line) => line.startsWith('passed')).sort()).toEqual([
      'passed 0',
      'passed 1',
      'passed 2',
      'passed 3',
    ])
  })
})

test('idle resolves when the last piece is settled', async () => {
  const rig = create()
  rig.push(1)
  rig.push(2)
  let idle = false
  const waiting = rig.verifier.idle().then(() => {
    idle = true
  })
  rig.hashing[0]?.resolve()
  await settle()
  expect(idle).toBe(false)
  await flow(rig)
  await waiting
  expect(rig.told.filter((line) => line.startsWith('passed'))).toHaveLength(2)
})

test('the end does not wait for a hasher that has no room: what it never took is lost, and nobody is to blame', async () => {
  const rig = create()
  rig.push(1)
  rig.hashing.splice(0)[0]?.reject(new HasherError({ code: 'FULL', limit: 1 }, 'full'))
  await settle()
  let idle = false
  void rig.verifier.idle().then(() => {
    idle = true
  })
  rig.hashing.splice(0)[0]?.reject(new HasherError({ code: 'FULL', limit: 1 }, 'full'))
  await settle()
  expect([idle, rig.told]).toEqual([true, ['lost 1']])
})
