import { describe, expect, test } from 'vitest'
import { labResult, labRun } from '#shared/contract/lab.ts'
import { pause, SECOND } from '../../kernel/clock.ts'
import type { ThreadLink } from '../../kernel/threads.ts'
import type { Experiment, LabReport } from '../../lab/experiment.ts'
import { EXPERIMENTS } from '../../lab/experiments.ts'
import { serveLab } from '../../lab/thread/serve-lab.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { simulatedThread } from '../../simulation/thread-link.ts'
import { LabHost, MAX_ENDED_RUNS, MAX_QUEUED_RUNS } from './lab-host.ts'

const SMALL = { nodes: 10, blocks: 20, tries: 50, parts: ['forks', 'tamper'] }
const STEPS = 10

/** Takes a second for each of ten steps, and finds a row in each. */
const slow: Experiment = {
  ...(EXPERIMENTS[0] as Experiment),
  async run(_options, { progress, report, signal }, breathe) {
    const rows: number[][] = []
    const table = (): LabReport => [{ kind: 'table', id: 't', title: 'T', columns: [{ label: 'N', digits: 0 }], rows }]
    for (let n = 0; n < STEPS; n++) {
      progress(n / STEPS, `step ${n}`)
      await breathe()
      signal.throwIfAborted()
      rows.push([n])
      report(table())
    }
    return table()
  },
}

function world(experiments: readonly Experiment[] = EXPERIMENTS, breath = 0) {
  const sim = new Simulation({ seed: 4 })
  const { clock, log } = sim.host('bench')
  const links: ThreadLink[] = []
  const threads = {
    start() {
      const link = simulatedThread(clock, (end) => serveLab(end, experiments, () => pause(clock, breath)))
      links.push(link)
      return link
    },
  }
  const host = new LabHost({ threads, clock, log })
  const states = () => host.runs().map(({ state }) => state)
  return { sim, host, links, log, states }
}

describe('a run', () => {
  test('runs on a thread, tells how far it is, and ends with a report that the contract allows', async () => {
    const { sim, host, links } = world()
    const id = host.start('chain', SMALL)
    const parts = new Set<string>()
    host.watchers.add(() => parts.add(host.runs()[0]?.part ?? ''))
    await sim.run(SECOND)
    expect(host.runs()).toMatchObject([{ id, state: 'done', fraction: 1, problem: '' }])
    expect([...parts]).toEqual(['forks', 'tampering'])
    const result = labResult.parse(host.result(id))
    expect(result.sections.map(({ id }) => id)).toEqual(['forks-chart', 'forks', 'tamper-blocks', 'tamper'])
    expect(result.run).toMatchObject({ rows: 13, options: { ...SMALL, seed: 1 } })
    expect(host.csv(id, 'forks').split('\r\n')).toHaveLength(8)
    expect(host.csv(id, undefined)).toContain('"Tampering, by the rules of every node"\r\n')
    expect(() => host.csv(id, 'nothing')).toThrow(expect.objectContaining({ code: 'NO_SUCH_PART' }))
    expect(links).toHaveLength(1)
    await host.stop()
    await sim.stop()
  })

  test('says the time that is left once it can be guessed, and its rows as they come', async () => {
    const { sim, host } = world([slow], SECOND)
    const id = host.start('chain', {})
    await sim.run(SECOND / 2)
    expect(host.runs()[0]).toMatchObject({ state: 'running', fraction: 0, rows: 0 })
    expect(host.runs()[0]?.secondsLeft).toBeUndefined()
    await sim.run(5 * SECOND)
    const row = labRun.parse(host.runs()[0])
    expect(row).toMatchObject({
      state: 'running',
      fraction: 0.5,
      part: 'step 5',
      rows: 5,
      seconds: 5.5,
      secondsLeft: 5.5,
    })
    await sim.run(5 * SECOND)
    expect(host.result(id).run).toMatchObject({ state: 'done', rows: 10, seconds: 10 })
    await sim.stop()
  })

  test.each([
    ['alchemy', {}, 'NO_SUCH_EXPERIMENT'],
    ['chain', { nodes: 9 }, 'BAD_OPTION'],
    ['chain', { speed: 1 }, 'BAD_OPTION'],
  ])('%s with %j is refused as %s, and no thread is started', (experiment, options, code) => {
    const { host, links } = world()
    expect(() => host.start(experiment, options)).toThrow(expect.objectContaining({ code }))
    expect([host.runs().length, links.length]).toEqual([0, 0])
  })
})

