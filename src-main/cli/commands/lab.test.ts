import { describe, expect, test } from 'vitest'
import { line } from '../lab-test-support.ts'

const SMALL = '--nodes 2 --size 200000 --server-up 100000 --peer-up 50000 --peer-down 100000'
const PATIENCE = 60_000

describe('shoal lab swarm', () => {
  test(
    'with --json: a row for each N, the last line done with a checksum that repeats',
    async () => {
      const { stdout, status, stderr } = await line(`lab swarm ${SMALL} --seed 3 --json`)
      const events = stdout.split('\n').flatMap((text) => (text === '' ? [] : [JSON.parse(text)]))
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const rows = events.filter(({ event }) => event === 'row')
      expect(rows.map(({ nodes, serverBound }) => ({ nodes, serverBound }))).toEqual([
        { nodes: 1, serverBound: 2 },
        { nodes: 2, serverBound: 4 },
      ])
      expect(events.some(({ event, fraction }) => event === 'progress' && fraction === 1)).toBe(true)
      const done = events.at(-1)
      expect(done).toMatchObject({
        event: 'done',
        nodes: 2,
        seed: 3,
        fileBytes: 200_000,
        swarmBound: rows[1].swarmBound,
      })
      expect(done.checksum).toMatch(/^[0-9a-f]{16}$/)
      const again = await line(`lab swarm ${SMALL} --seed 3 --json`)
      expect(again.stdout).toBe(stdout)
    },
    PATIENCE,
  )

  test(
    'for people: a table, bars in proportion, and the formulas',
    async () => {
      const { stdout } = await line(`lab swarm ${SMALL}`)
      expect(stdout).toContain('200 kB for N peers. The server sends 100 kB/s; each peer sends 50.0 kB/s')
      expect(stdout).toMatch(/^ *N +server +at least +swarm +at least +gain$/m)
      const bars = [...stdout.matchAll(/(server|swarm) +(█+)[▏▎▍▌▋▊▉]? +([\d.]+) s$/gm)]
      expect(bars).toHaveLength(4)
      const perSecond = bars.map(([, , cells, seconds]) => (cells as string).length / Number(seconds))
      for (const scale of perSecond) expect(Math.abs(scale / (perSecond[2] as number) - 1)).toBeLessThan(0.1)
    },
    PATIENCE,
  )

  test(
    'stopped in the middle it ends with status 1 and says so',
    async () => {
      const stop = new AbortController()
      const { stdout, status } = await line(`lab swarm ${SMALL} --json`, stop, () => stop.abort())
      expect(status).toBe(1)
      expect(JSON.parse(stdout.trim().split('\n').at(-1) as string)).toMatchObject({
        event: 'error',
        code: 'INTERRUPTED',
      })
    },
    PATIENCE,
  )

  test.each([
    'lab',
    'lab sworm',
    'lab swarm --nodes 0',
    'lab swarm --nodes 201',
    'lab swarm --seed -1',
    'lab swarm --size 1',
    'lab swarm --peer-up 1',
  ])('%s is refused with status 2', async (words) => expect((await line(words)).status).toBe(2))
})

const FEW = '--nodes 60 --lookups 40'

describe('shoal lab kademlia', () => {
  test(
    'with --json: the last line has every figure and a checksum, the same each time and with --wire',
    async () => {
      const { stdout, status, stderr } = await line(`lab kademlia ${FEW} --seed 3 --json`)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const lastOf = (text: string) => JSON.parse(text.trim().split('\n').at(-1) as string)
      const done = lastOf(stdout)
      expect(done).toMatchObject({ event: 'done', nodes: 60, seed: 3, lookups: 40, k: 8, success: 1, alive: 60 })
      for (const field of ['meanHops', 'p1Hops', 'p99Hops', 'requests', 'meanLatency', 'meanLoad', 'messages'])
        expect(done[field]).toBeGreaterThan(0)
      expect(done.checksum).toMatch(/^[0-9a-f]{16}$/)
      expect((await line(`lab kademlia ${FEW} --seed 3 --json`)).stdout).toBe(stdout)
      const encoded = lastOf((await line(`lab kademlia ${FEW} --seed 3 --json --wire`)).stdout)
      expect(encoded).toEqual({ ...done, wire: true })
      expect(lastOf((await line(`lab kademlia ${FEW} --seed 4 --json`)).stdout).checksum).not.toBe(done.checksum)
    },
    PATIENCE,
  )

  test(
    'for people: who was there, and a table',
    async () => {
      const { stdout } = await line(`lab kademlia ${FEW} --join --fail 0.2 --values 5`)
      expect(stdout).toContain('60 nodes, joined one by one; k 8, alpha 3')
      expect(stdout).toContain('20.0 % failed at once; 48 are left')
      expect(stdout).toMatch(/5 of 5 stored items found/)
      expect(stdout).toMatch(/^hops +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+$/m)
    },
    PATIENCE,
  )

  test(
    'stopped in the middle it ends with status 1',
    async () => {
      const stop = new AbortController()
      const { status } = await line(`lab kademlia ${FEW} --json`, stop, () => stop.abort())
      expect(status).toBe(1)
    },
    PATIENCE,
  )

  test.each([
    'lab kademlia --nodes 1',
    'lab kademlia --lookups 0',
    'lab kademlia --fail 1',
    'lab kademlia --nat -0.5',
    'lab kademlia --churn 0.5',
    'lab kademlia --size 100000',
    'lab kademlia --route fingers',
    'lab swarm --wire',
  ])('%s is refused with status 2', async (words) => expect((await line(words)).status).toBe(2))
})

