/**
 * The public half of BIP 32 for one network: reads an account's extended public key and makes the keys below it.
 * The text is Base58Check of version (4 bytes) · depth · parent's fingerprint (4) · index (4) · chain code (32) · key (33).
 */

import { hmac } from '@noble/hashes/hmac.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { createBase58check } from '@scure/base'
import { sha256 } from '../../chain/primitives/hashes.ts'
import { concatBytes, readU32, writeU32 } from '../../kernel/bytes.ts'
import type { AccountNetwork } from './account-network.ts'
import { addToPublicKey, isPublicKey } from './curve.ts'
import { KeyError } from './key-error.ts'

/** Indexes from here on are hardened: only a private key makes those. */
export const HARDENED = 0x8000_0000
/** m / purpose' / coin type' / account'. */
const ACCOUNT_DEPTH = 3
const EXTENDED_KEY_BYTES = 78

const base58check = createBase58check((bytes: Uint8Array) => sha256(bytes))

/** A public key and the 32 bytes that its children are made with. */
export interface PublicNode {
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array
  readonly chainCode: Uint8Array
}

/** @throws KeyError `BAD_ACCOUNT_KEY` */
export function readAccountKey(text: string, network: AccountNetwork): PublicNode {
  const bytes = decode(text)
  const version = readU32(bytes, 0)
  if (version === network.versions.private) throw bad('private')
  if (version !== network.versions.public) throw bad('network')
  if (bytes[4] !== ACCOUNT_DEPTH || readU32(bytes, 9) < HARDENED) throw bad('depth')
  const publicKey = bytes.slice(45)
  if (!isPublicKey(publicKey)) throw bad('text')
  return { publicKey, chainCode: bytes.slice(13, 45) }
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

function decode(text: string): Uint8Array {
  try {
    const bytes = base58check.decode(text)
    if (bytes.length === EXTENDED_KEY_BYTES) return bytes
  } catch {}
  throw bad('text')
}

function bad(reason: 'text' | 'network' | 'private' | 'depth'): KeyError {
  return new KeyError({ code: 'BAD_ACCOUNT_KEY', reason })
}
