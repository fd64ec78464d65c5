import { createHash } from 'node:crypto'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, test, vi } from 'vitest'
import { failureCode, patternBytes, testsOfHasher } from '../kernel/port-tests/index.ts'
import { createFileStore } from './files.ts'
import { createHasher, MAX_QUEUED_PIECES, MAX_SPAN_JOBS } from './hasher.ts'
import { temporaryFolder } from './test-folder.ts'

const WORKER = new URL('./hash.worker.ts', import.meta.url)
const sha1 = (bytes: Uint8Array) => new Uint8Array(createHash('sha1').update(bytes).digest())

testsOfHasher('worker threads', async () => {
  const folder = await temporaryFolder()
  const hasher = createHasher({ workerPath: WORKER, threads: 2 })
  return {
    hasher,
    files: createFileStore(),
    root: folder.path,
    settle: (promise) => promise,
    close: async () => {
      await hasher.close()
      await folder.remove()
    },
  }
})

/** A hasher, a file of zeros that takes a while to hash, and the worker threads that were started. */
async function busyBed() {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'zeros')
  await writeFile(path, '')
  await truncate(path, 16 * 1024 * 1024)
  const started: Worker[] = []
  const post = Worker.prototype.postMessage
  const spy = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...args: unknown[]) {
    if (!started.includes(this)) started.push(this)
    return post.apply(this, args as Parameters<typeof post>)
  })
  const hasher = createHasher({ workerPath: WORKER, threads: 2 })
  return {
    hasher,
    started,
    piece: [{ path, offset: 0, length: 16 * 1024 * 1024 }],
    close: async () => {
      await hasher.close()
      spy.mockRestore()
      await folder.remove()
    },
  }
}

describe('worker threads', () => {
  test('the bytes of a piece are moved, not copied', async () => {
    const hasher = createHasher({ workerPath: WORKER, threads: 1 })
    const memory = new ArrayBuffer(65_536)
    const pending = hasher.sha1(new Uint8Array(memory, 0, 60_000))
    expect(memory.byteLength).toBe(0)
    const { bytes, digest } = await pending
    expect([bytes.length, bytes.byteOffset, bytes.buffer.byteLength]).toEqual([60_000, 0, 65_536])
    expect(digest).toEqual(sha1(new Uint8Array(60_000)))
    await hasher.close()
  })

  test('memory that cannot be moved is copied', async () => {
    const hasher = createHasher({ workerPath: WORKER, threads: 1 })
    const small = Buffer.from('a slice of the pool of Node')
    const shared = new Uint8Array(new SharedArrayBuffer(100))
    const middle = patternBytes(1_000).subarray(100, 200)
    for (const bytes of [small, shared, middle]) {
      const expected = new Uint8Array(bytes)
      const hashed = await hasher.sha1(bytes)
      expect(hashed.digest).toEqual(sha1(expected))
      expect(hashed.bytes).toEqual(expected)
    }
    expect(small.toString()).toBe('a slice of the pool of Node')
    await hasher.close()
  })

  test('a thread that dies in mid-job fails its jobs by name, and the next job gets a new one', async () => {
    const bed = await busyBed()
    const slow = bed.hasher.sha1OfSpans(Array.from({ length: 1_000 }, () => bed.piece))
    const inMemory = [1, 2, 3, 4].map(() => bed.hasher.sha1(new Uint8Array(8 * 1024 * 1024)))
    const codes = [slow, ...inMemory].map((job) => failureCode(job))
    expect(bed.started).toHaveLength(2)
    await Promise.all(bed.started.map((worker) => worker.terminate()))
    const settled = await Promise.all(codes)
    expect(settled[0]).toBe('WORKER_DIED')
    for (const code of settled) expect(['WORKER_DIED', 'RESOLVED']).toContain(code)
    expect((await bed.hasher.sha1(new Uint8Array(5))).digest).toEqual(sha1(new Uint8Array(5)))
    expect(bed.started.length).toBeGreaterThan(2)
    await bed.close()
  })

  test('a worker script that cannot start fails every job instead of trying for ever', async () => {
    const folder = await temporaryFolder()
    const script = join(folder.path, 'broken.mjs')
    await writeFile(script, "throw new Error('no such thing')")
    const hasher = createHasher({ workerPath: script, threads: 2 })
    const jobs = [1, 2, 3, 4, 5].map(() => failureCode(hasher.sha1(new Uint8Array(1))))
    expect(await Promise.all(jobs)).toEqual(Array(5).fill('WORKER_DIED'))
    await expect(hasher.sha1OfSpans([[]])).rejects.toThrow('no such thing')
    await hasher.close()
    await folder.remove()
  })

  test('both queues are bounded', async () => {
    const bed = await busyBed()
    // Two jobs wait at each of the two threads.
    const pieces = Array.from({ length: MAX_QUEUED_PIECES + 4 }, () => bed.hasher.sha1(new Uint8Array(1)))
    expect(await failureCode(bed.hasher.sha1(new Uint8Array(1)))).toBe('FULL')
    const small = bed.piece.map((span) => ({ ...span, length: 1 }))
    const jobs = Array.from({ length: MAX_SPAN_JOBS }, () => bed.hasher.sha1OfSpans([small]))
    expect(await failureCode(bed.hasher.sha1OfSpans([small]))).toBe('FULL')
    await Promise.all(pieces)
    await Promise.all(jobs)
    await bed.hasher.sha1(new Uint8Array(1))
    await bed.hasher.sha1OfSpans([small])
    await bed.close()
  })

  test('jobs on disk take turns: a short one does not wait for a long one', async () => {
    const bed = await busyBed()
    const order: string[] = []
    const abort = new AbortController()
    const long = bed.hasher
      .sha1OfSpans(
        Array.from({ length: 1_000 }, () => bed.piece),
        { signal: abort.signal },
      )
      .finally(() => order.push('long'))
    const short = bed.hasher.sha1OfSpans([bed.piece]).finally(() => order.push('short'))
    await short
    abort.abort()
    await failureCode(long)
    expect(order).toEqual(['short', 'long'])
    await bed.close()
  })

  test('an error in the caller’s progress function reaches the caller', async () => {
    const bed = await busyBed()
    const failure = new Error('progress failed')
    const job = bed.hasher.sha1OfSpans([bed.piece], {
      progress: () => {
        throw failure
      },
    })
    await expect(job).rejects.toBe(failure)
    await bed.close()
  })

  test('pieces of 2,000 small files, each with its neighbours', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder.path, 'many'))
    const files = Array.from({ length: 2_000 }, (_, i) => ({
      path: join(folder.path, 'many', `${i}`),
      bytes: patternBytes(100 + (i % 50), i),
    }))
    for (const { path, bytes } of files) await writeFile(path, bytes)
    const pieces = []
    const expected = []
    for (let i = 0; i < files.length; i += 4) {
      const group = files.slice(i, i + 4)
      pieces.push(group.map(({ path, bytes }) => ({ path, offset: 0, length: bytes.length })))
      expected.push(sha1(Buffer.concat(group.map(({ bytes }) => bytes))))
    }
    const hasher = createHasher({ workerPath: WORKER, threads: 2 })
    expect(await hasher.sha1OfSpans(pieces)).toEqual(expected)
    await hasher.close()
    await folder.remove()
  })
})
