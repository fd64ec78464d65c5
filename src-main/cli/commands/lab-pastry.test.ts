import { describe, expect, test } from 'vitest'
import { expectStoppable, lastOf, line, repeated } from '../lab-test-support.ts'

const FEW = '--nodes 60 --lookups 40'
const PATIENCE = 60_000

describe('shoal lab pastry', () => {
  test(
    'with --json: the last line has every figure and a checksum, the same each time',
    async () => {
      const done = await repeated(`lab pastry ${FEW}`)
      expect(done).toMatchObject({ event: 'done', nodes: 60, seed: 3, lookups: 40, leaves: 16, success: 1, alive: 60 })
      for (const field of ['meanHops', 'p99Hops', 'requests', 'meanLatency', 'meanStateSize', 'messages', 'bytes'])
        expect(done[field], field).toBeGreaterThan(0)
      expect(done.p1Hops).toBeGreaterThanOrEqual(0)
    },
    PATIENCE,
  )

  test(
    'every flag counts',
    async () => {
      const done = lastOf((await line(`lab pastry ${FEW} --leaves 8 --churn 30 --fail 0.2 --join --json`)).stdout)
      expect(done).toMatchObject({ leaves: 8, churn: 30, fail: 0.2, join: true })
      expect(done.alive).toBeLessThan(60)
      expect(done.arrivals).toBeGreaterThan(0)
      expect(done.timeouts).toBeGreaterThan(0)
    },
    PATIENCE,
  )

  test(
    'for people: who was there, and a table',
    async () => {
      const { stdout } = await line(`lab pastry ${FEW} --join --fail 0.2`)
      expect(stdout).toContain('60 nodes, joined one by one; b 4, leaf set 16, neighbourhood 32')
      expect(stdout).toContain('20.0 % failed at once; 48 are left')
      expect(stdout).toMatch(/^hops( +[\d.]+){5}$/m)
      expect(stdout).toMatch(/seed 1, checksum [0-9a-f]{16}\n$/)
    },
    PATIENCE,
  )

  test('stopped in the middle it ends with status 1 and says so', () => expectStoppable(`lab pastry ${FEW}`))

  test.each([
    'lab pastry --nodes 1',
    'lab pastry --nodes 50001',
    'lab pastry --lookups 0',
    'lab pastry --leaves 15',
    'lab pastry --leaves 0',
    'lab pastry --leaves 66',
    'lab pastry --fail 1',
    'lab pastry --churn 0.5',
    'lab pastry --k 8',
    'lab pastry --wire',
    'lab kademlia --leaves 16',
    'lab swarm --join',
  ])('%s is refused with status 2', async (words) => expect((await line(words)).status).toBe(2))
})
