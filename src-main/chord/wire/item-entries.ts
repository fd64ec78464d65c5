/**
 * An item of BEP 44 as entries of a dictionary: `k`, `salt`, `seq` and `sig` as there, of a mutable one only, and under `v` the
 * bencoded value as a byte string. That its hash or signature fits is checked by whoever keeps it.
 */
import type { BencodeDictionary } from '../../codec/bencode-read.ts'
import { scanBencode } from '../../codec/bencode-scan.ts'
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../../items/ed25519.ts'
import { MAX_SALT_BYTES, MAX_SEQ, MAX_VALUE_BYTES } from '../../items/item.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import type { KrpcWriter } from '../../rpc/krpc-writer.ts'

const MAX_VALUE_DEPTH = 16

export function writeItem(to: KrpcWriter, item: Item): void {
  if (item.kind === 'mutable') {
    to.text('k').bytes(item.publicKey)
    if (item.salt.length > 0) to.text('salt').bytes(item.salt)
    to.text('seq').integer(item.seq).text('sig').bytes(item.signature)
  }
  to.text('v').bytes(item.value)
}

/** Copies what it keeps. @throws BencodeError that names what is missing, too long, or no bencoding */
export function readItem(from: BencodeDictionary): Item {
  const value = from.bytes('v', { max: MAX_VALUE_BYTES }).slice()
  scanBencode(value, { maxDepth: MAX_VALUE_DEPTH })
  if (!from.has('k')) return { kind: 'immutable', value }
  return {
    kind: 'mutable',
    value,
    publicKey: from.bytes('k', PUBLIC_KEY_BYTES).slice(),
    salt: from.has('salt') ? from.bytes('salt', { max: MAX_SALT_BYTES }).slice() : new Uint8Array(),
    seq: readSequence(from, 'seq'),
    signature: from.bytes('sig', SIGNATURE_BYTES).slice(),
  }
}

/** @throws BencodeError where it is not from 0 to 2^63 - 1 */
export function readSequence(from: BencodeDictionary, key: 'seq' | 'cas'): bigint {
  return from.bigInteger(key, { min: 0n, max: MAX_SEQ })
}
