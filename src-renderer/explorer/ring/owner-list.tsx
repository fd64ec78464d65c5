/** Where a key lives: its owner, and the hosts behind it that keep copies. */
import type { ReactNode } from 'react'
import type { SearchState } from '../../client/types.ts'
import { CopyText } from '../../ui/copy.tsx'
import { holdersAmong } from './owners.ts'
import { partBetween, partOfRing } from './ring-words.ts'

export function OwnerList({ search }: { search: SearchState }): ReactNode {
  const owners = holdersAmong(search.result?.closest ?? [])
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
        {owners.map((owner) => (
          <tr key={`${owner.nodeId} ${owner.address}`} className="h-8 border-b border-line/60">
            <td className="pl-4 whitespace-nowrap">{owner.role}</td>
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
