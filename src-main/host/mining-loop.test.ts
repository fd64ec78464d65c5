import { describe, expect, test } from 'vitest'
import { hash256 } from '../chain/primitives/hashes.ts'
import { hashAsNumber } from '../chain/primitives/target.ts'
import { JavaScriptKernel } from '../miner/kernel/javascript-kernel.ts'
import { NONCE_COUNT, type ScanKernel } from '../miner/kernel/scan-kernel.ts'
import { MiningLoop, REPORT_MS } from './mining-loop.ts'
import type { MiningReply, MiningTask } from './mining-messages.ts'
import { BATCH_MS } from './mining-pace.ts'

const HEADER = new Uint8Array(80).fill(7)
const NEVER: MiningTask = { id: 1, header: HEADER, target: 0n }

/** A kernel that finds nothing at a steady speed, on a clock that only it moves. */
class World {
  now = 0
  batches: number[] = []
  replies: MiningReply[] = []
  rests: number[] = []
  waiting: (() => void) | undefined
  readonly loop: MiningLoop

  /** `speed`: nonces in a millisecond. */
  constructor(speed: number, kernel?: ScanKernel) {
    const steady: ScanKernel = { name: 'steady', load: () => {}, scan: () => -1 }
    const inner = kernel ?? steady
    const timed: ScanKernel = {
      name: 'timed',
      load: (prepared) => inner.load(prepared),
      scan: (first, count, limit) => {
        this.batches.push(count)
        this.now += count / speed
        return inner.scan(first, count, limit)
      },
    }
    this.loop = new MiningLoop(timed, {
      now: () => this.now,
      after: (delay, run) => {
        expect(this.waiting, 'one batch waits at a time').toBeUndefined()
        this.rests.push(delay)
        const next = () => {
          this.waiting = undefined
          this.now += delay
          run()
        }
        this.waiting = next
        return () => {
          if (this.waiting === next) this.waiting = undefined
        }
      },
      reply: (message) => this.replies.push(message),
    })
  }

  step(): void {
    this.waiting?.()
  }

  steps(count: number): this {
    for (let i = 0; i < count; i++) this.step()
    return this
  }

  of<Kind extends MiningReply['kind']>(kind: Kind): (MiningReply & { kind: Kind })[] {
    return this.replies.filter((reply): reply is MiningReply & { kind: Kind } => reply.kind === kind)
  }
}