describe('shoal lab difficulty', () => {
  const ONE = '--rules wtema-30/10 --seeds 1'

  test(
    'with --json: a row for each rule, the last line done with a checksum',
    async () => {
      const { stdout, status, stderr } = await line(`lab difficulty ${ONE} --seed 3 --json`)
      const events = stdout.split('\n').flatMap((text) => (text === '' ? [] : [JSON.parse(text)]))
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const rows = events.filter(({ event }) => event === 'row')
      expect(rows.map(({ rule }) => rule)).toEqual(['wtema-30/10'])
      for (const field of ['noise', 'spacing', 'burstBlocks', 'longestGap', 'hour', 'lowest', 'few'])
        expect(rows[0][field], field).toBeGreaterThan(0)
      expect(rows[0].attacks).toHaveLength(12)
      expect(events.at(-1)).toMatchObject({ event: 'done', rules: ['wtema-30/10'], seeds: 1, seed: 3 })
      expect(events.at(-1).checksum).toMatch(/^[0-9a-f]{16}$/)
    },
    PATIENCE,
  )

  test(
    'for people: a table of honest miners and one of liars',
    async () => {
      const { stdout } = await line(`lab difficulty ${ONE}`)
      expect(stdout).toMatch(/^rule +noise +spacing/m)
      expect(stdout).toMatch(/^wtema-30\/10 +[\d.]+ % +[\d.]+ s/m)
      expect(stdout).toMatch(/^wtema-30\/10( +-?[\d.]+ \/ -?[\d.]+ \/ -?[\d.]+){4}$/m)
    },
    PATIENCE,
  )

  test('stopped in the middle it ends with status 1', async () => {
    const stop = new AbortController()
    const { status } = await line(`lab difficulty ${ONE} --json`, stop, () => stop.abort())
    expect(status).toBe(1)
  })

  test.each([
    'lab difficulty --rules nothing',
    'lab difficulty --seeds 0',
    'lab difficulty --nodes 10',
    'lab swarm --seeds 2',
  ])('%s is refused with status 2', async (words) => expect((await line(words)).status).toBe(2))
})

describe('shoal lab chain', () => {
  const QUICK = '--nodes 12 --blocks 20 --tries 300'

  test(
    'with --json: rows of every part, the last line done with all results and a checksum',
    async () => {
      const { stdout, status, stderr } = await line(`lab chain ${QUICK} --seed 3 --json`)
      const events = stdout.split('\n').flatMap((text) => (text === '' ? [] : [JSON.parse(text)]))
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const parts = new Set(events.filter(({ event }) => event === 'row').map(({ part }) => part))
      expect([...parts]).toEqual(['propagation', 'forks', 'partition', 'tamper', 'majority', 'selfish'])
      const done = events.at(-1)
      expect(done).toMatchObject({ event: 'done', nodes: 12, seed: 3, tamper: { longerWins: true } })
      expect(done.checksum).toMatch(/^[0-9a-f]{16}$/)
    },
    PATIENCE,
  )

  test(
    'for people: a table for each part, with the formulas and who published them',
    async () => {
      const { stdout } = await line(`lab chain ${QUICK} --parts propagation,forks,tamper,majority,selfish`)
      expect(stdout).toMatch(/^connections +a link +50 % +90 % +99 %$/m)
      expect(stdout).toMatch(/^interval +a link +to miners +blocks +stale +measured +published +deepest +one tip$/m)
      expect(stdout).toMatch(/^a payment is changed +4 +bad-txnmrklroot$/m)
      expect(stdout).toMatch(/selfish revenue: .*Eyal and Sirer/)
      expect(stdout).not.toContain('A partition')
      expect(stdout).toMatch(/12 nodes, in [\d.]+ s; seed 1, checksum [0-9a-f]{16}\n$/)
    },
    PATIENCE,
  )

  test('stopped in the middle it ends with status 1', async () => {
    const stop = new AbortController()
    const { status } = await line(`lab chain ${QUICK} --json`, stop, () => stop.abort())
    expect(status).toBe(1)
  })

  test.each([
    'lab chain --parts forks,spoons',
    'lab chain --nodes 9',
    'lab chain --blocks 0',
    'lab chain --lookups 3',
    'lab swarm --tries 3',
  ])('%s is refused with status 2', async (words) => expect((await line(words)).status).toBe(2))
})
