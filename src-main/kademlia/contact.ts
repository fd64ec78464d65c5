import { type AddressKey, addressKeys } from '../codec/address-keys.ts'
import { type Reach, reachOf } from '../codec/ip-reach.ts'
import type { Endpoint } from '../kernel/network.ts'
import { packedNode } from '../rpc/krpc-encode.ts'
import type { NodeContact } from '../rpc/krpc-message.ts'
import { NodeId } from './node-id.ts'
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

  /** The contact that a message names: always the same one for the same object. */
  static of(named: NodeContact): Contact {
    const known = contactsOf.get(named)
    if (known !== undefined) return known
    const contact = new Contact(NodeId.over(named.id), named.endpoint)
    contact.named = named
    contactsOf.set(named, contact)
    return contact
  }

  /** How far its address reaches. */
  get reach(): Reach {
    this.reaching ??= reachOf(this.endpoint.host)
    return this.reaching
  }

  /** As it stands in a message. */
  get wire(): NodeContact {
    if (this.named === undefined) {
      const node = { id: this.id.bytes, endpoint: this.endpoint }
      this.named = { ...node, packed: packedNode(node) }
      contactsOf.set(this.named, this)
    }
    return this.named
  }

  /** The same address and port, whatever the id. */
  isAt(other: Contact): boolean {
    return this.address === other.address && this.endpoint.port === other.endpoint.port
  }
}

const contactsOf = new WeakMap<NodeContact, Contact>()
