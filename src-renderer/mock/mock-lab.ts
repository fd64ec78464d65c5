/** The Lab of the mock: a run takes a few ticks and finds a row in each; one at a time. */
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import { ClientError } from '../client/client-error.ts'
import type { LabExperiment, LabOptionValue, LabReport, LabRun } from '../client/types.ts'
import { EXPERIMENTS, reportOf } from './generate-lab.ts'
import type { Call } from './mock-clients.ts'
import { Source } from './source.ts'

const TICKS = 4

export interface LabOptions {
  /** Runs that are there from the beginning, with the reports that their rows give. */
  readonly labRuns?: readonly LabRun[]
  /** The feed of the runs never sends, or fails. */
  readonly labFeed?: 'ready' | 'loading' | 'failed'
}

export interface MockLab {
  readonly runs: Source<LabRun>
  /** Lets the run that is going find one more row. */
  tick(): void
  /** The thread of the run that is going dies. */
  die(problem: string): void
}

const GONE = { code: 'NO_SUCH_RUN', message: 'This run is no longer kept. Start its experiment again.' }
const FEED_FAILED = { code: 'NO_ENGINE', message: 'The engine does not answer. Try again, or start Shoal again.' }

export function sampleRun(id: string, changes: Partial<LabRun> = {}): LabRun {
  return {
    ...{
      id,
      experiment: 'chain',
      options: {},
      state: 'running',
      fraction: 0,
      seconds: 0,
      part: '',
      rows: 0,
      problem: '',
    },
    ...changes,
  }
}

export function mockLab(call: Call, options: LabOptions) {
  const runs = new Source<LabRun>(options.labRuns ?? [])
  const reports = new Map<string, Source<LabReport>>()
  const reportSource = (id: string): Source<LabReport> => {
    const run = runs.all.find((one) => one.id === id)
    if (!run) throw new ClientError(GONE.code, GONE.message)
    const source = reports.get(id) ?? new Source<LabReport>([{ run: id, sections: reportOf(run.experiment, run.rows) }])
    reports.set(id, source)
    return source
  }
  const change = (id: string, changes: Partial<LabRun>): void => {
    runs.set(runs.all.map((run) => (run.id === id ? { ...run, ...changes } : run)))
    const run = runs.all.find((one) => one.id === id)
    if (run) reportSource(id).set([{ run: id, sections: reportOf(run.experiment, run.rows) }])
    const isBusy = runs.all.some(({ state }) => state === 'running')
    const next = runs.all.find(({ state }) => state === 'queued')
    if (!isBusy && next) change(next.id, { state: 'running' })
  }
  const running = (): LabRun | undefined => runs.all.find(({ state }) => state === 'running')
  const mock: MockLab = {
    runs,
    tick() {
      const run = running()
      if (!run) return
      const rows = run.rows + 1
      const isLast = rows === TICKS
      change(run.id, { rows, fraction: rows / TICKS, seconds: rows, part: 'forks', ...(isLast && { state: 'done' }) })
    },
    die(problem) {
      const run = running()
      if (run) change(run.id, { state: 'failed', problem })
    },
  }
  return { mock, client: { ...calls(call, runs, change), ...feeds(runs, reportSource, options) } }
}

function calls(call: Call, runs: Source<LabRun>, change: (id: string, changes: Partial<LabRun>) => void) {
  const usual = ({ options }: LabExperiment) => Object.fromEntries(options.map((one) => [one.name, one.default]))
  return {
    experiments: call('lab.experiments', () => EXPERIMENTS),
    start: call('lab.start', (args: { experiment: string; options: Record<string, LabOptionValue> }) => {
      const experiment = EXPERIMENTS.find(({ name }) => name === args.experiment)
      const id = `${runs.all.length + 1}`
      const chosen = { ...(experiment ? usual(experiment) : {}), ...args.options }
      const state = runs.all.some((run) => run.state === 'running') ? 'queued' : 'running'
      runs.set([...runs.all, sampleRun(id, { experiment: args.experiment, options: chosen, state })])
      return { run: id }
    }),
    cancel: call('lab.cancel', ({ run }: { run: string }) => change(run, { state: 'cancelled' })),
    csv: call('lab.csv', ({ part }: { part?: string }) => ({ text: `section\r\n${part ?? 'all'}\r\n` })),
  }
}

function feeds(runs: Source<LabRun>, reportSource: (id: string) => Source<LabReport>, options: LabOptions) {
  return {
    runs: (args: unknown, listener: FeedListener<LabRun>): Unsubscribe => {
      if (options.labFeed === 'failed') listener.failed(FEED_FAILED)
      return options.labFeed === undefined || options.labFeed === 'ready' ? runs.feed(args, listener) : () => undefined
    },
    report: (args: { run: string }, listener: FeedListener<LabReport>): Unsubscribe =>
      reportSource(args.run).feed(args, listener),
  }
}
