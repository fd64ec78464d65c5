import { describe, expect, test } from 'vitest'
import { expectStoppable, lastOf, line, repeated } from '../lab-test-support.ts'

describe('shoal lab', () => {
  test('the help of an experiment lists what that one takes', async () => {
    const { stdout, status } = await line('lab compare --help')
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^shoal lab compare\n {2}an experiment on a simulated network: chord, kademlia, pastry and gnutella side by side/,
    )
    const flags = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name)
    const own = ['nodes', 'parts', 'lookups', 'share', 'churn-nodes', 'lifetime', 'lookup-every', 'minutes', 'seed']
    expect(flags).toEqual([...own, 'profile', 'network', 'json', 'log', 'help'])
    expect(stdout).toContain('Examples:\n  shoal lab compare --parts lookups --nodes 10000\n')
    expect(stdout.match(/shoal lab/g)).toHaveLength(2)
  })

  test('the help of all names them, and what all take', async () => {
    const { stdout } = await line('lab --help')
    expect(stdout).toContain('compare (chord, kademlia, pastry and gnutella side by side, and a chain)')
    expect(stdout).toContain('--seed S')
    expect(stdout).not.toContain('--nodes N')
    expect(stdout).toContain('shoal lab EXPERIMENT --help tells the flags of one.')
    expect((await line('lab sworm --help')).stdout).toBe(stdout)
  })

  test.each([
    ['lab compare --nodes -5', '--nodes: "-5" will not do; give a whole number from 20 to'],
    ['lab pasty', 'EXPERIMENT: there is no "pasty"; use swarm, chord,'],
    ['lab difficulty --nodes 10', '--nodes is not for "lab difficulty". See: shoal lab difficulty --help'],
    ['lab compare --parts churn,spoons', '--parts: there is no "spoons"; use lookups, churn'],
  ])('%s: says what is wrong and what to do', async (words, sentence) => {
    const { status, stderr } = await line(words)
    expect(status).toBe(2)
    expect(stderr).toContain(sentence)
  })
})

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

  test('stopped in the middle it ends with status 1 and says so', () => expectStoppable(`lab swarm ${SMALL}`), PATIENCE)

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
      const done = await repeated(`lab kademlia ${FEW}`)
      expect(done).toMatchObject({ event: 'done', nodes: 60, seed: 3, lookups: 40, k: 8, success: 1, alive: 60 })
      for (const field of ['meanHops', 'p1Hops', 'p99Hops', 'requests', 'meanLatency', 'meanLoad', 'messages'])
        expect(done[field]).toBeGreaterThan(0)
      const encoded = lastOf((await line(`lab kademlia ${FEW} --seed 3 --json --wire`)).stdout)
      expect(encoded).toEqual({ ...done, wire: true })
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
    'stopped in the middle it ends with status 1 and says so',
    () => expectStoppable(`lab kademlia ${FEW}`),
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

  test('stopped in the middle it ends with status 1 and says so', () => expectStoppable(`lab difficulty ${ONE}`))

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

  test('stopped in the middle it ends with status 1 and says so', () => expectStoppable(`lab chain ${QUICK}`))

  test.each([
    'lab chain --parts forks,spoons',
    'lab chain --nodes 9',
    'lab chain --blocks 0',
    'lab chain --lookups 3',
    'lab swarm --tries 3',
  ])('%s is refused with status 2', async (words) => expect((await line(words)).status).toBe(2))
})
