/** Who has a key, of those that a lookup names: its owner, and the hosts behind it that keep copies. */
import type { SearchState } from '../../client/types.ts'

/** Hosts that keep copies, besides the owner. */
const COPIES = 3

type Named = NonNullable<SearchState['result']>['closest'][number]

export interface Holder extends Named {
  /** `Owner`, `Copy 1`. */
  readonly role: string
}

/**
 * A further place of a host that has the key already is passed over; IPv4 and IPv6 have a ring, and an owner, each.
 * @param named clockwise from the key
 */
export function holdersAmong(named: readonly Named[]): readonly Holder[] {
  const hosts = { 4: new Set<string>(), 6: new Set<string>() }
  return named.flatMap((one): Holder[] => {
    const seen = hosts[one.address.startsWith('[') ? 6 : 4]
    const rank = seen.size
    if (seen.has(one.address) || rank > COPIES) return []
    seen.add(one.address)
    return [{ ...one, role: rank === 0 ? 'Owner' : `Copy ${rank}` }]
  })
}
