/**
 * What we look like from outside, by votes: each answer says where it was sent (`ip`, BEP 42). One node may lie and one
 * provider's nodes may be one liar, so a vote counts once for each /16 (IPv6: /32), and an address wins with at least five votes
 * and more than half of all. Answers met in one look-up may all come from nodes that one liar has led us to: the votes for an
 * address must come from at least two.
 */
import { canonicalIp, isUnicastIp } from '../codec/ip-address.ts'
import { providerOf } from './address-groups.ts'

export const MIN_VOTES = 5
export const MIN_LOOKUPS = 2
/** The last so many votes count. */
export const MAX_VOTES = 64

interface Vote {
  readonly host: string
  readonly lookup: number | undefined
}

export class ExternalAddress {
  private readonly votes = new Map<string, Vote>()
  /** What won at the last count; `undefined` for a count that is due. */
  private counted: { readonly host: string | undefined } | undefined
  /** The last address as it was told, and what it is. */
  private lastTold: { readonly text: string; readonly host: string | undefined } | undefined
  private readonly groupOf: (host: string) => string

  /** `groupOf` says which voters count as one; a network within a single /16 needs another rule than the usual one. */
  constructor(groupOf: (host: string) => string = providerOf) {
    this.groupOf = groupOf
  }

  get size(): number {
    return this.votes.size
  }

  /** `voter` answered that it sees us at `host`. `lookup`: the one that led us to it; undefined where we knew it before. */
  vote(voter: string, host: string, lookup?: number): void {
    const seen = this.unicast(host)
    if (seen === undefined || seen.includes(':') !== voter.includes(':')) return
    const group = this.groupOf(voter)
    const known = this.votes.get(group)
    // Once more the same for whoever has won already changes nothing.
    if (known?.host === seen && this.counted?.host === seen) return
    this.counted = undefined
    this.votes.delete(group)
    if (this.votes.size >= MAX_VOTES) {
      for (const oldest of this.votes.keys()) {
        this.votes.delete(oldest)
        break
      }
    }
    this.votes.set(group, { host: seen, lookup })
  }

  /** The address that won, canonical; undefined where none has. */
  get host(): string | undefined {
    this.counted ??= { host: this.count() }
    return this.counted.host
  }

  /** The network has changed: what was seen before says nothing. */
  clear(): void {
    this.votes.clear()
    this.counted = undefined
  }

  /** The canonical text of an address that one host can have. */
  private unicast(text: string): string | undefined {
    if (this.lastTold?.text !== text) {
      const host = canonicalIp(text)
      this.lastTold = { text, host: host !== undefined && isUnicastIp(host) ? host : undefined }
    }
    return this.lastTold.host
  }

  /** The one for whom more than half of the votes are, if there is one, is the last to survive the pairing off of unequal votes. */
  private count(): string | undefined {
    let [candidate, lead]: [string | undefined, number] = [undefined, 0]
    for (const { host } of this.votes.values()) {
      if (lead === 0) candidate = host
      lead += host === candidate ? 1 : -1
    }
    let [votes, known] = [0, 0]
    const lookups = new Set<number>()
    for (const { host, lookup } of this.votes.values()) {
      if (host !== candidate) continue
      votes += 1
      if (lookup === undefined) known += 1
      else lookups.add(lookup)
    }
    const isElected = votes >= MIN_VOTES && votes * 2 > this.votes.size && lookups.size + known >= MIN_LOOKUPS
    return isElected ? candidate : undefined
  }
}
