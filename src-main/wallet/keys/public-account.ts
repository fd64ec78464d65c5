/**
 * An account as it is known without its keys: every address, no way to spend. Keys are made from the account's extended
 * public key by BIP 32 and BIP 84 and kept, so that a scan that names all scripts again and again makes each once.
 * Limit: `MAX_KEPT_KEYS`; of each chain; beyond it those that were made first go and are made again.
 */
import { addressOfScript } from '../../chain/address/address.ts'
import { scriptOf } from '../../chain/address/output-script.ts'
import { hash160 } from '../../chain/primitives/hashes.ts'
import type { KeyChain, KeyPath, PublicAccount } from '../wallet-types.ts'
import type { AccountNetwork } from './account-network.ts'
import { childOf, type PublicNode, readAccountKey } from './extended-key.ts'

export const MAX_KEPT_KEYS = 50_000

interface Kept {
  readonly publicKey: Uint8Array
  readonly script: Uint8Array
}

/** @throws KeyError `BAD_ACCOUNT_KEY` where the text is no account's extended public key of the network */
export function openPublicAccount(
  extendedPublicKey: string,
  network: AccountNetwork,
  maxKept = MAX_KEPT_KEYS,
): PublicAccount {
  return new ExtendedPublicAccount(readAccountKey(extendedPublicKey, network), network, maxKept)
}

class ExtendedPublicAccount implements PublicAccount {
  readonly #network: AccountNetwork
  readonly #chains: readonly [PublicNode, PublicNode]
  readonly #maxKept: number
  /** By place; a `Map` remembers in which order they came. */
  readonly #kept: readonly [Map<number, Kept>, Map<number, Kept>] = [new Map(), new Map()]

  constructor(account: PublicNode, network: AccountNetwork, maxKept: number) {
    this.#network = network
    this.#chains = [childOf(account, 0), childOf(account, 1)]
    this.#maxKept = maxKept
  }

  scriptAt({ chain, index }: KeyPath): Uint8Array {
    return this.#keyAt(chain, index).script
  }

  addressAt({ chain, index }: KeyPath): string {
    return addressOfScript(this.#keyAt(chain, index).script, this.#network.addresses) as string
  }

  publicKeyAt({ chain, index }: KeyPath): Uint8Array {
    return this.#keyAt(chain, index).publicKey
  }

  #keyAt(chain: KeyChain, index: number): Kept {
    const kept = this.#kept[chain]
    const known = kept.get(index)
    if (known) return known
    const { publicKey } = childOf(this.#chains[chain], index)
    const made = { publicKey, script: scriptOf({ type: 'p2wpkh', hash: hash160(publicKey) }) }
    for (const oldest of kept.keys()) {
      if (kept.size < this.#maxKept) break
      kept.delete(oldest)
    }
    kept.set(index, made)
    return made
  }
}
