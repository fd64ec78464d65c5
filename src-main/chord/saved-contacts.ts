/** Members of the ring as bytes, to be kept for the next run: those of one address family, each as in a message. */
import { compactEndpoint, readEndpoint } from '../rpc/compact-endpoint.ts'
import { type ChordContact, contactAt, holdsItsPlace } from './contact.ts'
import { contactSize } from './wire/contact-bytes.ts'

export const MAX_SAVED_CONTACTS = 200

/** The first `MAX_SAVED_CONTACTS`; those whose endpoint has no compact form are left out. */
export function encodeSavedContacts(contacts: readonly ChordContact[]): Uint8Array {
  const parts = contacts.slice(0, MAX_SAVED_CONTACTS).flatMap(({ endpoint, slot }) => {
    const compact = compactEndpoint(endpoint)
    return compact ? [Uint8Array.of(...compact, slot)] : []
  })
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Those that stand where their address puts them. @throws RangeError where the bytes are no list of members of the family */
export function decodeSavedContacts(bytes: Uint8Array, family: 4 | 6): readonly ChordContact[] {
  const size = contactSize(family)
  if (bytes.length % size !== 0 || bytes.length > size * MAX_SAVED_CONTACTS)
    throw new RangeError(`${bytes.length} bytes are no members of the ring`)
  const contacts: ChordContact[] = []
  for (let at = 0; at < bytes.length; at += size) {
    const endpoint = readEndpoint(bytes, at, family === 4 ? 6 : 18)
    const contact = endpoint && contactAt(endpoint, bytes[at + size - 1] as number)
    if (contact && holdsItsPlace(contact)) contacts.push(contact)
  }
  return contacts
}
