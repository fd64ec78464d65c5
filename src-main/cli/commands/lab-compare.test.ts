import { describe, expect, test } from 'vitest'
import { expectStoppable, line } from '../lab-test-support.ts'

const SMALL = '--nodes 60 --lookups 20 --churn-nodes 24 --lifetime 10 --lookup-every 1 --minutes 1'
const PATIENCE = 60_000
const eventsOf = (text: string) => text.split('\n').flatMap((one) => (one === '' ? [] : [JSON.parse(one)]))

describe('shoal lab compare', () => {
  test(
    'with --json: a row for each overlay and setting, the last line done with all of them and a checksum',
    async () => {
      const { stdout, status, stderr } = await line(`lab compare ${SMALL} --seed 3 --share 0.1 --json`)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const events = eventsOf(stdout)
      const rows = events.filter(({ event }) => event === 'row')
      const still = rows.filter(({ part }) => part === 'lookups')
      expect(still.map(({ overlay }) => overlay)).toEqual(['chord', 'kademlia', 'pastry', 'gnutella'])
      for (const field of ['success', 'meanHops', 'p50Latency', 'messagesPerLookup', 'bytesPerLookup', 'meanStateSize'])
        for (const row of still) expect(row[field], `${row.overlay} ${field}`).toBeGreaterThan(0)
      expect(rows.filter(({ part }) => part === 'churn').length).toBeGreaterThan(12)
      const done = events.at(-1)
      expect(done).toMatchObject({ event: 'done', nodes: 60, seed: 3, share: 0.1, churnNodes: 24, lookupEvery: 1 })
      expect(done.rows).toHaveLength(rows.length)
      expect(done.chain).toMatchObject({ nodes: 60, connections: 8 })
      expect(done.checksum).toMatch(/^[0-9a-f]{16}$/)
    },
    PATIENCE,
  )

  test(
    'for people: tables, and the designs point by point with what was measured',
    async () => {
      const { stdout } = await line(`lab compare ${SMALL} --parts lookups,chain`)
      expect(stdout).toMatch(/^Chord +round 30 s, r 16 +100\.00 % +[\d.]+ +\d+ ms +\d+ ms +[\d.]+ +\d+ +[\d.]+$/m)
      expect(stdout).toMatch(/^Flooding +TTL 7 /m)
      expect(stdout).not.toContain('under churn, each')
      expect(stdout).toMatch(/^Topology\n {2}Chord {5}a ring, .*\n {2}Kademlia {2}a tree .*/m)
      expect(stdout).toMatch(/^Hops of a lookup, measured\n {2}Chord +[\d.]+\n/m)
      expect(stdout).toMatch(/^Until 90 % of the nodes have a block, measured\n {2}Chain +\d+ ms$/m)
      expect(stdout).toMatch(/seed 1, checksum [0-9a-f]{16}\n$/)
    },
    PATIENCE,
  )

  test('stopped in the middle it ends with status 1 and says so', () => expectStoppable(`lab compare ${SMALL}`))

  test.each([
    'lab compare --parts lookups,spoons',
    'lab compare --nodes 19',
    'lab compare --lookups 0',
    'lab compare --churn-nodes 2001',
    'lab compare --share 1.5',
    'lab compare --ttl 7',
    'lab chord --minutes 5',
    'lab chain --lifetime 5',
  ])('%s is refused with status 2', async (words) => expect((await line(words)).status).toBe(2))
})
