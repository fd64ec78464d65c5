import { describe, expect, test } from 'vitest'
import { SECOND } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { ThreadLink } from '../../kernel/threads.ts'
import { openSimulatedChain, startSimulatedThread } from '../../simulation/chain.ts'
import { Simulation } from '../../simulation/simulation.ts'
import type { ChainConfiguration, NodeChain } from '../node/node-chain.ts'
import { ChainPageError } from '../node/pages/page-error.ts'
import { displayHash } from '../primitives/hashes.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { chainCalls, isChainCall } from './chain-messages.ts'
import { MAX_OPEN_CHAIN_CALLS, openRemoteChain } from './remote-chain.ts'
import type { OpenChain } from './serve-chain.ts'

const configuration: ChainConfiguration = {
  ...{ network: 'local', path: '/chain/chain.db', mode: 'archive', keepBlocks: 288 },
  ...{ coinCacheBytes: 1_000_000, mempoolBytes: 10_000_000, signatureThreads: 1 },
}

function world() {
  const sim = new Simulation({ seed: 7 })
  const host = sim.host('node')
  const died: string[] = []
  const opened: NodeChain[] = []
  const open: OpenChain = async (asked, log) => {
    const chain = await openSimulatedChain(host, { ...asked, log })
    opened.push(chain)
    return chain
  }
  const start = (link: ThreadLink = startSimulatedThread(host.clock, open)) => ({
    link,
    opening: openRemoteChain({ link, configuration, log: host.log, died: (reason) => died.push(reason) }),
  })
  return { sim, host, died, opened, open, start }
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('a chain on another thread', () => {
  test('answers calls, tells events together with the state they left, and closes', async () => {
    const { sim, died, start } = world()
    const chain = await sim.within(SECOND, start().opening)
    const made = new TestChain()
    const heights: number[] = []
    chain.watch({ tipChanged: ({ connected }) => heights.push(chain.state.tip.height, connected.length) })
    for (const block of made.mineMany(3))
      expect(await sim.within(SECOND, chain.acceptBlock(block.bytes(), 'peer', true))).toMatchObject({
        status: 'connected',
      })
    expect(heights).toEqual([1, 1, 2, 1, 3, 1])
    expect(displayHash(chain.state.tip.hash)).toBe(displayHash(made.tip.hash))
    chain.forgetPeer('peer')
    expect(await sim.within(SECOND, chain.block(made.tip.hash))).toEqual(made.tip.bytes())
    await sim.within(SECOND, chain.close())
    await sim.stop()
    expect(died).toEqual([])
  })

  test('gives errors back with their facts and sentence', async () => {
    const { sim, start } = world()
    const chain = await sim.within(SECOND, start().opening)
    const error = await failureOf(sim.within(SECOND, chain.blockDetails(7)))
    const { fault, message } = new ChainPageError({ code: 'NO_SUCH_BLOCK', id: '7' })
    expect(error).toMatchObject({ fault, message })
    await sim.within(SECOND, chain.close())
    await sim.stop()
  })

  test('that cannot be opened says why', async () => {
    const { sim, host, start } = world()
    const link = startSimulatedThread(host.clock, async () => {
      throw new ChainPageError({ code: 'NO_SUCH_BLOCK', id: 'x' })
    })
    expect(codeOf(await failureOf(sim.within(SECOND, start(link).opening)))).toBe('NO_SUCH_BLOCK')
    await sim.stop()
  })

  test('that dies fails what is open and all that follows, and says so once', async () => {
    const { sim, died, opened, start } = world()
    const { link, opening } = start()
    const chain = await sim.within(SECOND, opening)
    const open = failureOf(chain.locator())
    await link.terminate()
    expect(codeOf(await sim.within(SECOND, open))).toBe('THREAD_DIED')
    expect(codeOf(await sim.within(SECOND, failureOf(chain.locator())))).toBe('THREAD_DIED')
    expect(died).toEqual(['the thread ended'])
    await sim.run(SECOND)
    // The chain noticed that nobody is left to serve and closed: nothing is held.
    expect(opened).toHaveLength(1)
    await sim.stop()
  })

  test('that dies while it is opened fails the opening, and holds nothing once it would be open', async () => {
    const { sim, start } = world()
    const { link, opening } = start()
    const failure = failureOf(opening)
    await link.terminate()
    expect(codeOf(await sim.within(SECOND, failure))).toBe('THREAD_DIED')
    await sim.stop()
  })

  test(`is not asked more than ${MAX_OPEN_CHAIN_CALLS} things at once`, async () => {
    const { sim, start } = world()
    const chain = await sim.within(SECOND, start().opening)
    const calls = Array.from({ length: MAX_OPEN_CHAIN_CALLS }, () => chain.heightOf(new Uint8Array(32)))
    expect(codeOf(await failureOf(chain.locator()))).toBe('TOO_MANY_CALLS')
    const answers = await sim.within(SECOND, Promise.all(calls))
    expect(answers.every((height) => height === undefined)).toBe(true)
    expect(await sim.within(SECOND, chain.locator())).toHaveLength(1)
    await sim.within(SECOND, chain.close())
    await sim.stop()
  })

  test('can be asked nothing but the calls of a node', async () => {
    const { sim, host, open } = world()
    expect(chainCalls.every(isChainCall)).toBe(true)
    expect(['state', 'watch', 'constructor', '__proto__', 'session'].filter(isChainCall)).toEqual([])
    const link = startSimulatedThread(host.clock, open)
    const received: unknown[] = []
    link.listen({ message: (message) => received.push(message), ended() {} })
    link.post({ kind: 'open', configuration })
    await sim.run(SECOND)
    link.post({ kind: 'call', id: 1, method: 'session', args: [] })
    await sim.run(SECOND)
    expect(received.at(-1)).toMatchObject({ kind: 'failed', id: 1, error: { fault: { code: 'UNEXPECTED' } } })
    await link.terminate()
    await sim.run(SECOND)
    await sim.stop()
  })
})
