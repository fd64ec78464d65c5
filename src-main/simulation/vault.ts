/** The process that holds a wallet's keys on a simulated host: its program runs in this one, and its work costs next to nothing. */
import { scrypt } from '@noble/hashes/scrypt.js'
import type { KeyDerivation, ScryptCost } from '../kernel/key-derivation.ts'
import type { HandedLink, VaultProcesses } from '../kernel/vault-process.ts'
import { serveVault } from '../wallet/vault/serve-vault.ts'
import type { SimulatedHost } from './host.ts'
import { simulatedThread } from './thread-link.ts'

export const CHEAP_COST: ScryptCost = { log2N: 1, r: 1, p: 1 }
/** The real function, on this thread. */
export const inlineDerivation: KeyDerivation = {
  scrypt: async (password, salt, { log2N, r, p }, length) =>
    scrypt(password, salt, { N: 2 ** log2N, r, p, dkLen: length }),
}

/** For `HostOptions.vaultProcesses`. Ends of channels that are handed over are `HandedLink`s. */
export function simulatedVaults(host: SimulatedHost): VaultProcesses {
  let starts = 0
  return {
    start() {
      const random = host.random.split(`vault ${++starts}`)
      const { clock, localSockets } = host
      let accept: ((port: HandedLink) => void) | undefined
      const link = simulatedThread(clock, (parent, end) =>
        serveVault(parent, {
          ...{ derivation: inlineDerivation, cost: CHEAP_COST, random, clock, localSockets, end },
          ports: (taken) => {
            accept = taken
          },
        }),
      )
      return { ...link, hand: (end) => accept?.(end as HandedLink) }
    },
  }
}
