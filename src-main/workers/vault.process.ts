/** The process that holds the wallet's keys: the only place where words, passwords and private keys are in memory. */
import { createClock } from '../host/clock.ts'
import { createKeyDerivation } from '../host/key-derivation.ts'
import { createLocalSockets } from '../host/local-sockets.ts'
import { createRandom } from '../host/random.ts'
import { shutOff, vaultParent } from '../host/vault-parent.ts'
import { DEFAULT_COST } from '../wallet/vault/sealed-keys.ts'
import { serveVault } from '../wallet/vault/serve-vault.ts'

shutOff('shoal-vault')

const { link, ports } = vaultParent()
serveVault(link, {
  derivation: createKeyDerivation(),
  cost: DEFAULT_COST,
  random: createRandom(),
  clock: createClock(),
  localSockets: createLocalSockets(),
  ports,
  end: () => process.exit(0),
})
