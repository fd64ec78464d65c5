import { describe, expect, test } from 'vitest'
import { labSection } from '#shared/contract/lab.ts'
import { CATALOGUE, descriptionOf } from './catalogue.ts'
import { labChain } from './chain/lab-blocks.ts'
import { CHAIN_DEFAULTS, CHAIN_PARTS, MAX_NODES, MIN_NODES } from './chain.ts'
import { DIFFICULTY_RULES } from './difficulty.ts'
import type { Experiment, LabChart, LabDrawing, LabReport, LabTable, OptionValues } from './experiment.ts'
import { networkSizes } from './experiments/kademlia.ts'
import { drawnRow } from './experiments/tamper-drawing.ts'
import { EXPERIMENTS } from './experiments.ts'
import { GNUTELLA_DEFAULTS } from './gnutella/run.ts'
import { KADEMLIA_DEFAULTS } from './kademlia.ts'
import { checkedOptions } from './options.ts'
import { PASTRY_DEFAULTS } from './pastry/pastry.ts'
import { SWARM_DEFAULTS } from './swarm.ts'

const PATIENCE = 120_000

/** Options that take a moment, and the sections that come of them. */
const SMALL: Readonly<Record<string, { readonly options: OptionValues; readonly sections: readonly string[] }>> = {
  chain: {
    options: { nodes: 12, blocks: 60, tries: 200 },
    sections: [
      ...['propagation-chart', 'propagation', 'forks-chart', 'forks', 'partition-chart', 'partition'],
      ...['tamper-blocks', 'tamper', 'majority-chart', 'majority', 'selfish-chart', 'selfish'],
    ],
  },
  chord: {
    options: {
      ...{ nodes: 64, sizes: 2, lookups: 40, loadHosts: 100 },
      ...{ churnHosts: 20, minutes: 1, failHosts: 40, storeHosts: 12 },
    },
    sections: [
      ...['size', 'size-table', 'paths', 'paths-table', 'load', 'load-table'],
      ...['churn', 'churn-timeouts', 'churn-table', 'failure', 'failure-path', 'failure-table', 'store-table'],
    ],
  },
  compare: {
    options: { nodes: 60, lookups: 20, churnNodes: 30, lifetime: 10, lookupEvery: 1, minutes: 1 },
    sections: [
      ...['compare-hops', 'compare-latency', 'compare-messages', 'compare-table'],
      ...['compare-churn', 'compare-churn-table', 'compare-designs'],
    ],
  },
  difficulty: {
    options: { rules: ['lwma-60'], seeds: 1 },
    sections: ['gap-chart', 'few-chart', 'honest', 'lies-chart', 'lies'],
  },
  gnutella: {
    options: { nodes: 100, ttl: 3, lookups: 5 },
    sections: ['reach', 'messages', 'found', 'searches'],
  },
  kademlia: {
    options: { nodes: 64, sizes: 2, lookups: 20, values: 3 },
    sections: ['hops', 'requests', 'latency', 'lookups'],
  },
  pastry: {
    options: { nodes: 64, sizes: 2, lookups: 20, fail: 10 },
    sections: ['hops', 'requests', 'latency', 'lookups'],
  },
  swarm: { options: { nodes: 2, size: 0.1 }, sections: ['times', 'times-table'] },
}

async function runSmall(experiment: Experiment, options: OptionValues = {}) {
  const { description } = experiment
  const reports: LabReport[] = []
  const fractions: number[] = []
  const parts = new Set<string>()
  const chosen = checkedOptions(description, { ...SMALL[description.name]?.options, ...options })
  const report = await experiment.run(
    chosen,
    {
      signal: new AbortController().signal,
      report: (one) => reports.push(one),
      progress(fraction, part) {
        fractions.push(fraction)
        parts.add(part)
      },
    },
    async () => {},
  )
  return { report, reports, fractions, parts }
}

const charts = (report: LabReport) => report.filter((section): section is LabChart => section.kind === 'chart')
const tables = (report: LabReport) => report.filter((section): section is LabTable => section.kind === 'table')

