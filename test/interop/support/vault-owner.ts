/** A program that has a vault, and says where it is: to be killed. */
import { createClock } from '../../../src-main/host/clock.ts'
import { sourceScripts } from '../../../src-main/host/source-scripts.ts'
import { createVaultProcesses } from '../../../src-main/host/vault-processes.ts'
import { silentLog } from '../../../src-main/kernel/log.ts'
import { MemoryKeyStore } from '../../../src-main/wallet/test-support/memory-key-store.ts'
import { createVault } from '../../../src-main/wallet/vault/create-vault.ts'

const [socket = ''] = process.argv.slice(2)
const processes = createVaultProcesses(sourceScripts.vault)
const vault = createVault({
  ...{ processes, socket, network: 'local', lockAfter: 10, clock: createClock(), log: silentLog },
  store: new MemoryKeyStore(),
})
await vault.open()
process.stdout.write('open\n')
