/**
 * The public half of BIP 32: reads an account's extended public key, and makes the keys below it. Single keys are made by
 * libsecp256k1: a wallet has thousands, and JavaScript takes a millisecond for each.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { HDKey } from '@scure/bip32'
import { concatBytes, writeU32 } from '../../kernel/bytes.ts'
import type { AccountNetwork } from './account-network.ts'
import { addToPublicKey } from './curve.ts'
import { type BadAccountKey, KeyError } from './key-error.ts'

/** Indexes from here on are hardened: only a private key makes those. */
export const HARDENED = 0x8000_0000
/** m / purpose' / coin type' / account'. */
const ACCOUNT_DEPTH = 3

/** A public key and the 32 bytes that its children are made with. */
export interface PublicNode {
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array
  readonly chainCode: Uint8Array
}

/** @throws KeyError `BAD_ACCOUNT_KEY` */
export function readAccountKey(text: string, { versions }: AccountNetwork): PublicNode {
  const { depth, index, privateKey, publicKey, chainCode } = decode(text, versions)
  if (privateKey !== null) throw bad('private')
  if (depth !== ACCOUNT_DEPTH || index < HARDENED) throw bad('depth')
  if (publicKey === null || chainCode === null) throw bad('text')
  return { publicKey, chainCode }
}

/** The child at an index below `HARDENED`. @throws KeyError `NO_SUCH_KEY` */
export function childOf({ publicKey, chainCode }: PublicNode, index: number): PublicNode {
  if (!Number.isInteger(index) || index < 0 || index >= HARDENED) throw new KeyError({ code: 'NO_SUCH_KEY', index })
  const place = new Uint8Array(4)
  writeU32(place, 0, index)
  const digest = hmac(sha512, chainCode, concatBytes([publicKey, place]))
  try {
    return { publicKey: addToPublicKey(publicKey, digest.subarray(0, 32)), chainCode: digest.slice(32) }
  } catch {
    throw new KeyError({ code: 'NO_SUCH_KEY', index })
  }
}

function decode(text: string, versions: AccountNetwork['versions']): HDKey {
  try {
    return HDKey.fromExtendedKey(text, versions)
  } catch (error) {
    throw bad(error instanceof Error && error.message === 'Version mismatch' ? 'network' : 'text')
  }
}

function bad(reason: BadAccountKey): KeyError {
  return new KeyError({ code: 'BAD_ACCOUNT_KEY', reason })
}