describe('cancelling', () => {
  test('ends the run at once; what it has found stays, and the next one has the thread', async () => {
    const { sim, host, links, states } = world([slow], SECOND)
    const [first, second] = [host.start('chain', {}), host.start('chain', {})]
    await sim.run(3.5 * SECOND)
    host.cancel(first)
    expect(states()[0]).toBe('cancelled')
    await sim.run(SECOND)
    expect(states()).toEqual(['cancelled', 'running'])
    expect(host.result(first).sections[0]).toMatchObject({ rows: [[0], [1], [2]] })
    await sim.run(10 * SECOND)
    expect(states()).toEqual(['cancelled', 'done'])
    expect(host.result(first).run).toMatchObject({ rows: 3, seconds: 3.5 })
    host.cancel(second)
    expect(states()[1]).toBe('done')
    expect(links).toHaveLength(2)
    await sim.stop()
  })

  test('one that waits never starts', async () => {
    const { sim, host, links, states } = world([slow], SECOND)
    host.start('chain', {})
    host.cancel(host.start('chain', {}))
    await sim.run(20 * SECOND)
    expect([states(), links.length]).toEqual([['done', 'cancelled'], 1])
    expect(() => host.cancel('99')).toThrow(expect.objectContaining({ code: 'NO_SUCH_RUN' }))
    await sim.stop()
  })

  test('the end of the program ends all of them', async () => {
    const { sim, host, states } = world([slow], SECOND)
    host.start('chain', {})
    host.start('chain', {})
    await sim.within(SECOND, host.stop())
    expect(states()).toEqual(['cancelled', 'cancelled'])
    await sim.stop()
  })
})

describe('failures', () => {
  test('a thread that dies fails its run with a sentence, and the next one works', async () => {
    const { sim, host, links, log, states } = world([slow], SECOND)
    const id = host.start('chain', {})
    await sim.run(SECOND / 2)
    await links[0]?.terminate()
    await sim.run(SECOND)
    const { state, problem } = host.result(id).run
    expect(state).toBe('failed')
    expect(problem).toBe(
      'The thread of the Lab has ended: the thread ended. Choose smaller numbers, then run it again.',
    )
    expect(log.entries.filter(({ level }) => level === 'error')).toHaveLength(1)
    host.start('chain', {})
    await sim.run(20 * SECOND)
    expect(states()).toEqual(['failed', 'done'])
    await sim.stop()
  })

  test('a thread that cannot be started is no bug either', async () => {
    const { clock, log } = new Simulation({ seed: 4 }).host('bench')
    const start = () => {
      throw new Error('no threads left')
    }
    const host = new LabHost({ threads: { start }, clock, log })
    host.start('chain', {})
    expect(host.runs()[0]).toMatchObject({ state: 'failed', problem: expect.stringContaining('no threads left') })
    await host.stop()
  })

  test('an experiment that throws fails its run with what it says', async () => {
    const broken: Experiment = { ...slow, run: () => Promise.reject(new Error('the graph has no nodes')) }
    const { sim, host } = world([broken])
    host.start('chain', {})
    await sim.run(SECOND)
    expect(host.runs()[0]?.problem).toContain('The experiment has failed: the graph has no nodes.')
    await sim.stop()
  })
})

describe('limits', () => {
  test('runs that wait', () => {
    const { host, states } = world([slow], SECOND)
    for (let n = 0; n <= MAX_QUEUED_RUNS; n++) host.start('chain', {})
    expect(() => host.start('chain', {})).toThrow(expect.objectContaining({ code: 'TOO_MANY_RUNS' }))
    expect(states()).toEqual(['running', ...new Array(MAX_QUEUED_RUNS).fill('queued')])
  })

  test('runs that have ended: the oldest goes', async () => {
    const { sim, host } = world([{ ...slow, run: async () => [] }])
    for (let n = 0; n <= MAX_ENDED_RUNS; n++) {
      host.start('chain', {})
      await sim.run(SECOND)
    }
    expect(host.runs().map(({ id }) => id)).toEqual(['2', '3', '4', '5', '6', '7', '8', '9'])
    expect(() => host.result('1')).toThrow(expect.objectContaining({ code: 'NO_SUCH_RUN' }))
    await sim.stop()
  })
})
