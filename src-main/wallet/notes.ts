/** What the person has written down: labels and contacts, in memory as in wallet.db. Text only, cleaned on its way in. */
import { createHash } from 'node:crypto'
import { MAX_LABEL_CHARACTERS } from '#shared/contract/wallet.ts'
import { toHex, utf8 } from '../kernel/bytes.ts'
import { MAX_LABELS } from './labels/bip329.ts'
import { plainText } from './plain-text.ts'
import type { Contact, Label, LabelRepository, LabelType } from './store/label-repository.ts'
import { WalletError } from './wallet-error.ts'

export const MAX_CONTACTS = 10_000
const MAX_NAME_CHARACTERS = 100
const ID_DIGITS = 16

export class Notes {
  readonly #repository: LabelRepository
  readonly #labels = new Map<string, Label>()
  readonly #contacts = new Map<string, Contact>()
  /** By address: of several the one that was written down last. */
  readonly #byAddress = new Map<string, Contact>()
  #version = 0

  constructor(repository: LabelRepository) {
    this.#repository = repository
    for (const label of repository.labels()) this.#labels.set(keyOf(label.type, label.ref), label)
    for (const contact of repository.contacts()) this.#keep(contact)
  }

  /** Grows with each change. */
  get version(): number {
    return this.#version
  }

  get labels(): Iterable<Label> {
    return this.#labels.values()
  }

  /** By name. */
  get contacts(): readonly Contact[] {
    return [...this.#contacts.values()].sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
  }

  labelOf(type: LabelType, ref: string): string {
    return this.#labels.get(keyOf(type, ref))?.label ?? ''
  }

  /** Empty removes it. @throws WalletError `TOO_MANY_LABELS` */
  setLabel(type: LabelType, ref: string, text: string): void {
    const label = { type, ref, label: plainText(text, MAX_LABEL_CHARACTERS) }
    const key = keyOf(type, ref)
    if (label.label !== '' && !this.#labels.has(key) && this.#labels.size >= MAX_LABELS)
      throw new WalletError({ code: 'TOO_MANY_LABELS', limit: MAX_LABELS })
    this.#repository.setLabel(label)
    if (label.label === '') this.#labels.delete(key)
    else this.#labels.set(key, label)
    this.#version++
  }

  contactOf(address: string): string | undefined {
    return this.#byAddress.get(address)?.name
  }

  /** `address` is one, in its usual form. @throws WalletError `TOO_MANY_CONTACTS`, `CONTACT_EXISTS` */
  setContact(written: Omit<Contact, 'id'> & { readonly id?: string | undefined }): Contact {
    const id = written.id ?? this.#newId(written.address)
    if (!this.#contacts.has(id) && this.#contacts.size >= MAX_CONTACTS)
      throw new WalletError({ code: 'TOO_MANY_CONTACTS', limit: MAX_CONTACTS })
    const contact = {
      id,
      // A name of characters that are not seen is still to be found in a list.
      name: plainText(written.name, MAX_NAME_CHARACTERS) || written.address.slice(0, MAX_NAME_CHARACTERS),
      address: written.address,
      note: plainText(written.note, MAX_LABEL_CHARACTERS),
    }
    if (this.#hasTwin(contact)) throw new WalletError({ code: 'CONTACT_EXISTS', name: contact.name })
    this.#repository.setContact(contact)
    this.#forget(id)
    this.#keep(contact)
    this.#version++
    return contact
  }

  /** @throws WalletError `NO_SUCH_CONTACT` */
  removeContact(id: string): void {
    if (!this.#contacts.has(id)) throw new WalletError({ code: 'NO_SUCH_CONTACT' })
    this.#repository.removeContact(id)
    this.#forget(id)
    this.#version++
  }

  /** Another with its name, as people look for it, and its address. */
  #hasTwin({ id, name, address }: Contact): boolean {
    if (!this.#byAddress.has(address)) return false
    const sought = name.toLowerCase()
    for (const other of this.#contacts.values())
      if (other.address === address && other.id !== id && other.name.toLowerCase() === sought) return true
    return false
  }

  #keep(contact: Contact): void {
    this.#contacts.set(contact.id, contact)
    this.#byAddress.set(contact.address, contact)
  }

  #forget(id: string): void {
    const known = this.#contacts.get(id)
    if (known === undefined) return
    this.#contacts.delete(id)
    this.#byAddress.delete(known.address)
    const other = [...this.#contacts.values()].findLast(({ address }) => address === known.address)
    if (other) this.#byAddress.set(other.address, other)
  }

  /** Any that is free: it names the contact here and nowhere else. */
  #newId(address: string): string {
    for (let n = this.#contacts.size; ; n++) {
      const digest = createHash('sha256')
        .update(utf8(`${address} ${n}`))
        .digest()
      const id = toHex(digest).slice(0, ID_DIGITS)
      if (!this.#contacts.has(id)) return id
    }
  }
}

function keyOf(type: LabelType, ref: string): string {
  return `${type} ${ref}`
}
