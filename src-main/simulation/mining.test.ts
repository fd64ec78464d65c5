import { describe, expect, test } from 'vitest'
import { networks } from '../chain/consensus/networks.ts'
import { hash256 } from '../chain/primitives/hashes.ts'
import { decodeHeader } from '../chain/primitives/header.ts'
import { hashAsNumber } from '../chain/primitives/target.ts'
import type { FoundNonce, MiningHeader, MiningJob } from '../kernel/mining-workers.ts'
import type { SimulatedHost } from './host.ts'
import { MOST_REAL_HASHES, SimulatedMiningWorkers } from './mining.ts'
import { Simulation } from './simulation.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const local = networks.local
const LIMIT = local.proofOfWork.limit

/** Headers that differ in their merkle roots. */
function job(target = LIMIT): MiningJob & { readonly given: MiningHeader[] } {
  const given: MiningHeader[] = []
  return {
    target,
    given,
    nextHeader: () => {
      const bytes = local.genesis.header.bytes().slice()
      new DataView(bytes.buffer).setUint32(36, given.length)
      const header = { bytes, extranonce: Uint8Array.of(given.length) }
      given.push(header)
      return header
    },
  }
}

function miner(host: SimulatedHost, hashesPerSecond: number, reportEvery = Number.POSITIVE_INFINITY) {
  const { clock } = host
  const workers = new SimulatedMiningWorkers({
    clock,
    random: host.random.split('mining'),
    hashesPerSecond,
    reportEvery,
  })
  const found: FoundNonce[] = []
  const times: number[] = []
  const reports: number[] = []
  workers.onFound((nonce) => {
    found.push(nonce)
    times.push(clock.now())
  })
  workers.onProgress(({ attempts }) => reports.push(attempts))
  return { workers, found, times, reports }
}

async function simulated(run: (sim: Simulation, host: SimulatedHost) => Promise<void>, seed = 1): Promise<string> {
  const sim = new Simulation({ seed })
  const host = sim.host()
  await run(sim, host)
  sim.kill(host)
  await sim.stop()
  return sim.checksum
}

describe('simulated mining', () => {
  test('gives real proof of work for the targets of the local network', async () => {
    await simulated(async (sim, host) => {
      const { workers, found } = miner(host, 2)
      for (let i = 0; i < 20; i++) {
        const work = job()
        workers.work(work)
        await sim.run(HOUR)
        expect(found).toHaveLength(i + 1)
        const { header, nonce, extranonce, job: whose } = found[i] as FoundNonce
        expect(whose).toBe(work)
        expect(decodeHeader(header).hasProofOfWork(LIMIT)).toBe(true)
        expect(decodeHeader(header).nonce).toBe(nonce)
        expect(extranonce).toEqual(work.given[0]?.extranonce)
      }
    })
  })

  test('and for harder ones', async () => {
    await simulated(async (sim, host) => {
      const target = (1n << 246n) - 1n
      const { workers, found } = miner(host, 1_000)
      workers.work(job(target))
      await sim.run(HOUR)
      expect(hashAsNumber(hash256(found[0]?.header as Uint8Array))).toBeLessThanOrEqual(target)
    })
  })

  test('times are exponentially distributed, with the mean of the rate', async () => {
    await simulated(async (sim, host) => {
      // Two hashes a block, one a minute: a block each two minutes.
      const { workers, times } = miner(host, 1 / 60)
      const again = () => workers.work(job())
      workers.onFound(again)
      again()
      await sim.run(40 * DAY)
      const gaps = times.map((time, i) => (time - (times[i - 1] ?? 0)) / 120_000)
      expect(gaps.length).toBeGreaterThan(20_000)
      const share = (limit: number) => gaps.filter((gap) => gap > limit).length / gaps.length
      expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeCloseTo(1, 1)
      for (const limit of [0.1, 0.5, 1, 2, 4]) expect(share(limit)).toBeCloseTo(Math.exp(-limit), 2)
      workers.work(undefined)
    })
  })

  test('threads and share change the rate of the work that runs', async () => {
    const blocks = async (threads: number, share: number) => {
      let count = 0
      await simulated(async (sim, host) => {
        const { workers, found } = miner(host, 1 / 60)
        workers.onFound(() => workers.work(job()))
        workers.work(job())
        workers.setThreads(threads)
        workers.setShare(share)
        await sim.run(5 * DAY)
        count = found.length
        await workers.close()
      })
      return count
    }
    const [one, four, half] = [await blocks(1, 100), await blocks(4, 100), await blocks(1, 50)]
    expect(four / one).toBeCloseTo(4, 0)
    expect(one / half).toBeCloseTo(2, 0)
  })

  test('attempts are told as they are made, all of them in the end', async () => {
    await simulated(async (sim, host) => {
      const { workers, reports } = miner(host, 100, 1_000)
      workers.work(job((1n << 237n) - 1n))
      workers.setThreads(2)
      await sim.run(100)
      expect(reports).toEqual([])
      workers.setShare(50)
      await sim.run(1_000)
      expect(reports).toHaveLength(1)
      expect(reports[0]).toBe(110)
      workers.work(undefined)
      expect(reports.reduce((sum, attempts) => sum + attempts, 0)).toBe(120)
      await sim.run(HOUR)
      expect(reports).toHaveLength(2)
    })
  })

  test('each thread has a header of its own', async () => {
    await simulated(async (_, host) => {
      const { workers } = miner(host, 2)
      const work = job()
      workers.setThreads(2)
      workers.work(work)
      expect(work.given).toHaveLength(2)
      workers.setThreads(1)
      workers.setThreads(3)
      expect(work.given).toHaveLength(4)
      await workers.close()
    })
  })

  test('a miner that has closed finds nothing', async () => {
    await simulated(async (sim, host) => {
      const { workers, found, reports } = miner(host, 1_000)
      workers.work(job())
      await workers.close()
      workers.work(job())
      await sim.run(HOUR)
      expect(found).toEqual([])
      expect(reports).toEqual([])
    })
  })

  test('a job without a header rests', async () => {
    await simulated(async (sim, host) => {
      const { workers, found } = miner(host, 1_000)
      workers.work({ target: LIMIT, nextHeader: () => undefined })
      await sim.run(HOUR)
      expect(found).toEqual([])
    })
  })

  test('targets that would take too long are refused', async () => {
    await simulated(async (_, host) => {
      const { workers } = miner(host, 1)
      expect(() => workers.work(job((1n << 256n) / BigInt(MOST_REAL_HASHES) - 1n))).not.toThrow()
      expect(() => workers.work(job(networks.main.proofOfWork.limit))).toThrow(RangeError)
      workers.work(undefined)
      expect(() => workers.setThreads(0)).toThrow(RangeError)
      expect(() => workers.setShare(101)).toThrow(RangeError)
    })
  })

  test('the same seed gives the same blocks', async () => {
    const run = (seed: number) =>
      simulated(async (sim, host) => {
        const { workers } = miner(host, 3)
        workers.onFound(() => workers.work(job()))
        workers.work(job())
        await sim.run(HOUR)
        workers.work(undefined)
      }, seed)
    const [first, again, other] = [await run(5), await run(5), await run(6)]
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })
})
