/** The side of the Lab's thread: runs the experiment that the first message names, and says how far it has come. */
import { messageOf } from '../../kernel/errors.ts'
import type { MessageLink } from '../../kernel/threads.ts'
import type { Experiment, ExperimentWatcher } from '../experiment.ts'
import type { FromLab, ToLab } from './lab-messages.ts'

/** A run tells of its progress about so often, however often it counts. */
export const PROGRESS_STEPS = 500

export function serveLab(link: MessageLink, experiments: readonly Experiment[], breathe: () => Promise<void>): void {
  const gone = new AbortController()
  const send = (message: FromLab) => {
    if (!gone.signal.aborted) link.post(message)
  }
  link.listen({
    // Only our own program can write to this link.
    message: (message) => void run(message as ToLab, experiments, send, gone.signal, breathe),
    ended: () => gone.abort(),
  })
}

async function run(
  { experiment: name, options }: ToLab,
  experiments: readonly Experiment[],
  send: (message: FromLab) => void,
  signal: AbortSignal,
  breathe: () => Promise<void>,
): Promise<void> {
  try {
    const experiment = experiments.find(({ description }) => description.name === name)
    if (!experiment) throw new Error(`there is no experiment ${name}`)
    const watcher: ExperimentWatcher = {
      ...{ signal, progress: sparing(send) },
      report: (report) => send({ kind: 'report', report }),
    }
    send({ kind: 'done', report: await experiment.run(options, watcher, breathe) })
  } catch (error) {
    send({ kind: 'failed', message: messageOf(error) })
  }
}

/** Says the first fraction of each step, and of each part. */
function sparing(send: (message: FromLab) => void): (fraction: number, part: string) => void {
  let [lastStep, lastPart] = [-1, '']
  return (fraction, part) => {
    const step = Math.floor(fraction * PROGRESS_STEPS)
    if (step === lastStep && part === lastPart) return
    lastStep = step
    lastPart = part
    send({ kind: 'progress', fraction, part })
  }
}
