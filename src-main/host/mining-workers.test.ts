import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { miningKernels } from '../../scripts/mining-kernels.mjs'
import { hashAsNumber } from '../chain/primitives/target.ts'
import type { FoundNonce, MiningHeader, MiningJob, MiningProgress, MiningWorkers } from '../kernel/mining-workers.ts'
import { MAX_MINING_THREADS, type MiningWorkersError } from '../kernel/mining-workers.ts'
import { miningKernelsIn } from './mining-kernel-files.ts'
import type { MiningKernelPaths, MiningOrder } from './mining-messages.ts'
import { createMiningWorkers, MAX_REPLACED_THREADS } from './mining-workers.ts'
import { temporaryFolder } from './test-folder.ts'

const WORKER = new URL('./mining.worker.ts', import.meta.url)
const kernels = await miningKernels()

const open: MiningWorkers[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(open.splice(0).map((workers) => workers.close()))
})

function hash(header: Uint8Array): bigint {
  const once = createHash('sha256').update(header).digest()
  return hashAsNumber(new Uint8Array(createHash('sha256').update(once).digest()))
}

/** Headers that differ in one number, and how many were asked for. */
class TestJob implements MiningJob {
  readonly target: bigint
  readonly most: number
  readonly given: MiningHeader[] = []

  constructor(target: bigint, most = Number.POSITIVE_INFINITY) {
    this.target = target
    this.most = most
  }

  nextHeader(): MiningHeader | undefined {
    if (this.given.length === this.most) return undefined
    const bytes = new Uint8Array(80)
    new DataView(bytes.buffer).setUint32(40, this.given.length)
    const header = { bytes, extranonce: bytes.slice(40, 44) }
    this.given.push(header)
    return header
  }
}

/** Every 4,096th hash or so will do. */
const easy = () => new TestJob(1n << 244n)
const endless = () => new TestJob(0n)

interface Bed {
  readonly workers: MiningWorkers
  readonly found: FoundNonce[]
  readonly faults: MiningWorkersError[]
  progress(enough: (progress: MiningProgress, attempts: number) => boolean): Promise<MiningProgress>
  nextFound(): Promise<FoundNonce>
  nextFault(): Promise<MiningWorkersError>
}

function bed(paths: MiningKernelPaths = kernels, workerPath: string | URL = WORKER): Bed {
  const workers = createMiningWorkers({ workerPath, kernels: paths })
  open.push(workers)
  const found: FoundNonce[] = []
  const faults: MiningWorkersError[] = []
  workers.onFound((nonce) => found.push(nonce))
  workers.onFault((fault) => faults.push(fault))
  return {
    ...{ workers, found, faults },
    progress: (enough) =>
      new Promise((resolve) => {
        let attempts = 0
        workers.onProgress((progress) => {
          attempts += progress.attempts
          if (enough(progress, attempts)) resolve(progress)
        })
      }),
    nextFound: () => new Promise((resolve) => workers.onFound(resolve)),
    nextFault: () => new Promise((resolve) => workers.onFault(resolve)),
  }
}

/** The orders that go to threads, by thread. */
function watchOrders(): Map<Worker, MiningOrder[]> {
  const orders = new Map<Worker, MiningOrder[]>()
  const post = Worker.prototype.postMessage
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...args: unknown[]) {
    orders.set(this, [...(orders.get(this) ?? []), args[0] as MiningOrder])
    return post.apply(this, args as Parameters<typeof post>)
  })
  return orders
}

/** A worker in these lines; `on(order)` is called with each. */
async function script(lines: string): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'worker.mjs')
  const head = "import { parentPort as port } from 'node:worker_threads'\n"
  await writeFile(path, `${head}const reply = (message) => port.postMessage(message)\n${lines}`)
  return { path, remove: () => folder.remove() }
}

