/** What every experiment of `shoal lab` does alike on the line: lines of progress when they are due, Ctrl-C, and the time it took. */
import { formatPercent } from '#shared/format.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CommandContext } from './command.ts'
import { interrupted } from './interrupted.ts'
import { Pace } from './pace.ts'
import { LOCAL_ONLY, withHost } from './with-host.ts'
import { bar } from './words.ts'

/** What an experiment is given while it runs. */
export interface ExperimentRun {
  /** Real time, for pauses; the experiment itself runs on virtual time. */
  readonly clock: Clock
  readonly signal: AbortSignal
  /** @param facts for programs, with the part that is done, 0 to 1; `words` say for people what is being done */
  progress(facts: { readonly fraction: number; readonly [name: string]: unknown }, words: string): void
}

/**
 * @param shorter what would take less time, for whoever stops it in the middle
 * @param done told once it has ended, with the real seconds that it took
 */
export async function runExperiment<Result>(
  context: CommandContext,
  shorter: string,
  work: (run: ExperimentRun) => Promise<Result>,
  done: (result: Result, seconds: number) => void,
): Promise<void> {
  const { out, stop } = context
  await withHost(context, LOCAL_ONLY, async ({ clock }) => {
    const pace = new Pace(clock, out.progressPeriod)
    const begin = clock.now()
    const progress: ExperimentRun['progress'] = (facts, words) => {
      const { fraction } = facts
      if (pace.due()) out.progress(facts, `${bar(fraction)} ${formatPercent(fraction)}  ${words}`)
    }
    const result = await work({ clock, signal: stop, progress }).catch((error) => {
      throw stop.aborted ? interrupted(shorter) : error
    })
    done(result, (clock.now() - begin) / 1_000)
  })
}
