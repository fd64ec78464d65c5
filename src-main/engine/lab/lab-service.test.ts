import { expect, test } from 'vitest'
import { labExperiment, labReport, labRun } from '#shared/contract/lab.ts'
import { pause, SECOND } from '../../kernel/clock.ts'
import { EXPERIMENTS } from '../../lab/experiments.ts'
import { serveLab } from '../../lab/thread/serve-lab.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { simulatedThread } from '../../simulation/thread-link.ts'
import { Heartbeat } from '../heartbeat.ts'
import { LabHost } from './lab-host.ts'
import { labService } from './lab-service.ts'

function world() {
  const sim = new Simulation({ seed: 6 })
  const { clock, log } = sim.host('bench')
  const threads = {
    start: () => simulatedThread(clock, (end) => serveLab(end, EXPERIMENTS, () => pause(clock, 0))),
  }
  const host = new LabHost({ threads, clock, log })
  return { sim, service: labService({ host, heartbeat: new Heartbeat(clock) }) }
}

test('what is offered, found and saved is as the contract says', async () => {
  const { sim, service } = world()
  for (const experiment of await service.experiments(undefined)) labExperiment.parse(experiment)
  const { run } = await service.start({ experiment: 'chain', options: { parts: ['tamper'] } })
  let changes = 0
  const end = service.runs.watch(undefined, () => changes++)
  const endReport = service.report.watch({ run }, () => changes++)
  await sim.run(SECOND)
  expect(service.runs.read(undefined).map((row) => labRun.parse(row).state)).toEqual(['done'])
  expect(service.report.read({ run }).map((report) => labReport.parse(report).sections.length)).toEqual([2])
  expect((await service.csv({ run, part: 'tamper' })).text).toContain('Done,Block,Verdict,Hashes')
  expect((await service.result({ run })).run.rows).toBe(7)
  expect(changes).toBeGreaterThan(2)
  end()
  endReport()
  // Nobody watches, and nothing ticks.
  await sim.stop()
})

test('a run that is not kept is said to be so, wherever it is asked for', async () => {
  const { sim, service } = world()
  const gone = expect.objectContaining({ code: 'NO_SUCH_RUN' })
  await expect(service.cancel({ run: '7' })).rejects.toEqual(gone)
  await expect(service.result({ run: '7' })).rejects.toEqual(gone)
  await expect(service.csv({ run: '7' })).rejects.toEqual(gone)
  expect(() => service.report.read({ run: '7' })).toThrow(gone)
  await sim.stop()
})
