import { expect, test } from 'vitest'
import { displayHash } from '../chain/primitives/hashes.ts'
import { TestChain } from '../chain/test-support/test-chain.ts'
import { openRemoteChain } from '../chain/thread/remote-chain.ts'
import { MINUTE } from '../kernel/clock.ts'
import { chainThreads } from './chain.ts'
import type { SimulatedHost } from './host.ts'
import { Simulation } from './simulation.ts'

const open = (host: SimulatedHost, died: string[]) =>
  openRemoteChain({
    link: host.threads.start('chain'),
    configuration: {
      ...{ network: 'local', path: '/profile/chain/local/chain.db', mode: 'archive', keepBlocks: 288 },
      ...{ coinCacheBytes: 1_000_000, mempoolBytes: 10_000_000, signatureThreads: 1 },
    },
    log: host.log,
    died: (reason) => died.push(reason),
  })

/** Heights and times of what happens, which must be the same in two runs. */
async function run(seed: number): Promise<string> {
  const sim = new Simulation({ seed })
  const host = sim.host('node', { threads: chainThreads })
  const died: string[] = []
  const made = new TestChain()
  const blocks = made.mineMany(20)
  const chain = await sim.within(MINUTE, open(host, died))
  for (const block of blocks.slice(0, 12)) await sim.within(MINUTE, chain.acceptBlock(block.bytes(), 'peer', true))
  await sim.run(MINUTE)
  for (const block of blocks.slice(12)) await sim.within(MINUTE, chain.acceptBlock(block.bytes(), 'peer', true))

  const restarted = sim.restart(host)
  const again = await sim.within(MINUTE, open(restarted, died))
  expect(displayHash(again.state.tip.hash)).toBe(displayHash(made.tip.hash))
  await sim.within(MINUTE, again.close())
  expect(died).toEqual([])
  await sim.stop()
  return sim.checksum
}

test("a simulated host runs the chain's thread, and what a killed one had taken in is there again", async () => {
  expect(await run(3)).toBe(await run(3))
})