describe.each(EXPERIMENTS)('the experiment $description.name', (experiment) => {
  const { name } = experiment.description

  test(
    'fills its report row by row, and ends with the last of them',
    async () => {
      const { report, reports, fractions, parts } = await runSmall(experiment)
      expect(report.map(({ id }) => id)).toEqual(SMALL[name]?.sections)
      expect(reports.at(-1)).toEqual(report)
      expect(structuredClone(report)).toEqual(report)
      for (const section of report) expect(labSection.parse(section)).toEqual(section)
      expect(fractions.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true)
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
      expect(parts.size).toBeGreaterThan(0)
      for (const { columns, rows } of tables(report)) for (const row of rows) expect(row.length).toBe(columns.length)
      for (const { series, shape, categories } of charts(report)) {
        expect(series.some(({ origin }) => origin === 'measured')).toBe(true)
        expect(new Set(series.map(({ label }) => label)).size).toBe(series.length)
        for (const { origin, source, points } of series) {
          expect(source !== '').toBe(origin !== 'measured')
          expect(points.flat().every(Number.isFinite)).toBe(true)
          expect(points.map(([x]) => x)).toEqual(points.map(([x]) => x).sort((a, b) => a - b))
          if (shape === 'bars') expect(points.every(([x]) => categories[x] !== undefined)).toBe(true)
        }
      }
    },
    PATIENCE,
  )

  test('ends with the reason of its signal', async () => {
    const stopped = new AbortController()
    stopped.abort(new Error('enough'))
    const options = checkedOptions(experiment.description, SMALL[name]?.options ?? {})
    const watcher = { signal: stopped.signal, report() {}, progress() {} }
    await expect(experiment.run(options, watcher, async () => {})).rejects.toThrow('enough')
  })
})

describe('descriptions', () => {
  test('are those of the experiments, in their order', () => {
    expect(EXPERIMENTS.map(({ description }) => description)).toEqual(CATALOGUE)
    expect(() => descriptionOf('alchemy')).toThrow(expect.objectContaining({ code: 'NO_SUCH_EXPERIMENT' }))
  })

  test('agree with the runs that they describe', () => {
    expect(checkedOptions(descriptionOf('chain'), {})).toEqual(CHAIN_DEFAULTS)
    const nodes = descriptionOf('chain').options.find((option) => option.name === 'nodes')
    expect(nodes).toMatchObject({ min: MIN_NODES, max: MAX_NODES })
    expect(descriptionOf('chain').options[0]).toMatchObject({ default: CHAIN_PARTS })
    const rules = descriptionOf('difficulty').options[0]
    expect(rules?.kind === 'several' && rules.choices.map(({ value }) => value)).toEqual(DIFFICULTY_RULES)
    expect(checkedOptions(descriptionOf('kademlia'), {})).toMatchObject({
      ...{ nodes: KADEMLIA_DEFAULTS.nodes, lookups: KADEMLIA_DEFAULTS.lookups, k: KADEMLIA_DEFAULTS.k },
      ...{ alpha: KADEMLIA_DEFAULTS.alpha, churn: 0, fail: 0, nat: 0, values: 0 },
    })
    const { nodes: pastryNodes, lookups, leaves } = PASTRY_DEFAULTS
    expect(checkedOptions(descriptionOf('pastry'), {})).toMatchObject({
      ...{ nodes: pastryNodes, lookups, leaves, churn: 0, fail: 0, start: 'warm' },
    })
    const { share, degree, fail, uneven } = GNUTELLA_DEFAULTS
    expect(checkedOptions(descriptionOf('gnutella'), {})).toMatchObject({ share: share * 100, degree, fail, uneven })
    const { fileBytes, serverUp, peerUp, peerDown } = SWARM_DEFAULTS
    expect(checkedOptions(descriptionOf('swarm'), {})).toMatchObject({
      ...{ size: fileBytes / 1e6, serverUp: serverUp / 1e3, peerUp: peerUp / 1e3, peerDown: peerDown / 1e3 },
    })
  })
})

