/**
 * Items of BEP 44, whichever overlay keeps them: where one is stored, and what the owner of a mutable one signs.
 * A value is handled as its bencoding throughout, since hashes and signatures are over exactly those bytes.
 */
import { createHash } from 'node:crypto'
import { concatBytes, utf8 } from '../kernel/bytes.ts'
import type { Item, MutableItem } from '../kernel/key-value-store.ts'
import { publicKeyOf, signWith } from './ed25519.ts'

/** Bytes of a bencoded value. */
export const MAX_VALUE_BYTES = 1_000
export const MAX_SALT_BYTES = 64
export const MAX_SEQ = 2n ** 63n - 1n

/** Where an item is stored, 20 bytes: SHA-1 of the value, or of the public key and the salt. */
export function itemKey(item: Item): Uint8Array {
  return item.kind === 'immutable' ? sha1(item.value) : mutableKey(item.publicKey, item.salt)
}

/** Where the owner's item under `salt` is stored, 20 bytes. */
export function mutableKey(publicKey: Uint8Array, salt: Uint8Array): Uint8Array {
  return sha1(publicKey, salt)
}

/** The bytes that are signed: salt (left out when empty), seq and value, as they stand in a bencoded dictionary. */
export function signedBytes({ salt, seq, value }: Pick<MutableItem, 'salt' | 'seq' | 'value'>): Uint8Array {
  const head = salt.length > 0 ? [utf8(`4:salt${salt.length}:`), salt] : []
  return concatBytes([...head, utf8(`3:seqi${seq}e1:v`), value])
}

/** Signs a value. `seed` is the owner's private key (32 bytes). */
export function signItem(seed: Uint8Array, content: Pick<MutableItem, 'salt' | 'seq' | 'value'>): MutableItem {
  const { salt, seq, value } = content
  return {
    kind: 'mutable',
    value,
    publicKey: publicKeyOf(seed),
    salt,
    seq,
    signature: signWith(seed, signedBytes(content)),
  }
}

function sha1(...parts: Uint8Array[]): Uint8Array {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}
