import { expect, test } from 'vitest'
import { ClientError } from '#shared/contract/client/client-error.ts'
import { createClient } from '#shared/contract/client/clients.ts'
import { vault as channel } from '#shared/contract/vault-channel.ts'
import { connectAt } from '../engine/serving/local-client.ts'
import { MINUTE } from '../kernel/clock.ts'
import { MemoryKeyStore } from '../wallet/test-support/memory-key-store.ts'
import { createVault } from '../wallet/vault/create-vault.ts'
import { Simulation } from './simulation.ts'
import { simulatedVaults } from './vault.ts'

const faults = {
  missing: (cause: string) => new ClientError('NO_VAULT', cause),
  lost: () => new ClientError('CONNECTION_LOST', 'It has ended.'),
}

async function run(seed: number): Promise<{ checksum: string; words: readonly string[] }> {
  const sim = new Simulation({ seed })
  const host = sim.host('wallet', { vaultProcesses: simulatedVaults })
  const store = new MemoryKeyStore()
  const { clock, log, vaultProcesses: processes } = host
  const vault = createVault({
    processes,
    store,
    clock,
    log,
    network: 'local',
    socket: '/profile/vault.sock',
    lockAfter: 10,
  })
  const work = async (): Promise<readonly string[]> => {
    const { socket } = await vault.open()
    const connection = await connectAt(host.localSockets, socket, faults)
    const client = createClient(connection.transport, channel)
    const { words } = await client.create({ password: 'correct horse' })
    const { positions } = await client.challenge()
    await client.confirm({ words: positions.map((position) => words[position - 1] ?? '') })
    connection.close()
    return words
  }
  const words = await sim.within(MINUTE, work())
  expect([vault.state.locked, store.account?.wordsConfirmed]).toEqual([false, true])
  // Nobody uses it: it locks by itself, and its process is gone.
  await sim.run(11 * MINUTE)
  expect(vault.state).toEqual({ locked: true, locksAt: undefined })
  await sim.within(MINUTE, vault.stop())
  await sim.stop()
  return { checksum: sim.checksum, words }
}

test('a simulated host runs the vault’s process, the same again by seed, and nothing of it is left over', async () => {
  const first = await run(7)
  expect(first.words).toHaveLength(12)
  expect(await run(7)).toEqual(first)
  expect((await run(8)).words).not.toEqual(first.words)
})
