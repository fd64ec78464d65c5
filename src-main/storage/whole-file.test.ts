import { expect, test } from 'vitest'
import { SECOND } from '../kernel/clock.ts'
import { Simulation } from '../simulation/simulation.ts'
import { WholeFile } from './whole-file.ts'

function world() {
  const sim = new Simulation({ seed: 1 })
  const host = sim.host('node')
  const file = new WholeFile({ files: host.files, log: host.log, path: '/f', maxBytes: 8 })
  return { sim, host, file }
}

test('what was written is read; a second writing replaces the first', async () => {
  const { sim, file } = world()
  expect(await sim.within(SECOND, file.read())).toBeUndefined()
  await sim.within(SECOND, file.write(Uint8Array.of(1, 2, 3)))
  await sim.within(SECOND, file.write(Uint8Array.of(4)))
  expect(await sim.within(SECOND, file.read())).toEqual(Uint8Array.of(4))
})

test('a file that is too long to be ours counts as not there', async () => {
  const { sim, file } = world()
  await sim.within(SECOND, file.write(new Uint8Array(9)))
  expect(await sim.within(SECOND, file.read())).toBeUndefined()
})

test('a folder that is not there fails nothing, and the log has it', async () => {
  const { sim, host } = world()
  const file = new WholeFile({ files: host.files, log: host.log, path: '/none/f', maxBytes: 8 })
  await sim.within(SECOND, file.write(Uint8Array.of(1)))
  expect(await sim.within(SECOND, file.read())).toBeUndefined()
  expect(host.log.entries.map(({ event }) => event)).toContain('file not written')
})