describe('mining threads', () => {
  test('find a nonce and hand back the header with it', async () => {
    const { workers, found, nextFound } = bed()
    workers.setThreads(2)
    const job = easy()
    const next = nextFound()
    workers.work(job)
    expect(workers.kernel).toBeUndefined()
    const { header, nonce, extranonce } = await next
    expect(hash(header)).toBeLessThanOrEqual(job.target)
    expect(new DataView(header.buffer, header.byteOffset).getUint32(76, true)).toBe(nonce)
    expect(header.slice(40, 44)).toEqual(extranonce)
    expect(workers.kernel).toMatch(kernels.native ? /^native \(.+\)$/ : /^WebAssembly SIMD$/)
    // The job is over: nobody asks for more of its headers, and the other thread is not heard about it.
    expect(found).toHaveLength(1)
    expect(job.given).toHaveLength(2)
    const another = nextFound()
    workers.work(easy())
    await another
    expect(found).toHaveLength(2)
  })

  test.each<[string, MiningKernelPaths, string]>([
    ['WebAssembly where there is no native kernel', { webAssembly: kernels.webAssembly }, 'WebAssembly SIMD'],
    ['JavaScript where there is neither', {}, 'JavaScript'],
    ['JavaScript in a folder without kernels', miningKernelsIn('/nowhere'), 'JavaScript'],
  ])('use %s', async (_, paths, kernel) => {
    const { workers, nextFound, faults } = bed(paths)
    const next = nextFound()
    workers.work(easy())
    await next
    expect(workers.kernel).toBe(kernel)
    expect(faults).toEqual([])
  })

  test('say which kernel they could not use', async () => {
    const folder = await temporaryFolder()
    const broken = join(folder.path, 'broken.wasm')
    await writeFile(broken, 'nothing of the kind')
    const { workers, nextFault, nextFound } = bed({ webAssembly: broken })
    const events = Promise.all([nextFault(), nextFound()])
    workers.work(easy())
    const [fault] = await events
    expect(fault.fault).toMatchObject({ code: 'KERNEL_REFUSED', kernel: 'WebAssembly SIMD' })
    expect(workers.kernel).toBe('JavaScript')
    await folder.remove()
  })

  test('never try the same header twice: each has its own, more threads get more', async () => {
    const orders = watchOrders()
    const { workers, progress } = bed()
    const job = endless()
    workers.setThreads(3)
    workers.work(job)
    await progress((_, attempts) => attempts > 0)
    workers.setThreads(4)
    workers.setThreads(2)
    expect(job.given).toHaveLength(4)
    const headers = [...orders.values()].flat().flatMap(({ task }) => (typeof task === 'object' ? [task.header] : []))
    expect(new Set(headers.map((header) => Buffer.from(header).toString('hex'))).size).toBe(headers.length)
  })

  test('report attempts and the best hash', async () => {
    const { workers, progress } = bed()
    const some = progress((_, attempts) => attempts > 100_000)
    workers.work(endless())
    const { best, attempts } = await some
    expect(attempts).toBeGreaterThan(0)
    // Of 100,000 hashes the best begins with ten zero bits but with a chance of one in 10^42.
    expect(hashAsNumber(best as Uint8Array)).toBeLessThan(1n << 246n)
  })

  test('rest when told to, and take up the next job', async () => {
    const { workers, progress, nextFound, found } = bed()
    const some = progress((_, attempts) => attempts > 0)
    workers.work(endless())
    await some
    workers.work(undefined)
    const next = nextFound()
    workers.work(easy())
    await next
    expect(found).toHaveLength(1)
  })

  test('a share and other numbers of threads hold for the work that runs', async () => {
    const orders = watchOrders()
    const { workers, progress } = bed()
    const some = progress((_, attempts) => attempts > 0)
    workers.setShare(60)
    workers.work(endless())
    await some
    const more = progress((_, attempts) => attempts > 0)
    workers.setShare(5)
    await more
    const [sent] = [...orders.values()]
    expect(sent?.map(({ share }) => share)).toEqual([60, 5])
    expect(sent?.map(({ task }) => (typeof task === 'object' ? 'task' : task))).toEqual(['task', 'same'])
  })

  test('one order at most waits at a thread, however many are given', async () => {
    const orders = watchOrders()
    const { workers, nextFound } = bed()
    for (let i = 0; i < 1_000; i++) {
      workers.work(endless())
      workers.setShare(1 + (i % 100))
    }
    const next = nextFound()
    workers.work(easy())
    await next
    expect(orders.size).toBe(1)
    // The first, all that came while it was on its way, and after the find the order to rest.
    expect([...orders.values()][0]?.length).toBeLessThanOrEqual(3)
  })

  test('on Linux they give way to every other thread of the machine', async () => {
    const { workers, progress } = bed()
    const some = progress((_, attempts) => attempts > 0)
    workers.setThreads(2)
    workers.work(endless())
    await some
    const more = progress((_, attempts) => attempts > 0)
    await more
    if (process.platform !== 'linux') return expect(workers.kernel).toBeDefined()
    // Field 19 of stat is the nice value; the name in brackets may hold anything.
    const nice = (id: string) => {
      const stat = readFileSync(`/proc/self/task/${id}/stat`, 'latin1')
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
    }
    const values = readdirSync('/proc/self/task').map(nice)
    expect(values).toContain(19)
    expect(nice(`${process.pid}`)).toBeLessThan(19)
  })

  test('numbers that cannot be are refused', () => {
    const { workers } = bed()
    for (const threads of [0, -1, 1.5, Number.NaN, MAX_MINING_THREADS + 1])
      expect(() => workers.setThreads(threads)).toThrow(RangeError)
    for (const share of [0, 101, -5, Number.NaN]) expect(() => workers.setShare(share)).toThrow(RangeError)
  })

  test('nothing is told or started after the end', async () => {
    const { workers, found, progress } = bed()
    const some = progress((_, attempts) => attempts > 0)
    workers.work(endless())
    await some
    await Promise.all([workers.close(), workers.close()])
    const job = easy()
    workers.work(job)
    workers.setThreads(3)
    workers.setShare(10)
    expect(job.given).toEqual([])
    expect(found).toEqual([])
  })
})

