/**
 * Who in a lookup claims which id and which /24 (IPv6: /64). One answer of each counts, and until it has come one candidate
 * of each teller, at most `MAX_CLAIMS` that are neither answered nor slow: a hostile teller may name a true id at a false
 * address, or invent ids in the networks of true nodes, and must not keep those out.
 */
import type { AddressKey } from '../codec/address-keys.ts'
import type { Contact } from './contact.ts'
import type { Candidate } from './lookup-result.ts'

/** Candidates of one id, and of one /24 or /64, that have been named and have neither answered nor become slow. */
export const MAX_CLAIMS = 3
const NOBODY: readonly Candidate[] = []

export class Claims {
  private readonly onePerNetwork: boolean
  /** All candidates, failed ones too, so that they are not asked anew. */
  private readonly byId = new Map<string, readonly Candidate[]>()
  /** Those that have not failed; empty where networks do not matter. */
  private readonly byNetwork = new Map<AddressKey, readonly Candidate[]>()

  constructor(onePerNetwork: boolean) {
    this.onePerNetwork = onePerNetwork
  }

  /** The candidate of this very id, address and port. */
  of(contact: Contact): Candidate | undefined {
    return this.byId.get(contact.id.key)?.find((known) => known.contact.isAt(contact))
  }

  /** Whether `from` may name this contact besides those that were named. */
  allow(contact: Contact, from: Candidate | undefined): boolean {
    return (
      mayClaim(this.byId.get(contact.id.key) ?? NOBODY, from) &&
      mayClaim(this.byNetwork.get(contact.network) ?? NOBODY, from)
    )
  }

  add(candidate: Candidate): void {
    const { key } = candidate.id
    this.byId.set(key, [...(this.byId.get(key) ?? NOBODY), candidate])
    this.hold(candidate)
  }

  /** It stands for its network, again where it had failed and answers all the same. */
  hold(candidate: Candidate): void {
    if (!this.onePerNetwork) return
    const { network } = candidate.contact
    this.byNetwork.set(network, [...(this.byNetwork.get(network) ?? NOBODY), candidate])
  }

  /** It has failed: its network is free. */
  release(candidate: Candidate): void {
    without(this.byNetwork, candidate.contact.network, candidate)
  }

  /** It was never asked and never will be. */
  forget(candidate: Candidate): void {
    without(this.byId, candidate.id.key, candidate)
    this.release(candidate)
  }

  /** The others of its id and of its network. */
  rivals(candidate: Candidate): readonly Candidate[] {
    const sameId = this.byId.get(candidate.id.key) ?? NOBODY
    const sameNetwork = this.byNetwork.get(candidate.contact.network) ?? NOBODY
    return [...sameId, ...sameNetwork].filter((other) => other !== candidate)
  }
}

export function hasReplied({ state }: Candidate): boolean {
  return state === 'replied'
}

function mayClaim(named: readonly Candidate[], from: Candidate | undefined): boolean {
  if (named.length === 0) return true
  const open = named.filter(({ state }) => state === 'fresh' || state === 'asked')
  return open.length < MAX_CLAIMS && !named.some(hasReplied) && !open.some((other) => other.from === from)
}

function without<K>(lists: Map<K, readonly Candidate[]>, key: K, candidate: Candidate): void {
  const left = (lists.get(key) ?? NOBODY).filter((other) => other !== candidate)
  if (left.length > 0) lists.set(key, left)
  else lists.delete(key)
}
