/**
 * What is kept of the ring's members between runs, one record for each address family. One that cannot be read is dropped with
 * a line in the log.
 */
import type { ChordContact } from '../../chord/contact.ts'
import { decodeSavedContacts, encodeSavedContacts, MAX_SAVED_CONTACTS } from '../../chord/saved-contacts.ts'
import type { Clock } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { ChordRepository } from '../../storage/chord-repository.ts'

type Records = Pick<ChordRepository, 'contacts' | 'saveContacts' | 'removeContacts'>

export interface KeptRingParts {
  readonly records: { readonly 4: Records; readonly 6: Records }
  readonly clock: Clock
  readonly log: Log
}

export class KeptRing {
  private readonly parts: KeptRingParts

  constructor(parts: KeptRingParts) {
    this.parts = parts
  }

  /** Members to begin with at this local address; undefined where none are known. */
  load(address: string): readonly ChordContact[] | undefined {
    const family = familyOf(address)
    const records = this.parts.records[family]
    try {
      const record = records.contacts()
      const contacts = record ? decodeSavedContacts(record.bytes, family) : []
      return contacts.length > 0 ? contacts : undefined
    } catch (error) {
      this.parts.log.write('warn', 'kept members of the ring are damaged and dropped', {
        family,
        message: messageOf(error),
      })
      this.guarded('damaged members not removed', () => records.removeContacts())
      return undefined
    }
  }

  /** Keeps whom a node knows; where those are few, with some of those that it `began` with. */
  save(address: string, contacts: readonly ChordContact[], began: readonly ChordContact[] | undefined): void {
    const met = new Set(contacts.map(({ id }) => id.key))
    const others = (began ?? []).filter(({ id }) => !met.has(id.key))
    const kept = [...contacts, ...others].slice(0, MAX_SAVED_CONTACTS)
    const { records, clock } = this.parts
    this.guarded('members of the ring not kept', () =>
      records[familyOf(address)].saveContacts(encodeSavedContacts(kept), clock.wallTime()),
    )
  }

  /** A database that refuses loses nothing but this: the next time it is tried again. */
  private guarded(what: string, act: () => void): void {
    try {
      act()
    } catch (error) {
      this.parts.log.write('warn', what, { code: codeOf(error), message: messageOf(error) })
    }
  }
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}
