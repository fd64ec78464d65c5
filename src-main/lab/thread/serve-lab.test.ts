import { expect, test } from 'vitest'
import { pause } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { simulatedThread } from '../../simulation/thread-link.ts'
import type { Experiment } from '../experiment.ts'
import { EXPERIMENTS } from '../experiments.ts'
import type { FromLab, ToLab } from './lab-messages.ts'
import { PROGRESS_STEPS, serveLab } from './serve-lab.ts'

const COUNTS = 100_000
/** Counts often, in two parts. */
const busy: Experiment = {
  ...(EXPERIMENTS[0] as Experiment),
  async run(_options, { progress, signal }, breathe) {
    for (let n = 0; n <= COUNTS; n++) {
      if (n === COUNTS / 2) await breathe()
      signal.throwIfAborted()
      progress(n / COUNTS, n < COUNTS / 2 ? 'first' : 'second')
    }
    return []
  },
}

async function world() {
  const sim = new Simulation({ seed: 2 })
  const { clock } = sim.host('bench')
  const heard: FromLab[] = []
  const link = simulatedThread(clock, (end) => serveLab(end, [busy], () => pause(clock, 10)))
  link.listen({ message: (message) => heard.push(message as FromLab), ended: () => undefined })
  const run = (experiment: string) => {
    const order: ToLab = { kind: 'run', experiment, options: {} }
    link.post(order)
  }
  return { sim, link, heard, run }
}

test('a run that counts often tells of its progress seldom, and of every part', async () => {
  const { sim, heard, run } = await world()
  run('chain')
  await sim.run(1_000)
  const told = heard.flatMap((message) => (message.kind === 'progress' ? [message] : []))
  expect(told.length).toBeGreaterThan(PROGRESS_STEPS / 2)
  expect(told.length).toBeLessThanOrEqual(PROGRESS_STEPS + 3)
  expect(new Set(told.map(({ part }) => part))).toEqual(new Set(['first', 'second']))
  expect(heard.at(-1)).toEqual({ kind: 'done', report: [] })
  await sim.stop()
})

test('once the other side is gone the run ends, and nothing is said any more', async () => {
  const { sim, link, heard, run } = await world()
  run('chain')
  await sim.run(5)
  await link.terminate()
  const before = heard.length
  await sim.run(1_000)
  expect(before).toBeGreaterThan(0)
  expect(heard.length).toBe(before)
  await sim.stop()
})

test('an experiment that it does not know is answered with a failure', async () => {
  const { sim, heard, run } = await world()
  run('alchemy')
  await sim.run(5)
  expect(heard).toEqual([{ kind: 'failed', message: 'there is no experiment alchemy' }])
  await sim.stop()
})