describe('threads that end by themselves', () => {
  test('are replaced, and told; the new one gets a header of its own', async () => {
    const orders = watchOrders()
    const { workers, progress, nextFault } = bed()
    const job = endless()
    const some = progress((_, attempts) => attempts > 0)
    workers.work(job)
    await some
    const fault = nextFault()
    const again = progress((_, attempts) => attempts > 0)
    await [...orders.keys()][0]?.terminate()
    expect((await fault).fault).toEqual({ code: 'WORKER_DIED', reason: 'the thread ended', replaced: true })
    await again
    expect(orders.size).toBe(2)
    expect(job.given).toHaveLength(2)
  })

  test('a script that cannot start is given up, with a reason each time', async () => {
    const { path, remove } = await script("throw new Error('no such thing')")
    const { workers, faults } = bed(kernels, path)
    const all = new Promise<void>((resolve) => {
      workers.onFault(({ fault }) => {
        if (fault.code === 'WORKER_DIED' && !fault.replaced) resolve()
      })
    })
    workers.work(endless())
    await all
    workers.work(endless())
    expect(faults).toHaveLength(MAX_REPLACED_THREADS + 1)
    expect(faults.at(-1)?.message).toContain('no such thing')
    await remove()
  })
})

describe('what a thread says', () => {
  const READY = "reply({ kind: 'ready', kernel: 'script', refused: [], lowPriority: false })\n"

  test('when all nonces of a header are tried it gets the next one, until there is none', async () => {
    const { path, remove } = await script(`${READY}port.on('message', ({ task }) => {
      reply({ kind: 'taken' })
      if (typeof task === 'object') reply({ kind: 'exhausted', task: task.id })
      if (task === 'none') reply({ kind: 'progress', attempts: 1, best: undefined })
    })`)
    const { workers, progress, found } = bed(kernels, path)
    const job = new TestJob(0n, 5)
    const rests = progress(() => true)
    workers.work(job)
    await rests
    expect(job.given).toHaveLength(5)
    expect(found).toEqual([])
    await remove()
  })

  test('about a job that is over is not told', async () => {
    // It finds a nonce for every task but the last, each time late: after the next order.
    const { path, remove } = await script(`${READY}let last
    port.on('message', ({ task }) => {
      reply({ kind: 'taken' })
      if (last) reply({ kind: 'found', task: last.id, nonce: 1, header: last.header })
      if (last) reply({ kind: 'exhausted', task: last.id })
      if (typeof task === 'object') last = task
      reply({ kind: 'progress', attempts: 1, best: undefined })
    })`)
    const { workers, progress, found } = bed(kernels, path)
    const jobs = [endless(), endless(), endless()]
    for (const job of jobs) {
      const taken = progress(() => true)
      workers.work(job)
      await taken
    }
    expect(found).toEqual([])
    expect(jobs.map(({ given }) => given.length)).toEqual([1, 1, 1])
    await remove()
  })
})
