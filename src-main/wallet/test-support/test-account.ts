/** An account of tests: a key of its own for each path, without BIP 32, and a signer that has them all. */
import { addressOfScript } from '../../chain/address/address.ts'
import { networks } from '../../chain/consensus/networks.ts'
import { SighashType } from '../../chain/script/sighash-type.ts'
import { SharedSighashes, witnessSighash } from '../../chain/script/sighash-witness.ts'
import { TestKey } from '../../chain/test-support/test-keys.ts'
import { concatBytes, toHex } from '../../kernel/bytes.ts'
import { derOf, signLowR } from '../keys/curve.ts'
import type { KeyPath, PublicAccount, SigningRequest } from '../wallet-types.ts'

/** Numbers of keys of one account, and of one chain of it. */
const KEYS_OF_ACCOUNT = 10_000_000
const KEYS_OF_CHAIN = 1_000_000

export class TestAccount implements PublicAccount {
  readonly #number: number
  readonly #keys = new Map<string, TestKey>()
  readonly #paths = new Map<string, KeyPath>()

  constructor(number = 1) {
    this.#number = number
  }

  keyAt({ chain, index }: KeyPath): TestKey {
    const name = `${chain}/${index}`
    const known = this.#keys.get(name)
    if (known) return known
    const key = new TestKey(this.#number * KEYS_OF_ACCOUNT + chain * KEYS_OF_CHAIN + index)
    this.#keys.set(name, key)
    this.#paths.set(toHex(key.p2wpkh), { chain, index })
    return key
  }

  scriptAt(path: KeyPath): Uint8Array {
    return this.keyAt(path).p2wpkh
  }

  addressAt(path: KeyPath): string {
    return addressOfScript(this.scriptAt(path), networks.local.addresses) as string
  }

  publicKeyAt(path: KeyPath): Uint8Array {
    return this.keyAt(path).publicKey
  }

  /** Of keys that were asked for before. */
  pathOf(script: Uint8Array): KeyPath | undefined {
    return this.#paths.get(toHex(script))
  }

  /** Witness stacks, as the vault gives them. */
  sign({ transaction, inputs }: SigningRequest): Uint8Array[][] {
    const shared = new SharedSighashes(transaction)
    return inputs.map(({ value, path }, index) => {
      const key = this.keyAt(path)
      const digest = witnessSighash(shared, index, key.p2pkh, value, SighashType.ALL)
      return [concatBytes([derOf(signLowR(digest, key.secret)), Uint8Array.of(SighashType.ALL)]), key.publicKey]
    })
  }
}
