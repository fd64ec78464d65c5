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

/** Candidates by what they claim. Nearly always it is one, and there are a hundred in each lookup: a list is made for the second. */
class Claimants<K> {
  private readonly byKey = new Map<K, Candidate | readonly Candidate[]>()

  of(key: K): readonly Candidate[] {
    const known = this.byKey.get(key)
    if (known === undefined) return NOBODY
    return isList(known) ? known : [known]
  }

  add(key: K, candidate: Candidate): void {
    const known = this.byKey.get(key)
    this.byKey.set(key, known === undefined ? candidate : isList(known) ? [...known, candidate] : [known, candidate])
  }

  remove(key: K, candidate: Candidate): void {
    const left = this.of(key).filter((other) => other !== candidate)
    if (left.length > 0) this.byKey.set(key, left)
    else this.byKey.delete(key)
  }
}

export class Claims {
  private readonly onePerNetwork: boolean
  /** All candidates, failed ones too, so that they are not asked anew. */
  private readonly byId = new Claimants<string>()
  /** Those that have not failed; empty where networks do not matter. */
  private readonly byNetwork = new Claimants<AddressKey>()

  constructor(onePerNetwork: boolean) {
    this.onePerNetwork = onePerNetwork
  }

  /** The candidate of this very id, address and port. */
  of(contact: Contact): Candidate | undefined {
    return this.byId.of(contact.id.key).find((known) => known.contact.isAt(contact))
  }

  /** Whether `from` may name this contact besides those that were named. */
  allow(contact: Contact, from: Candidate | undefined): boolean {
    return mayClaim(this.byId.of(contact.id.key), from) && mayClaim(this.byNetwork.of(contact.network), from)
  }

  add(candidate: Candidate): void {
    this.byId.add(candidate.id.key, candidate)
    this.hold(candidate)
  }

  /** It stands for its network, again where it had failed and answers all the same. */
  hold(candidate: Candidate): void {
    if (this.onePerNetwork) this.byNetwork.add(candidate.contact.network, candidate)
  }

  /** It has failed: its network is free. */
  release(candidate: Candidate): void {
    this.byNetwork.remove(candidate.contact.network, candidate)
  }

  /** It was never asked and never will be. */
  forget(candidate: Candidate): void {
    this.byId.remove(candidate.id.key, candidate)
    this.release(candidate)
  }

  /** The others of its id and of its network. */
  rivals(candidate: Candidate): readonly Candidate[] {
    const { id, contact } = candidate
    return [...this.byId.of(id.key), ...this.byNetwork.of(contact.network)].filter((other) => other !== candidate)
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

function isList(known: Candidate | readonly Candidate[]): known is readonly Candidate[] {
  return Array.isArray(known)
}
