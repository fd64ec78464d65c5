import { describe, expect, test } from 'vitest'
import type { NodeChain } from '../../chain/node/node-chain.ts'
import { ChainStoreError } from '../../chain/store/chain-store-error.ts'
import { SECOND } from '../../kernel/clock.ts'
import type { Threads } from '../../kernel/threads.ts'
import { openSimulatedChain, startSimulatedThread } from '../../simulation/chain.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { ChainHost, type ChainSettings, CLOSING_TIME, OPENING_GRACE } from './chain-host.ts'

/**
 * `openings`: how many threads were started. `isSlow`: their chains are checked for ever. `damaged`: so many find damage.
 * `stuck`: a call that the first chain never answers.
 */
function world(
  isSlow: boolean,
  damaged = 0,
  chainMode: ChainSettings['chainMode'] = 'archive',
  stuck?: 'close' | 'locator',
) {
  const sim = new Simulation({ seed: 5 })
  const machine = sim.host('node')
  const counts = { openings: 0 }
  const ends: (() => Promise<void>)[] = []
  const threads: Threads = {
    start() {
      counts.openings++
      const isDamaged = counts.openings <= damaged
      return startSimulatedThread(machine.clock, async (configuration, log) => {
        const { path } = configuration
        if (isDamaged) throw new ChainStoreError({ code: 'DAMAGED', path, cause: 'a page is not sound' })
        if (isSlow) return new Promise(() => undefined)
        const chain = await openSimulatedChain(machine, { ...configuration, log })
        if (stuck && counts.openings === 1) {
          const close = chain.close.bind(chain)
          ends.push(close)
          Object.assign(chain, { [stuck]: () => new Promise(() => undefined) })
        }
        return chain
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
    closing: async () => {
      if (stuck === 'locator') await user?.locator()
    },
  })
  let user: NodeChain | undefined
  host.watchers.add(() => {
    user = host.chain ?? user
  })
  return { sim, machine, host, counts, settings, ends }
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

describe('a chain that does not come to an end', () => {
  test.each(['close', 'locator'] as const)(
    'because %s is not answered: its thread is ended after a while, which is said, and another can begin',
    async (stuck) => {
      const { sim, machine, host, counts, settings, ends } = world(false, 0, 'archive', stuck)
      await sim.within(SECOND, host.configure())
      settings.chain = false
      const closed = host.configure()
      let isClosed = false
      void closed.then(() => {
        isClosed = true
      })
      await sim.run(CLOSING_TIME - SECOND)
      expect(isClosed).toBe(false)
      await sim.within(2 * SECOND, closed)
      expect(host.state.kind).toBe('off')
      const said = machine.log.entries.filter(({ event }) => event.includes('not closed in time'))
      expect(said.map(({ level, facts }) => [level, facts?.seconds, String(facts?.lost).split(':')[0]])).toEqual([
        ['warn', CLOSING_TIME / SECOND, 'nothing'],
      ])
      await sim.run(60 * SECOND)
      expect(counts.openings).toBe(1)
      await Promise.all(ends.map((end) => sim.within(SECOND, end())))
      settings.chain = true
      await sim.within(SECOND, host.configure())
      expect([host.state.kind, counts.openings]).toEqual(['open', 2])
      await sim.within(SECOND, host.stop())
      await sim.stop()
    },
  )

  test('one that closes in order leaves nothing to wait for', async () => {
    const { sim, machine, host } = world(false)
    await sim.within(SECOND, host.configure())
    await sim.within(SECOND, host.stop())
    await sim.run(2 * CLOSING_TIME)
    expect(machine.log.entries.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
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
