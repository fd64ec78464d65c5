/**
 * The Lab over the life of the engine: one run at a time on a thread of its own, those that wait, and the last that have
 * ended. A thread lives for one run, so that a cancelled one ends at once and what it held is given back.
 *
 * A run is `queued -> running -> done | failed | cancelled`, or `queued -> cancelled`; what a run has found stays with it.
 * Limits: `MAX_QUEUED_RUNS` that wait, `MAX_ENDED_RUNS` that have ended; the thread has its own limit of memory.
 */
import type { LabResult, LabRun, LabSection } from '#shared/contract/lab.ts'
import { type Clock, type Millis, SECOND } from '../../kernel/clock.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { ThreadLink, Threads } from '../../kernel/threads.ts'
import { descriptionOf } from '../../lab/catalogue.ts'
import { csvOfReport, csvOfSection } from '../../lab/csv.ts'
import type { LabReport, OptionValues } from '../../lab/experiment.ts'
import { LabError } from '../../lab/lab-error.ts'
import { checkedOptions } from '../../lab/options.ts'
import type { FromLab, ToLab } from '../../lab/thread/lab-messages.ts'
import { Watchers } from '../watchers.ts'

export const MAX_QUEUED_RUNS = 4
export const MAX_ENDED_RUNS = 8

/** Before this much is done, or so long has passed, the time left is anybody's guess. */
const GUESS_FROM = { fraction: 0.02, elapsed: SECOND }

interface Run {
  readonly id: string
  readonly experiment: string
  readonly options: OptionValues
  state: LabRun['state']
  fraction: number
  part: string
  report: LabReport
  problem: string
  startedAt: Millis | undefined
  endedAt: Millis | undefined
}

export interface LabHostParts {
  readonly threads: Threads
  readonly clock: Clock
  readonly log: Log
}

export class LabHost {
  readonly watchers = new Watchers()
  readonly #parts: LabHostParts
  readonly #runs: Run[] = []
  #started = 0
  /** The run that has the thread, until the thread is gone. */
  #active: { readonly run: Run; readonly link: ThreadLink } | undefined
  #leaving: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(parts: LabHostParts) {
    this.#parts = parts
  }

  /** @returns its id. @throws LabError NO_SUCH_EXPERIMENT, BAD_OPTION, TOO_MANY_RUNS */
  start(experiment: string, given: OptionValues): string {
    const options = checkedOptions(descriptionOf(experiment), given)
    const queued = this.#runs.filter(({ state }) => state === 'queued')
    if (queued.length >= MAX_QUEUED_RUNS) throw new LabError({ code: 'TOO_MANY_RUNS', limit: MAX_QUEUED_RUNS })
    const run: Run = {
      ...{ id: `${++this.#started}`, experiment, options, state: 'queued', fraction: 0, part: '', report: [] },
      ...{ problem: '', startedAt: undefined, endedAt: undefined },
    }
    this.#runs.push(run)
    this.#next()
    this.watchers.notify()
    return run.id
  }

  /** @throws LabError NO_SUCH_RUN */
  cancel(id: string): void {
    this.#end(this.#find(id), 'cancelled')
  }

  /** In the order of their starting. */
  runs(): LabRun[] {
    return this.#runs.map((run) => this.#rowOf(run))
  }

  /** @throws LabError NO_SUCH_RUN */
  result(id: string): LabResult {
    const run = this.#find(id)
    return { run: this.#rowOf(run), sections: run.report as LabSection[] }
  }

  /** @param part the id of a section; all of them without. @throws LabError NO_SUCH_RUN, NO_SUCH_PART */
  csv(id: string, part: string | undefined): string {
    const { report } = this.#find(id)
    if (part === undefined) return csvOfReport(report)
    const section = report.find((one) => one.id === part)
    if (!section) throw new LabError({ code: 'NO_SUCH_PART', part })
    return csvOfSection(section)
  }

  /** Ends what runs and what waits. */
  async stop(): Promise<void> {
    this.#isStopped = true
    for (const run of [...this.#runs]) this.#end(run, 'cancelled')
    await this.#leaving
  }

  #find(id: string): Run {
    const run = this.#runs.find((one) => one.id === id)
    if (!run) throw new LabError({ code: 'NO_SUCH_RUN', run: id })
    return run
  }

  #rowOf({ id, experiment, options, state, fraction, part, report, problem, startedAt, endedAt }: Run): LabRun {
    const elapsed = startedAt === undefined ? 0 : (endedAt ?? this.#parts.clock.now()) - startedAt
    const isGuess = fraction < GUESS_FROM.fraction || elapsed < GUESS_FROM.elapsed
    return {
      ...{ id, experiment, options: options as LabRun['options'], state, fraction, part, problem },
      seconds: elapsed / SECOND,
      ...(state === 'running' && !isGuess && { secondsLeft: (elapsed / SECOND) * (1 / fraction - 1) }),
      rows: report.reduce((sum, section) => sum + (section.kind === 'table' ? section.rows.length : 0), 0),
    }
  }

  /** Gives the thread to who waits longest. */
  #next(): void {
    const run = this.#runs.find(({ state }) => state === 'queued')
    if (this.#active || this.#isStopped || !run) return
    run.state = 'running'
    run.startedAt = this.#parts.clock.now()
    try {
      const link = this.#parts.threads.start('lab')
      this.#active = { run, link }
      link.listen({
        message: (message) => this.#receive(run, message as FromLab),
        ended: (reason) => this.#end(run, 'failed', threadEnded(reason)),
      })
      const order: ToLab = { kind: 'run', experiment: run.experiment, options: run.options }
      link.post(order)
    } catch (error) {
      this.#end(run, 'failed', threadEnded(messageOf(error)))
    }
  }

  #receive(run: Run, message: FromLab): void {
    if (run.state !== 'running') return
    if (message.kind === 'failed') {
      this.#end(run, 'failed', `The experiment has failed: ${message.message}. Change its options, then run it again.`)
      return
    }
    if (message.kind === 'progress') {
      run.fraction = Math.min(1, Math.max(run.fraction, message.fraction))
      run.part = message.part
    } else run.report = message.report
    if (message.kind === 'done') {
      run.fraction = 1
      this.#end(run, 'done')
    }
    this.watchers.notify()
  }

  /** Once; one that has ended stays as it is. */
  #end(run: Run, state: 'done' | 'failed' | 'cancelled', problem = ''): void {
    if (run.state !== 'queued' && run.state !== 'running') return
    if (state === 'failed') this.#parts.log.write('error', 'experiment failed', { experiment: run.experiment, problem })
    run.state = state
    run.problem = problem
    run.endedAt = this.#parts.clock.now()
    const ended = this.#runs.filter((one) => one.state !== 'queued' && one.state !== 'running')
    for (const oldest of ended.slice(0, Math.max(0, ended.length - MAX_ENDED_RUNS))) {
      this.#runs.splice(this.#runs.indexOf(oldest), 1)
    }
    if (this.#active?.run === run) this.#leaving = this.#freeThread(this.#active.link)
    else this.#next()
    this.watchers.notify()
  }

  async #freeThread(link: ThreadLink): Promise<void> {
    try {
      await link.terminate()
    } catch (error) {
      this.#parts.log.write('error', 'thread of the lab not ended', { message: messageOf(error) })
    }
    this.#active = undefined
    this.#next()
    this.watchers.notify()
  }
}

function threadEnded(reason: string): string {
  return `The thread of the Lab has ended: ${reason}. Choose smaller numbers, then run it again.`
}
