import { describe, expect, test } from 'vitest'
import { expectStoppable, lastOf, line, repeated } from '../lab-test-support.ts'

const FEW = '--nodes 200 --lookups 20'

describe('shoal lab gnutella', () => {
  test('with --json: the last line has every figure and a checksum, the same each time', async () => {
    const done = await repeated(`lab gnutella ${FEW}`)
    expect(done).toMatchObject({ event: 'done', nodes: 200, seed: 3, lookups: 20, ttl: 7, degree: 4, success: 1 })
    for (const field of ['meanHops', 'p1Hops', 'p99Hops', 'requests', 'meanReached', 'duplicates', 'hits', 'messages'])
      expect(done[field], field).toBeGreaterThan(0)
  })

  test('every flag counts', async () => {
    const all = '--ttl 3 --degree 6 --share 0.05 --fail 0.25 --uneven'
    const done = lastOf((await line(`lab gnutella ${FEW} ${all} --json`)).stdout)
    expect(done).toMatchObject({ ttl: 3, degree: 6, meanDegree: 6, share: 0.05, fail: 0.25, alive: 150, uneven: true })
    expect(done.p99Hops).toBeLessThanOrEqual(3)
  })

  test('for people: who was there, a table, and what the formula says', async () => {
    const { stdout } = await line(`lab gnutella ${FEW}`)
    expect(stdout).toContain('200 nodes with 4 connections on average, all alike in delay; TTL 7')
    expect(stdout).toContain('20 searches; the item was found in 100.00 %')
    expect(stdout).toMatch(/^nodes reached, %( +[\d.]+){5}$/m)
    expect(stdout).toMatch(/^By formula, .*: 99.9 % reached, 60\d queries$/m)
    expect(stdout).toMatch(/seed 1, checksum [0-9a-f]{16}\n$/)
    const torn = (await line(`lab gnutella ${FEW} --fail 0.5`)).stdout
    expect(torn).toContain('50.0 % failed at once; 100 are left')
    expect(torn).not.toContain('By formula')
  })

  test('stopped in the middle it ends with status 1 and says so', () => expectStoppable(`lab gnutella ${FEW}`))

  test.each([
    'lab gnutella --nodes 1',
    'lab gnutella --lookups 0',
    'lab gnutella --ttl 0',
    'lab gnutella --ttl 21',
    'lab gnutella --degree 5',
    'lab gnutella --degree 22',
    'lab gnutella --share 1.5',
    'lab gnutella --fail 1',
    'lab gnutella --k 8',
    'lab gnutella --wire',
    'lab kademlia --ttl 3',
    'lab chain --lookups 3',
    'lab swarm --uneven',
  ])('%s is refused with status 2', async (words) => expect((await line(words)).status).toBe(2))
})
