/**
 * What a node keeps for its next run: its id and contacts that have answered, as a bencoded dictionary
 * `{ id: 20 bytes, nodes: 26 bytes each, nodes6: 38 bytes each, since: seconds since 1970, version: 1 }` (compact contacts
 * of BEP 5 and BEP 32).
 *
 * Reading checks everything, as the file may be damaged or foreign: either all of it is right or the error says what is
 * not. The contacts are candidates to ask, not entries: only an answer makes an entry.
 * Limits: `MAX_SAVED_CONTACTS`, `MAX_SAVED_BYTES`.
 */
import { type BencodeMap, decodeBencode, encodeBencode } from '../codec/bencode.ts'
import { decodeEndpoints, encodeEndpoint, type Family } from '../codec/compact-endpoints.ts'
import { isUnicastIp } from '../codec/ip-address.ts'
import { concatBytes } from '../kernel/bytes.ts'
import { type Millis, SECOND } from '../kernel/clock.ts'

import { CodedError, type Fault, messageOf } from '../kernel/errors.ts'
import { Contact } from './contact.ts'
import { ID_BYTES, NodeId } from './node-id.ts'

/** A full table with enlarged buckets holds about 300; at least 200 are to be kept. */
export const MAX_SAVED_CONTACTS = 500
export const MAX_SAVED_BYTES = 32 * 1024
const VERSION = 1

export interface SavedState {
  readonly id: NodeId
  /** Calendar time since when we have had the id, in whole seconds (as Millis): it is kept for 30 days. */
  readonly idSince: Millis
  readonly contacts: readonly Contact[]
}

export type SavedStateFault = Fault & { readonly code: 'DAMAGED_STATE'; readonly what: string }

/** A saved state cannot be used; a node can always start without one. */
export class SavedStateError extends CodedError<SavedStateFault> {
  constructor(what: string, options?: ErrorOptions) {
    super(
      { code: 'DAMAGED_STATE', what },
      `The saved state of the DHT is damaged (${what}). Start anew without it.`,
      options,
    )
  }
}

/** The first `MAX_SAVED_CONTACTS` contacts are kept. */
export function encodeSavedState({ id, idSince, contacts }: SavedState): Uint8Array {
  const kept = contacts.slice(0, MAX_SAVED_CONTACTS)
  const compact = (length: number) =>
    concatBytes(
      kept.flatMap((contact) => {
        const endpoint = encodeEndpoint(contact.endpoint)
        return endpoint?.length === length ? [contact.id.bytes, endpoint] : []
      }),
    )
  const since = Math.max(0, Math.floor(idSince / SECOND))
  return encodeBencode({ id: id.bytes, nodes: compact(6), nodes6: compact(18), since, version: VERSION })
}

/** @throws SavedStateError `DAMAGED_STATE` on anything that `encodeSavedState` would not have made */
export function decodeSavedState(bytes: Uint8Array): SavedState {
  const state = dictionaryOf(bytes)
  if (state.get('version') !== VERSION) throw new SavedStateError('unknown version')
  const id = state.get('id')
  if (!(id instanceof Uint8Array) || id.length !== ID_BYTES) throw new SavedStateError('bad id')
  const since = state.get('since')
  if (typeof since !== 'number' || since < 0) throw new SavedStateError('bad time of the id')
  const self = NodeId.of(id)
  const contacts = [...contactsOf(state.get('nodes'), 4), ...contactsOf(state.get('nodes6'), 6)]
  if (contacts.length > MAX_SAVED_CONTACTS) throw new SavedStateError('too many contacts')
  const ids = new Set([self.key, ...contacts.map((contact) => contact.id.key)])
  if (ids.size !== contacts.length + 1) throw new SavedStateError('an id stands there twice')
  return { id: self, idSince: since * SECOND, contacts }
}

function dictionaryOf(bytes: Uint8Array): BencodeMap {
  let value: unknown
  try {
    value = decodeBencode(bytes, { maxBytes: MAX_SAVED_BYTES, maxDepth: 1, maxItems: 20 }).value
  } catch (error) {
    throw new SavedStateError(messageOf(error), { cause: error })
  }
  if (!(value instanceof Map)) throw new SavedStateError('not a dictionary')
  return value
}

function contactsOf(compact: unknown, family: Family): Contact[] {
  const size = ID_BYTES + (family === 4 ? 6 : 18)
  if (!(compact instanceof Uint8Array) || compact.length % size !== 0) throw new SavedStateError('bad contacts')
  return Array.from({ length: compact.length / size }, (_, index) => {
    const bytes = compact.subarray(index * size, (index + 1) * size)
    const [endpoint] = decodeEndpoints(bytes.subarray(ID_BYTES), family)
    const fits = endpoint && endpoint.host.includes(':') === (family === 6) && isUnicastIp(endpoint.host)
    if (!fits) throw new SavedStateError('bad address')
    return new Contact(NodeId.of(bytes.subarray(0, ID_BYTES)), endpoint)
  })
}
