import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabases } from '../../host/database.ts'
import { createFileStore } from '../../host/files.ts'
import { MINUTE } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { HASTY_NETWORK } from '../test-support/recorded-chain.ts'
import { testsOfChainStores } from '../test-support/tests-of-chain-stores.ts'
import { MemoryChainStore } from './memory-chain-store.ts'
import { openChainStore } from './open-chain-store.ts'

const OPTIONS = {
  network: HASTY_NETWORK,
  mode: 'archive',
  keep: { blocks: 288 },
  indexes: { transactions: true, filters: true },
} as const

testsOfChainStores('MemoryChainStore', () => ({ store: new MemoryChainStore(), close() {} }))

testsOfChainStores('SqliteChainStore on a disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-chain-'))
  const ports = { databases: createDatabases(), files: createFileStore() }
  const open = async () => (await openChainStore(ports, { ...OPTIONS, path: join(folder, 'chain.db') })).store
  let store = await open()
  return {
    store,
    async reopen() {
      store.close()
      store = await open()
      return store
    },
    close() {
      store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
})

testsOfChainStores('SqliteChainStore in memory, without indexes', async () => {
  const sim = new Simulation({ seed: 1 })
  const { databases, files } = sim.host()
  await sim.within(MINUTE, files.makeDirectory('/profile'))
  const options = { ...OPTIONS, indexes: { transactions: false, filters: false }, path: '/profile/chain.db' }
  const open = async () => (await sim.within(MINUTE, openChainStore({ databases, files }, options))).store
  let store = await open()
  return {
    store,
    async reopen() {
      store.close()
      store = await open()
      return store
    },
    async close() {
      store.close()
      await sim.stop()
    },
  }
})