describe('what stands beside what was measured', () => {
  const find = async (name: string, id: string, options: OptionValues = {}) => {
    const experiment = EXPERIMENTS.find(({ description }) => description.name === name) as Experiment
    const { report } = await runSmall(experiment, options)
    return charts(report).find((chart) => chart.id === id)
  }

  test('formulas go through the figures of their papers', async () => {
    const majority = await find('chain', 'majority-chart', { parts: ['majority'] })
    const nakamoto = majority?.series.find(({ label }) => label === 'Nakamoto, 6 confirmations')
    expect(nakamoto?.points[0]).toEqual([10, expect.closeTo(0.02428, 4)])
    const selfish = await find('chain', 'selfish-chart', { parts: ['selfish'] })
    expect(selfish?.series.map(({ origin }) => origin)).toContain('formula')
    expect(selfish?.series.at(-1)?.points.every(([x, y]) => x === y)).toBe(true)
  })

  test('of flooding: the formula for every number of steps, and the figures computed apart where they are of the same network', async () => {
    const steps = { nodes: 1_000, ttl: 5, lookups: 30 }
    const reach = await find('gnutella', 'reach', steps)
    expect(reach?.series.map(({ points }) => points.map(([x]) => x))).toEqual([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
      [4, 5],
    ])
    const [mean, formula, apart] = (reach?.series ?? []).map(({ points }) => points.at(-1)?.[1] as number)
    expect(apart).toBe(50)
    expect(Math.abs((mean as number) - 50)).toBeLessThan(8)
    expect(Math.abs((formula as number) - 50)).toBeLessThan(5)
    const labels = async (options: OptionValues) =>
      (await find('gnutella', 'messages', { ...steps, ttl: 2, lookups: 2, ...options }))?.series.length
    expect([await labels({ degree: 6 }), await labels({ nodes: 999 }), await labels({ fail: 20 })]).toEqual([2, 2, 1])
  })

  test('of Pastry: the bound above the mean, the figures computed apart for this leaf set alone, the paper from memory', async () => {
    const hops = await find('pastry', 'hops', { nodes: 1_000, sizes: 2, lookups: 200, fail: 0 })
    const [mean, , bound, apart, remembered] = hops?.series ?? []
    expect(hops?.series.map(({ origin }) => origin)).toEqual([
      ...['measured', 'measured', 'formula', 'formula', 'from memory'],
    ])
    expect(mean?.points.map(([nodes]) => nodes)).toEqual([250, 1_000])
    expect([bound?.points[0]?.[1], bound?.points.at(-1)?.[1]]).toEqual([2, 3])
    for (const [index, [, y]] of (mean?.points ?? []).entries()) expect(y).toBeLessThan(2 + index)
    expect(apart?.points).toContainEqual([1_000, 2.52])
    expect(remembered?.points.map(([nodes]) => nodes)).toEqual([1_000, 100_000])
    expect((await find('pastry', 'hops', { leaves: 8 }))?.series).toHaveLength(4)
  })

  test('of Chord: published figures solid, those from memory dashed, each only beside the same network', async () => {
    const of = async (id: string, options: OptionValues) => (await find('chord', id, options))?.series ?? []
    const origins = async (id: string, options: OptionValues) => (await of(id, options)).map(({ origin }) => origin)
    const size = { parts: ['size'], nodes: 1_000, lookups: 300 }
    const [fingers, , lists, half, calculated, calculatedLists] = await of('size', size)
    const last = (series: typeof fingers) => series?.points.at(-1)?.[1] as number
    expect(Math.abs(last(fingers) / 5.88 - 1)).toBeLessThan(0.1)
    expect(Math.abs(last(lists) / 3.97 - 1)).toBeLessThan(0.1)
    expect(last(half)).toBeCloseTo(4.98, 2)
    expect([calculated?.points[0], calculatedLists?.points[0]]).toEqual([
      [1_000, 5.88],
      [1_000, 3.97],
    ])
    const load = await of('load', { parts: ['load'] })
    expect(load.map(({ origin }) => origin)).toEqual([...Array(3).fill('measured'), 'published', 'published'])
    const churn = { parts: ['churn'], minutes: 1 }
    expect(await origins('churn', { ...churn, churnHosts: 500 })).toContain('published')
    expect(await origins('churn', { ...churn, churnHosts: 40 })).not.toContain('published')
    expect(await origins('failure-path', { parts: ['failure'] })).toEqual([
      ...['measured', 'measured', 'from memory', 'from memory'],
    ])
    expect(await origins('failure', { parts: ['failure'] })).toEqual([
      ...['measured', 'measured', 'published', 'formula'],
    ])
  })

  test('of Kademlia: what was calculated stands beside lookups of the same shape alone', async () => {
    const shape = { nodes: 256, sizes: 1, lookups: 50 }
    const labels = async (options: OptionValues) =>
      (await find('kademlia', 'hops', { ...shape, ...options }))?.series.map(({ origin }) => origin)
    expect(await labels({})).toEqual(['measured', 'measured', 'formula', 'formula'])
    expect(await labels({ k: 7 })).toEqual(['measured', 'measured', 'formula'])
  })

  test('the designs have measured figures in their cells where they were measured', async () => {
    const experiment = EXPERIMENTS.find(({ description }) => description.name === 'compare') as Experiment
    const designs = async (parts: string[]) =>
      tables((await runSmall(experiment, { parts })).report).find(({ id }) => id === 'compare-designs')?.rows ?? []
    const measuredRows = (rows: LabTable['rows']) => rows.filter(([point]) => String(point).endsWith('measured'))
    const chainAlone = await designs(['chain'])
    const ofChain = measuredRows(chainAlone)
    expect([chainAlone.length, ofChain.length]).toEqual([9, 3])
    for (const [, ...cells] of ofChain) {
      expect(cells.slice(0, -1)).toEqual(Array(4).fill(null))
      expect(cells.at(-1)).toMatch(/^\d+(\.\d+)? (ms|%)$/)
    }
    const lookups = measuredRows(await designs(['lookups']))
    expect(lookups.map(([, , , , , chain]) => chain)).toEqual(Array(6).fill(null))
    for (const [point, ...cells] of lookups) {
      for (const cell of cells.slice(0, 4)) expect(String(cell), String(point)).toMatch(/^\d+(\.\d+)?( ms| kB| %)?$/)
    }
    const both = measuredRows(await designs(['lookups', 'chain']))
    expect(both.slice(-3).map(([point]) => point)).toEqual(ofChain.map(([point]) => point))
    expect(both).toHaveLength(6 + 3)
    for (const [, ...cells] of both) expect(cells.at(-1)).not.toBeNull()
  })

  test('only the parts that were chosen are run', async () => {
    const experiment = EXPERIMENTS[0] as Experiment
    const { report, parts } = await runSmall(experiment, { parts: ['forks'] })
    expect(report.map(({ id }) => id)).toEqual(['forks-chart', 'forks'])
    expect([...parts]).toEqual(['forks'])
  })

  test('networks grow by fours up to what was asked, and none is too small', () => {
    expect(networkSizes(1_000, 3)).toEqual([63, 250, 1_000])
    expect(networkSizes(8, 5)).toEqual([2, 8])
  })
})

