import { type AddressKey, addressKeys } from '../codec/address-keys.ts'
import { type Reach, reachOf } from '../codec/ip-reach.ts'
import type { Endpoint } from '../kernel/network.ts'
import { packedNode } from '../rpc/krpc-encode.ts'
import type { NodeContact } from '../rpc/krpc-message.ts'
import { NodeId } from './node-id.ts'
import { isUsable } from './reach.ts'
import { isSecureId } from './secure-id.ts'

/** A node and where it is. Immutable, and shared by all tables and lookups that know it. */
export class Contact {
  readonly id: NodeId
  readonly endpoint: Endpoint
  /** The IP address. */
  readonly address: AddressKey
  /** Its /24, or /64 for IPv6: what one party usually owns. */
  readonly network: AddressKey
  private secureness: boolean | undefined
  private reaching: Reach | undefined
  private usableBy: 4 | 6 | 'none' | undefined
  private named: NodeContact | undefined

  constructor(id: NodeId, endpoint: Endpoint) {
    this.id = id
    this.endpoint = endpoint
    const { address, network } = addressKeys(endpoint.host)
    this.address = address
    this.network = network
  }

  /** Whether the id fits the address (BEP 42). */
  get secure(): boolean {
    this.secureness ??= isSecureId(this.id, this.endpoint.host)
    return this.secureness
  }

  /** The contact that a message names: the very one that was put into it, where the message has not been bytes in between. */
  static of(named: NodeContact): Contact {
    return NamedContact.contactOf(named) ?? new Contact(NodeId.over(named.id), named.endpoint)
  }

  /** Whether a packet can go there by a socket of this family. */
  isUsable(family: 4 | 6): boolean {
    this.usableBy ??= isUsable(this.endpoint, 4) ? 4 : isUsable(this.endpoint, 6) ? 6 : 'none'
    return this.usableBy === family
  }

  /** How far its address reaches. */
  get reach(): Reach {
    this.reaching ??= reachOf(this.endpoint.host)
    return this.reaching
  }

  /** As it stands in a message. */
  get wire(): NodeContact {
    this.named ??= new NamedContact(this)
    return this.named
  }

  /** The same address and port, whatever the id. */
  isAt(other: Contact): boolean {
    return this.address === other.address && this.endpoint.port === other.endpoint.port
  }
}

/** A contact as messages name it. Private, so that nothing of the contact is part of the message. */
class NamedContact implements NodeContact {
  readonly id: Uint8Array
  readonly endpoint: Endpoint
  readonly packed: Uint8Array | undefined
  readonly #contact: Contact

  constructor(contact: Contact) {
    this.id = contact.id.bytes
    this.endpoint = contact.endpoint
    this.packed = packedNode(this)
    this.#contact = contact
  }

  static contactOf(named: NodeContact): Contact | undefined {
    return #contact in named ? named.#contact : undefined
  }
}
