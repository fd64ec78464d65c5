import { describe, expect, test } from 'vitest'
import { expectStoppable, lastOf, line, repeated } from '../lab-test-support.ts'

const FEW = '--nodes 60 --lookups 40'
const PATIENCE = 60_000

describe('shoal lab chord', () => {
  test(
    'with --json: the last line has every figure and a checksum, the same each time',
    async () => {
      const done = await repeated(`lab chord ${FEW}`)
      expect(done).toMatchObject({ event: 'done', nodes: 60, seed: 3, lookups: 40, successors: 16, success: 1 })
      expect(done).toMatchObject({ alive: 60, virtualNodes: 1, byAddress: false, route: 'all' })
      for (const field of ['meanHops', 'p99Hops', 'requests', 'meanLatency', 'meanStateSize', 'messages', 'bytes'])
        expect(done[field], field).toBeGreaterThan(0)
    },
    PATIENCE,
  )

  test(
    'every flag counts',
    async () => {
      const words = `lab chord ${FEW} --successors 4 --virtual 2 --addresses --route fingers --stabilise 9 --json`
      const plain = lastOf((await line(words)).stdout)
      expect(plain).toMatchObject({
        successors: 4,
        virtualNodes: 2,
        byAddress: true,
        route: 'fingers',
        stabilise: 9,
        lookup: 'iterative',
      })
      const handedOn = lastOf((await line(`lab chord ${FEW} --lookup recursive --json`)).stdout)
      expect(handedOn.lookup).toBe('recursive')
      expect(handedOn.requests).toBeLessThan(2.01)
      const done = lastOf((await line(`lab chord ${FEW} --churn 2 --fail 0.2 --join --json`)).stdout)
      expect(done).toMatchObject({ churn: 2, fail: 0.2, join: true })
      expect(done.alive).toBeLessThan(60)
      expect(done.arrivals).toBeGreaterThan(0)
      expect(done.timeouts).toBeGreaterThan(0)
    },
    PATIENCE,
  )

  test(
    'for people: who was there, and a table',
    async () => {
      const { stdout } = await line(`lab chord ${FEW} --virtual 3 --fail 0.2`)
      expect(stdout).toContain('60 hosts with 3 virtual nodes each, started with perfect pointers, at random places')
      expect(stdout).toContain(
        'lists of 16; iterative lookups go over fingers and successor lists; stabilised every 5 s',
      )
      expect(stdout).toContain('20.0 % failed at once; 48 are left')
      expect(stdout).toMatch(/^hops( +[\d.]+){5}$/m)
      expect(stdout).toMatch(/seed 1, checksum [0-9a-f]{16}\n$/)
    },
    PATIENCE,
  )

  test('stopped in the middle it ends with status 1 and says so', () => expectStoppable(`lab chord ${FEW}`))

  test.each([
    'lab chord --nodes 1',
    'lab chord --nodes 50001',
    'lab chord --lookups 0',
    'lab chord --successors 0',
    'lab chord --virtual 65',
    'lab chord --route everywhere',
    'lab chord --stabilise 0',
    'lab chord --lookup sideways',
    'lab chord --lookup recursive --route fingers',
    'lab chord --fail 1',
    'lab chord --churn 0.5',
    'lab chord --leaves 16',
    'lab pastry --successors 16',
  ])('%s is refused with status 2', async (words) => expect((await line(words)).status).toBe(2))
})
