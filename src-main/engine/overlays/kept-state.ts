/**
 * What is kept of our DHT nodes between runs, one record for each local address (`kademlia/saved-state.ts`).
 *
 * A record that cannot be read is dropped with a line in the log; the node begins anew. A node without a record of its
 * own begins with a new id and the contacts of the other nodes of its family, so that a machine that has moved to another
 * network need not ask a router.
 */
import type { Contact } from '../../kademlia/contact.ts'
import { NodeId } from '../../kademlia/node-id.ts'
import { decodeSavedState, encodeSavedState, MAX_SAVED_CONTACTS, type SavedState } from '../../kademlia/saved-state.ts'
import type { Clock } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Random } from '../../kernel/random.ts'
import type { KademliaStateRepository } from '../../storage/kademlia-state-repository.ts'

/** A node that has met fewer since it began keeps some of those that it began with. */
export const KEPT_CONTACTS = 200

export interface KeptStateParts {
  readonly records: Pick<KademliaStateRepository, 'get' | 'put' | 'all' | 'remove'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export class KeptState {
  private readonly parts: KeptStateParts

  constructor(parts: KeptStateParts) {
    this.parts = parts
  }

  /** What the node at this local address begins with; undefined where nothing at all is known. */
  load(address: string): SavedState | undefined {
    const own = this.read(address)
    if (own) return own
    const contacts = this.contactsOfOthers(address)
    if (contacts.length === 0) return undefined
    const { clock, random } = this.parts
    return { id: NodeId.random(random), idSince: clock.wallTime(), contacts }
  }

  /**
   * Keeps what a node has; where that is little (it has just begun, or nobody could be reached) with some of what it
   * `began` with. A database that refuses loses nothing but this: the next time it is tried again.
   */
  save(address: string, state: SavedState, began: SavedState | undefined): void {
    const { records, clock, log } = this.parts
    const contacts = new Map(state.contacts.map((contact) => [contact.id.key, contact]))
    for (const contact of began?.contacts ?? []) {
      if (contacts.size >= KEPT_CONTACTS) break
      if (!contact.id.equals(state.id) && !contacts.has(contact.id.key)) contacts.set(contact.id.key, contact)
    }
    try {
      records.put(address, encodeSavedState({ ...state, contacts: [...contacts.values()] }), clock.wallTime())
    } catch (error) {
      log.write('warn', 'state not kept', { address, code: codeOf(error), message: messageOf(error) })
    }
  }

  private contactsOfOthers(address: string): Contact[] {
    const found = new Map<string, Contact>()
    for (const { node } of this.parts.records.all()) {
      if (node === address || node.includes(':') !== address.includes(':')) continue
      for (const contact of this.read(node)?.contacts ?? []) {
        if (found.size >= MAX_SAVED_CONTACTS) return [...found.values()]
        found.set(contact.id.key, contact)
      }
    }
    return [...found.values()]
  }

  private read(address: string): SavedState | undefined {
    const { records, log } = this.parts
    const record = records.get(address)
    if (!record) return undefined
    try {
      return decodeSavedState(record.bytes)
    } catch (error) {
      log.write('warn', 'kept state is damaged and dropped', { address, message: messageOf(error) })
      this.forget(address)
      return undefined
    }
  }

  private forget(address: string): void {
    const { records, log } = this.parts
    try {
      records.remove(address)
    } catch (error) {
      log.write('warn', 'damaged state not removed', { address, code: codeOf(error) })
    }
  }
}