describe('a mining loop', () => {
  test('does nothing before its first order, and takes that up before it works', () => {
    const world = new World(1_000)
    expect(world.waiting).toBeUndefined()
    world.loop.take({ share: 100, task: NEVER })
    expect(world.replies).toEqual([{ kind: 'taken' }])
    expect(world.batches).toEqual([])
    world.step()
    expect(world.batches).toHaveLength(1)
  })

  test('an order to rest is followed by no batch', () => {
    const world = new World(8_000)
    world.loop.take({ share: 100, task: NEVER })
    world.steps(10)
    world.loop.take({ share: 100, task: 'none' })
    expect(world.waiting).toBeUndefined()
    world.steps(10)
    expect(world.batches).toHaveLength(10)
  })

  test.each([500, 8_000, 50_000])('at %i hashes in a millisecond two batches fit into 100 ms', (speed) => {
    const world = new World(speed)
    world.loop.take({ share: 100, task: NEVER })
    world.steps(30)
    const before = world.now
    world.steps(2)
    expect(world.now - before).toBeLessThanOrEqual(100)
    expect((world.batches.at(-1) as number) / speed).toBeCloseTo(BATCH_MS, 0)
  })

  test('every nonce is tried once, in order', () => {
    const world = new World(1_000)
    world.loop.take({ share: 100, task: NEVER })
    world.steps(40)
    world.loop.take({ share: 100, task: 'none' })
    const tried = world.batches.reduce((sum, count) => sum + count, 0)
    expect(world.of('progress').reduce((sum, { attempts }) => sum + attempts, 0)).toBe(tried)
  })

  test('a header with no nonce left is exhausted, and the loop rests', () => {
    const world = new World(1e9)
    world.loop.take({ share: 100, task: { ...NEVER, id: 42 } })
    world.steps(200)
    expect(world.of('exhausted')).toEqual([{ kind: 'exhausted', task: 42 }])
    expect(world.waiting).toBeUndefined()
    expect(world.batches.reduce((sum, count) => sum + count, 0)).toBe(NONCE_COUNT)
    expect(world.of('progress').reduce((sum, { attempts }) => sum + attempts, 0)).toBe(NONCE_COUNT)
    expect(world.replies.at(-1)?.kind).toBe('exhausted')
    // And a new one starts at nonce 0.
    world.loop.take({ share: 100, task: { ...NEVER, id: 43 } })
    world.steps(200)
    expect(world.of('exhausted').map(({ task }) => task)).toEqual([42, 43])
  })

  test('a nonce found is told with its header, after what was done, and ends the work', () => {
    const world = new World(100, new JavaScriptKernel())
    const target = 1n << 247n
    world.loop.take({ share: 100, task: { id: 5, header: HEADER, target } })
    world.steps(200)
    const [found] = world.of('found')
    expect(found?.task).toBe(5)
    expect(hashAsNumber(hash256(found?.header as Uint8Array))).toBeLessThanOrEqual(target)
    expect(found?.header.slice(0, 76)).toEqual(HEADER.slice(0, 76))
    expect(world.waiting).toBeUndefined()
    expect(world.replies.map(({ kind }) => kind).slice(-2)).toEqual(['progress', 'found'])
    expect(world.of('progress').reduce((sum, { attempts }) => sum + attempts, 0)).toBe((found?.nonce as number) + 1)
    expect(world.of('progress').at(-1)?.best).toEqual(hash256(found?.header as Uint8Array))
  })

  test('reports come a few times a second, not after every batch', () => {
    const world = new World(8_000)
    world.loop.take({ share: 100, task: NEVER })
    world.steps(2_000)
    const reports = world.of('progress').length
    expect(reports).toBeGreaterThan(world.now / REPORT_MS / 1.3)
    expect(reports).toBeLessThanOrEqual(world.now / REPORT_MS + 1)
  })

  test.each([1, 10, 25, 50, 99])('%i per cent of the time is work', (share) => {
    const world = new World(8_000)
    world.loop.take({ share, task: NEVER })
    world.steps(20)
    const [batches, rests] = [world.batches.length, world.rests.length]
    const began = world.now
    world.steps(100)
    const worked = world.batches.slice(batches).reduce((sum, count) => sum + count / 8_000, 0)
    expect(world.rests.length).toBe(rests + 100)
    expect((100 * worked) / (world.now - began)).toBeCloseTo(share, 0)
  })

  test('another share holds at once, and the work goes on where it was', () => {
    const world = new World(8_000)
    world.loop.take({ share: 1, task: NEVER })
    world.steps(20)
    expect(world.rests.at(-1)).toBeGreaterThan(2_000)
    world.loop.take({ share: 100, task: 'same' })
    expect(world.rests.at(-1)).toBe(0)
    world.steps(5)
    expect(world.rests.at(-1)).toBe(0)
    world.loop.take({ share: 100, task: 'none' })
    const tried = world.batches.reduce((sum, count) => sum + count, 0)
    expect(world.of('progress').reduce((sum, { attempts }) => sum + attempts, 0)).toBe(tried)
  })

  test('a task that replaces another reports what was done for that one', () => {
    const world = new World(8_000)
    world.loop.take({ share: 100, task: NEVER })
    world.steps(3)
    const done = world.batches.reduce((sum, count) => sum + count, 0)
    world.loop.take({ share: 100, task: { ...NEVER, id: 2 } })
    expect(world.of('progress').reduce((sum, { attempts }) => sum + attempts, 0)).toBe(done)
    expect(world.replies.at(-1)).toEqual({ kind: 'taken' })
  })
})
