/** What a search found, and the nodes nearest to its target: lists of values that copy themselves. */
import type { ReactNode } from 'react'
import type { SearchState } from '../client/types.ts'
import { CopyText } from '../ui/copy.tsx'
import { formatCount } from '../ui/format.ts'
import { sharedBits } from './distance.ts'
import { VALUE_FORMS } from './search-words.ts'

/** More than these nobody reads here; the count tells all. */
const MAX_SHOWN = 200

export function FoundList({ search }: { search: SearchState }): ReactNode {
  const { found } = search
  if (found.length === 0) {
    return (
      <p className="p-4 text-muted">
        {search.state === 'running' ? 'Nothing so far. Answers are listed as they come.' : nothingFound(search)}
      </p>
    )
  }
  return (
    <ul aria-label="Found" className="px-4 py-2">
      {found.slice(0, MAX_SHOWN).map((text) => (
        <li key={text} className="flex h-7 items-center">
          {search.form && (
            <span title={VALUE_FORMS[search.form].meaning} className="mr-2 text-caption text-muted">
              {VALUE_FORMS[search.form].word}
            </span>
          )}
          <CopyText text={text} label={search.method === 'get' ? 'value' : 'entry'} head={48} tail={16} />
        </li>
      ))}
      {found.length > MAX_SHOWN && (
        <li className="py-1 text-muted">{formatCount(found.length - MAX_SHOWN)} more are not shown.</li>
      )}
    </ul>
  )
}

function nothingFound({ overlay, method }: SearchState): string {
  switch (method) {
    case 'find_node':
      return overlay === 'chord'
        ? 'A search for the owner finds nothing else: see Owner, copies.'
        : 'A search for nodes finds nothing but nodes: see Nearest.'
    case 'get_peers':
      return 'No node knew a peer of this torrent. It may be new, or nobody shares it now.'
    case 'get':
      return 'No node keeps a value under this key. Values fade after two hours unless they are put again.'
    case 'sample_infohashes':
      return 'No node on the way gave a sample: many programs do not.'
  }
}

export function NearestList({ search }: { search: SearchState }): ReactNode {
  const nearest = search.result?.closest ?? []
  if (nearest.length === 0) {
    return (
      <p className="p-4 text-muted">
        {search.state === 'running' ? 'Known once the search is over.' : 'No node answered.'}
      </p>
    )
  }
  return (
    <table className="w-full tabular-nums">
      <thead className="sticky top-0 bg-sunken text-left text-caption text-muted">
        <tr className="h-7 border-b border-line">
          <th className="pl-4 font-medium">Node id</th>
          <th className="px-2 font-medium">Address</th>
          <th className="pr-4 text-right font-medium">Shared bits</th>
        </tr>
      </thead>
      <tbody>
        {nearest.map((node) => (
          <tr key={`${node.nodeId} ${node.address}`} className="h-8 border-b border-line/60">
            <td className="pl-4">
              <CopyText text={node.nodeId} label="node id" head={8} tail={4} />
            </td>
            <td className="px-2 font-mono text-[12px]" data-selectable="">
              {node.address}
            </td>
            <td className="pr-4 text-right">{sharedBits(search.target, node.nodeId)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