describe('the drawing of the tampered chain', () => {
  test('shows at each step which blocks are broken, and that everything after them falls with them', async () => {
    const { report } = await runSmall(EXPERIMENTS[0] as Experiment, { parts: ['tamper'] })
    const drawing = report.find((section): section is LabDrawing => section.kind === 'blocks')
    const states = drawing?.steps.map(({ blocks }) => blocks.map(({ state }) => state))
    const valid = (count: number) => new Array(count).fill('valid')
    const fallen = (count: number) => new Array(count).fill('after')
    expect(states).toEqual([
      valid(10),
      [...valid(3), 'broken', ...fallen(6)],
      [...valid(3), 'broken', 'unlinked', ...fallen(5)],
      [...valid(4), 'unlinked', ...fallen(5)],
      [...valid(4), 'unlinked', ...fallen(5)],
      valid(10),
      valid(11),
    ])
    const changed = drawing?.steps.map(({ blocks }) => blocks.filter((block) => block.changed).length)
    expect(changed).toEqual([0, 1, 1, 1, 1, 7, 8])
    const reasons = drawing?.steps.map(({ blocks }) => blocks[3]?.reason)
    expect(reasons?.slice(0, 4)).toEqual(['', 'bad-txnmrklroot', 'high-hash', ''])
    for (const { blocks } of drawing?.steps ?? [])
      for (const [n, block] of blocks.entries())
        if (n > 0) expect(block.previous === blocks[n - 1]?.hash).toBe(block.state !== 'unlinked')
  })

  test('of an honest chain nothing is changed', () => {
    const chain = labChain(3)
    expect(drawnRow(chain, chain).every(({ state, changed }) => state === 'valid' && !changed)).toBe(true)
  })
})
