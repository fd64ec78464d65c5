/** The item that a call asks to be stored: checked, and signed where it has an owner. */
import { decodeBencode } from '../../codec/bencode.ts'
import { publicKeyOf } from '../../items/ed25519.ts'
import { MAX_SALT_BYTES, MAX_SEQ, MAX_VALUE_BYTES, mutableKey, signItem } from '../../items/item.ts'
import { fromHex } from '../../kernel/bytes.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import { OverlaysError } from './overlays-error.ts'

const MAX_DEPTH = 32

export interface ItemRequest {
  readonly value: Uint8Array
  /** The owner's ed25519 private key, 32 bytes in hex; without it the item is immutable. */
  readonly seed?: string | undefined
  /** At most 64 bytes in hex. */
  readonly salt?: string | undefined
  /** One more than what is there when left out. */
  readonly seq?: bigint | undefined
}

/**
 * @param newest finds the `seq` that is stored now, undefined where there is none
 * @throws OverlaysError BAD_VALUE, and what `newest` rejects with
 */
export async function itemToPut(
  { value, seed, salt: saltText, seq }: ItemRequest,
  newest: (target: Uint8Array, salt: Uint8Array) => Promise<bigint | undefined>,
): Promise<Item> {
  refuseUnlessBencoded(value)
  if (seed === undefined) {
    if (saltText !== undefined || seq !== undefined) throw bad('a salt and a sequence number need a key to sign with')
    return { kind: 'immutable', value }
  }
  const key = fromHex(seed)
  const salt = fromHex(saltText ?? '')
  if (salt.length > MAX_SALT_BYTES) throw bad(`the salt has over ${MAX_SALT_BYTES} bytes`)
  const next = seq ?? ((await newest(mutableKey(publicKeyOf(key), salt), salt)) ?? 0n) + 1n
  if (next > MAX_SEQ) throw bad('the sequence number is over 2^63 - 1')
  return signItem(key, { salt, seq: next, value })
}

/** Other programs build a value and write it anew: what is not in the one canonical form would get another hash there. */
function refuseUnlessBencoded(value: Uint8Array): void {
  let isSorted: boolean
  try {
    const { flags } = decodeBencode(value, { maxBytes: MAX_VALUE_BYTES, maxDepth: MAX_DEPTH })
    isSorted = !flags.unsortedKeys
  } catch (error) {
    throw bad(messageOf(error).split(/[;.]/, 1)[0] as string)
  }
  if (!isSorted) throw bad('the keys of a dictionary are not in order')
}

function bad(why: string): OverlaysError {
  return new OverlaysError({ code: 'BAD_VALUE', why })
}
