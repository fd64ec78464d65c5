/**
 * The keys of an account, made from a seed by BIP 32 along BIP 84's path m/84'/coin type'/0'. Lives in the vault's process
 * only, while it is unlocked. What is made on the way is filled with zeros at once, the rest by `wipe`.
 */
import { HDKey } from '@scure/bip32'
import type { KeyPath } from '../wallet-types.ts'
import type { AccountNetwork } from './account-network.ts'
import { HARDENED } from './extended-key.ts'
import { KeyError } from './key-error.ts'

const PURPOSE = 84

export class PrivateAccount {
  /** Base58Check with the network's version bytes. */
  readonly extendedPublicKey: string
  /** Of the master key: eight hex digits. */
  readonly fingerprint: string
  readonly #chains: readonly [HDKey, HDKey]

  /** @param seed of BIP 39, 64 bytes; stays the caller's to wipe */
  constructor(seed: Uint8Array, { coinType, versions }: AccountNetwork) {
    const master = HDKey.fromMasterSeed(seed, versions)
    this.fingerprint = master.fingerprint.toString(16).padStart(8, '0')
    const purpose = takeChild(master, HARDENED + PURPOSE)
    const coin = takeChild(purpose, HARDENED + coinType)
    const account = takeChild(coin, HARDENED)
    this.extendedPublicKey = account.publicExtendedKey
    this.#chains = [account.deriveChild(0), account.deriveChild(1)]
    account.wipePrivateData()
  }

  /** 32 bytes, the caller's to wipe. @throws KeyError `NO_SUCH_KEY` */
  secretAt({ chain, index }: KeyPath): Uint8Array {
    if (!Number.isInteger(index) || index < 0 || index >= HARDENED) throw new KeyError({ code: 'NO_SUCH_KEY', index })
    const child = this.#chains[chain].deriveChild(index)
    const secret = child.privateKey
    child.wipePrivateData()
    if (secret === null || child.index !== index) throw new KeyError({ code: 'NO_SUCH_KEY', index })
    return secret
  }

  wipe(): void {
    for (const chain of this.#chains) chain.wipePrivateData()
  }
}

/** A child of a key that is of no more use. */
function takeChild(parent: HDKey, index: number): HDKey {
  const child = parent.deriveChild(index)
  parent.wipePrivateData()
  return child
}
