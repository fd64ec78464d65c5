import { describe, expect, test } from 'vitest'
import { ChainStoreError } from '../../chain/store/chain-store-error.ts'
import { SECOND } from '../../kernel/clock.ts'
import type { Threads } from '../../kernel/threads.ts'
import { openSimulatedChain, startSimulatedThread } from '../../simulation/chain.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { ChainHost, type ChainSettings, OPENING_GRACE } from './chain-host.ts'

/** `openings`: how many threads were started. `isSlow`: their chains are checked for ever. `damaged`: so many find damage. */
function world(isSlow: boolean, damaged = 0, chainMode: ChainSettings['chainMode'] = 'archive') {
  const sim = new Simulation({ seed: 5 })
  const machine = sim.host('node')
  const counts = { openings: 0 }
  const threads: Threads = {
    start() {
      counts.openings++
      const isDamaged = counts.openings <= damaged
      return startSimulatedThread(machine.clock, (configuration, log) => {
        const { path } = configuration
        if (isDamaged)
          return Promise.reject(new ChainStoreError({ code: 'DAMAGED', path, cause: 'a page is not sound' }))
        return isSlow ? new Promise(() => undefined) : openSimulatedChain(machine, { ...configuration, log })
      })
    },
  }
  const settings: { -readonly [K in keyof ChainSettings]: ChainSettings[K] } = {
    chain: true,
    chainMode,
    chainKeepBlocks: 2_000,
    network: 'local',
  }
  const { clock, files, log } = machine
  const host = new ChainHost({
    ...{ threads, clock, files, log, profile: '/profile', network: 'local' },
    settings: () => settings,
    closing: async () => {},
  })
  return { sim, machine, host, counts, settings }
}

describe('the end of the program', () => {
  test('waits for no opening that takes long', async () => {
    const { sim, machine, host, counts } = world(true)
    const opening = host.configure()
    await sim.run(SECOND)
    expect(host.state.kind).toBe('starting')
    const stopped = host.stop()
    await sim.run(OPENING_GRACE - SECOND)
    expect(host.state.kind).toBe('starting')
    await sim.within(2 * SECOND, Promise.all([opening, stopped]))
    expect(host.state.kind).toBe('off')
    // Nothing is wrong, and nothing is started again.
    await sim.run(60 * SECOND)
    expect(counts.openings).toBe(1)
    expect(machine.log.entries.filter(({ level }) => level === 'error')).toEqual([])
    await sim.stop()
  })

  test('closes in order a chain that is open in time', async () => {
    const { sim, machine, host } = world(false)
    const opening = host.configure()
    await sim.until(SECOND, () => host.state.kind === 'starting')
    const stopped = host.stop()
    await sim.within(SECOND, Promise.all([opening, stopped]))
    expect(host.state.kind).toBe('off')
    const again = await sim.within(SECOND, openSimulatedChain(machine, { path: '/profile/chain/local/chain.db' }))
    const opened = machine.log.entries.filter(({ event }) => event.endsWith('chain.db opened'))
    expect(opened).toHaveLength(2)
    expect(opened[1]?.facts).toMatchObject({ endedCleanly: true })
    await sim.within(SECOND, again.close())
    await sim.stop()
  })
})

describe('a damaged chain', () => {
  test('is opened once more at once, which mends it', async () => {
    const { sim, host, counts } = world(false, 1)
    await sim.within(SECOND, host.configure())
    expect([host.state.kind, counts.openings]).toEqual(['open', 2])
    await sim.within(SECOND, host.stop())
    await sim.stop()
  })

  test('is given up where that does not help, and the reason is said', async () => {
    const { sim, host, counts } = world(false, 9)
    await sim.within(SECOND, host.configure())
    expect(host.state).toMatchObject({ kind: 'failed', reason: expect.stringContaining('a page is not sound') })
    expect(counts.openings).toBe(2)
    await sim.within(SECOND, host.stop())
    await sim.stop()
  })
})

test.each([
  ['pruned', 2],
  ['archive', 1],
] as const)(
  'another number of blocks to keep: of a chain that is %s it is opened %i times, and 2 once it is pruned',
  async (mode, times) => {
    const { sim, host, counts, settings } = world(false, 0, mode)
    await sim.within(SECOND, host.configure())
    settings.chainKeepBlocks = 288
    await sim.within(SECOND, host.configure())
    expect([host.state.kind, counts.openings]).toEqual(['open', times])
    settings.chainMode = 'pruned'
    await sim.within(SECOND, host.configure())
    expect([host.state.kind, counts.openings]).toEqual(['open', 2])
    await sim.within(SECOND, host.stop())
    await sim.stop()
  },
)
