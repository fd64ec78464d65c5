/**
 * What every keeper of items checks (BEP 44), with that document's error codes: sizes, then the order of versions, then the
 * signature, as checking that costs most.
 */
import { bytesEqual } from '../kernel/bytes.ts'
import type { Item, MutableItem } from '../kernel/key-value-store.ts'
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from './ed25519.ts'
import { MAX_SALT_BYTES, MAX_SEQ, MAX_VALUE_BYTES, signedBytes } from './item.ts'

/** BEP 44's error codes, and 202 (BEP 5, server error) where we have no room. */
export type PutErrorCode = 202 | 203 | 205 | 206 | 207 | 301 | 302
export interface Refusal {
  readonly ok: false
  readonly code: PutErrorCode
  readonly message: string
}

/** Checks an Ed25519 signature: key of 32 bytes, message, signature of 64. */
export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean

/** Why this can be no item of anybody's; undefined where it can. */
export function shapeFault(item: Item): Refusal | undefined {
  if (item.value.length > MAX_VALUE_BYTES) return fault(205, `Value over ${MAX_VALUE_BYTES} bytes`)
  if (item.kind === 'immutable') return undefined
  if (item.salt.length > MAX_SALT_BYTES) return fault(207, `Salt over ${MAX_SALT_BYTES} bytes`)
  if (item.seq < 0n || item.seq > MAX_SEQ) return fault(203, 'Sequence number out of range')
  if (item.publicKey.length !== PUBLIC_KEY_BYTES) return fault(203, `Public key is not ${PUBLIC_KEY_BYTES} bytes`)
  return item.signature.length === SIGNATURE_BYTES ? undefined : fault(206, 'Invalid signature')
}

/** Why `item` may not replace what is stored; undefined where it may. */
export function versionFault(
  item: MutableItem,
  stored: Item | undefined,
  cas: bigint | undefined,
): Refusal | undefined {
  if (stored?.kind !== 'mutable') return undefined
  if (cas !== undefined && cas !== stored.seq) return fault(301, `Sequence number is ${stored.seq}, not ${cas}`)
  if (item.seq < stored.seq) return fault(302, `Sequence number below the current ${stored.seq}`)
  const changed = item.seq === stored.seq && !bytesEqual(item.value, stored.value)
  return changed ? fault(302, `Another value has sequence number ${stored.seq}`) : undefined
}

/** Whether it is the very version that is stored, so that its signature need not be checked again. */
export function isSameVersion(item: MutableItem, stored: Item): boolean {
  return (
    stored.kind === 'mutable' &&
    item.seq === stored.seq &&
    bytesEqual(item.signature, stored.signature) &&
    bytesEqual(item.value, stored.value)
  )
}

export function fault(code: PutErrorCode, message: string): Refusal {
  return { ok: false, code, message }
}

/** Bytes from outside may be views into memory that is used again. */
export function copyOf(item: Item): Item {
  if (item.kind === 'immutable') return { ...item, value: item.value.slice() }
  const { value, publicKey, salt, signature } = item
  return {
    ...item,
    value: value.slice(),
    publicKey: publicKey.slice(),
    salt: salt.slice(),
    signature: signature.slice(),
  }
}

export function isGenuine(item: MutableItem, verify: VerifySignature): boolean {
  return verify(item.publicKey, signedBytes(item), item.signature)
}

/** The better of two: any before none, the higher `seq` before the lower, the first before the second. */
export function newer(a: Item | undefined, b: Item | undefined): Item | undefined {
  if (a?.kind === 'mutable' && b?.kind === 'mutable') return b.seq > a.seq ? b : a
  return a ?? b
}
