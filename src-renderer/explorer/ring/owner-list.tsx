/** Where a key lives: its owner, and the hosts behind it that keep copies. */
import type { ReactNode } from 'react'
import type { SearchState } from '../../client/types.ts'
import { CopyText } from '../../ui/copy.tsx'
import { partBetween, partOfRing } from './ring-words.ts'

export function OwnerList({ search }: { search: SearchState }): ReactNode {
  const owners = search.result?.closest ?? []
  const roles = rolesOf(owners.map(({ address }) => address))
  if (owners.length === 0) {
    return (
      <p className="p-4 text-muted">
        {search.state === 'running' ? 'Known once the search is over.' : 'Nobody could tell who owns the key.'}
      </p>
    )
  }
  return (
    <table className="w-full tabular-nums">
      <thead className="sticky top-0 bg-sunken text-left text-caption text-muted">
        <tr className="h-7 border-b border-line">
          <th className="pl-4 font-medium">Role</th>
          <th className="px-2 font-medium">Place</th>
          <th className="px-2 font-medium">Address</th>
          <th className="pr-4 text-right font-medium">After the key</th>
        </tr>
      </thead>
      <tbody>
        {owners.map((owner, index) => (
          <tr key={`${owner.nodeId} ${owner.address}`} className="h-8 border-b border-line/60">
            <td className="pl-4 whitespace-nowrap">{roles[index]}</td>
            <td className="px-2">
              <CopyText text={owner.nodeId} label="place" head={8} tail={4} />
            </td>
            <td className="px-2 font-mono text-[12px]" data-selectable="">
              {owner.address}
            </td>
            <td className="pr-4 text-right">{partOfRing(partBetween(search.target, owner.nodeId))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Hosts that keep copies, besides the owner. */
const COPIES = 3

/**
 * What each of an owner's list is to the key, by `host:port`. A further place of a host that has it already is passed over;
 * IPv4 and IPv6 have a ring, and an owner, each.
 */
export function rolesOf(addresses: readonly string[]): readonly string[] {
  return addresses.map((address, index) => {
    const family = address.startsWith('[')
    const before = addresses.slice(0, index).filter((other) => other.startsWith('[') === family)
    if (before.includes(address)) return 'Same host'
    const rank = new Set(before).size
    return rank === 0 ? 'Owner' : rank <= COPIES ? `Copy ${rank}` : 'Behind them'
  })
}
