import { expect, test } from 'vitest'
import { networks } from '../../chain/consensus/networks.ts'
import { SECOND } from '../../kernel/clock.ts'
import { openSimulatedChain, startSimulatedThread } from '../../simulation/chain.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { ChainHost } from '../chain/chain-host.ts'
import { Heartbeat } from '../heartbeat.ts'
import { MinerHost } from './miner-host.ts'
import { minerService } from './miner-service.ts'

const ADDRESS = 'lshl1qqurswpc8qurswpc8qurswpc8qurswpc83lqrqw'
const SCRIPT_HASH = '2MstP8uJfYBsk1HfmCU9MW3qqKgvrw3ESd1'

async function world() {
  const sim = new Simulation({ seed: 8 })
  const machine = sim.host('mill')
  const { clock, files, log } = machine
  const chainHost = new ChainHost({
    ...{ clock, files, log, profile: '/profile', network: 'local' },
    threads: {
      start: () => startSimulatedThread(clock, (configuration) => openSimulatedChain(machine, configuration)),
    },
    settings: () => ({ chain: true, chainMode: 'archive', chainKeepBlocks: 288, network: 'local' }),
    closing: async () => {},
  })
  const settings = { minerThreads: 1, minerShare: 50, minerAddress: '' }
  const miner = new MinerHost({
    ...{ host: machine, log, chainHost, network: networks.local, profile: '/profile', maxThreads: 2 },
    settings: () => ({ ...settings, minerPausesOnBattery: false, minerPausesWhileActive: false }),
    blockInterval: SECOND,
  })
  await sim.within(SECOND, chainHost.configure())
  const end = async () => {
    await sim.within(SECOND, miner.stop())
    await sim.within(SECOND, chainHost.stop())
    await sim.stop()
  }
  return { sim, miner, chainHost, settings, end }
}

test('more threads than the machine has are refused with its limit, and nothing of it is kept', async () => {
  const { sim, miner, chainHost, end } = await world()
  const kept: unknown[] = []
  const heartbeat = new Heartbeat(sim.host('other').clock)
  const set = async (changes: unknown) => kept.push(changes)
  const service = minerService({ miner, chainHost, heartbeat, set })
  const refusal = { fault: { code: 'TOO_MANY_THREADS', threads: 99, limit: 2 } }
  await expect(service.start({ threads: 99, address: ADDRESS })).rejects.toMatchObject(refusal)
  await expect(service.adjust({ threads: 99 })).rejects.toMatchObject(refusal)
  expect(kept).toEqual([])
  expect(miner.status()).toMatchObject({ state: 'off', threads: 1, maxThreads: 2 })
  await service.adjust({ threads: 2 })
  expect(kept).toEqual([{ minerThreads: 2 }])
  expect(miner.status().threads).toBe(2)
  await end()
})

test('rewards go to the address that is named, else to that of the settings, else to the last one', async () => {
  const { sim, miner, settings, end } = await world()
  await expect(miner.generate(1, undefined)).rejects.toMatchObject({ code: 'NO_ADDRESS' })
  await sim.within(SECOND, miner.generate(1, ADDRESS))
  await sim.within(SECOND, miner.generate(1, undefined))
  expect(miner.status().address).toBe(ADDRESS)
  settings.minerAddress = SCRIPT_HASH
  await sim.within(SECOND, miner.generate(1, undefined))
  expect(miner.status().address).toBe(SCRIPT_HASH)
  await end()
})

test('rewards mature while further blocks are made', async () => {
  const { sim, miner, end } = await world()
  await sim.within(10 * SECOND, miner.generate(105, ADDRESS))
  await sim.run(SECOND)
  const { matured, immatureBlocks } = miner.status()
  expect(matured).toBe(BigInt(105 - immatureBlocks) * 5_000_000_000n)
  expect(immatureBlocks).toBeLessThan(105)
  expect(immatureBlocks).toBeGreaterThanOrEqual(99)
  await end()
})
