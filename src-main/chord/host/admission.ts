/** Who may be of our ring, and who is ourselves. */
import type { Endpoint } from '../../kernel/network.ts'
import { areSiblings, type ChordContact, holdsItsPlace } from '../contact.ts'
import type { ChordPort } from '../wire/chord-port.ts'
import type { OwnAddress } from './own-address.ts'
import type { VirtualNode } from './virtual-nodes.ts'

export interface AdmissionParts {
  readonly port: Pick<ChordPort, 'self' | 'local'>
  readonly address: OwnAddress
  /** Our virtual node in a slot. */
  readonly nodeAt: (slot: number) => VirtualNode | undefined
}

export class Admission {
  private readonly parts: AdmissionParts

  constructor(parts: AdmissionParts) {
    this.parts = parts
  }

  /** Whether our own contacts stand there, or will. */
  isOwn({ host, port }: Endpoint): boolean {
    const { port: wire, address } = this.parts
    const { self = { host: address.host, port: wire.local.port } } = wire
    return self.host === host && self.port === port
  }

  /** Whether another host of our ring may be there. */
  admitsHost(endpoint: Endpoint): boolean {
    return this.parts.address.admits(endpoint) && !this.isOwn(endpoint)
  }

  /** Whether it may be a member of our ring; none but ourselves stands at a place of ours. */
  readonly admits = (contact: ChordContact): boolean => {
    if (!this.parts.address.admits(contact.endpoint) || !holdsItsPlace(contact)) return false
    const own = this.parts.nodeAt(contact.slot)?.member
    const isOurs = own?.phase === 'member' && own.self.id.equals(contact.id)
    return !isOurs || areSiblings(own.self, contact)
  }
}
