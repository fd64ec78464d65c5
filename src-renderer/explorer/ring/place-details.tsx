/** The chosen place beside the ring: who it is, and what it points to or is pointed to by. */
import { Waypoints } from 'lucide-react'
import type { ReactNode } from 'react'
import type { RingHost, VirtualNode } from '../../client/types.ts'
import { Fact, Facts } from '../../torrents/details/facts.tsx'
import { Ago } from '../../ui/ago.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyText } from '../../ui/copy.tsx'
import { formatCount, formatMilliseconds, NONE } from '../../ui/format.ts'
import { useStartSearch } from '../use-start-search.ts'
import { PointerTable } from './pointer-table.tsx'
import { pointedBy, type RingNode } from './ring-nodes.ts'
import { partBetween, partOfRing } from './ring-words.ts'

const STANDS: Readonly<Record<VirtualNode['phase'], string>> = {
  joining: 'Joining: takes over its keys first',
  member: 'Member',
  leaving: 'Leaving: hands its keys over',
}

export function PlaceDetails(props: {
  host: RingHost
  node: RingNode
  onMark: (id: string | undefined) => void
  onChoose: (id: string) => void
}): ReactNode {
  const { host, node } = props
  return (
    <section aria-label="The chosen place" className="flex h-full min-h-0 flex-col">
      <div className="shrink-0 px-4 py-2.5">
        {node.own ? <OwnFacts node={node} own={node.own} /> : <OtherFacts host={host} node={node} />}
      </div>
      {node.own && (
        <div className="min-h-0 grow border-t border-line">
          <PointerTable key={node.id} own={node.own} onMark={props.onMark} onOpen={props.onChoose} />
        </div>
      )}
    </section>
  )
}

function Common({ node }: { node: RingNode }): ReactNode {
  return (
    <>
      <Fact name="Place">
        <CopyText text={node.id} label="place" head={10} tail={6} />
      </Fact>
      <Fact name="Address">
        <span data-selectable="" className="font-mono text-[12px]">
          {node.contact.address}
        </span>
      </Fact>
    </>
  )
}

function OwnFacts({ node, own }: { node: RingNode; own: VirtualNode }): ReactNode {
  const share = own.predecessor.nodeId === own.nodeId ? 1 : partBetween(own.predecessor.nodeId, own.nodeId)
  return (
    <Facts title={`Our place in slot ${own.slot}`}>
      <Common node={node} />
      <Fact name="State">{STANDS[own.phase]}</Fact>
      <Fact name="Owns">
        {partOfRing(share)} of the ring, {formatCount(own.keys)} {own.keys === 1 ? 'key' : 'keys'}
      </Fact>
    </Facts>
  )
}

function OtherFacts({ host, node }: { host: RingHost; node: RingNode }): ReactNode {
  const start = useStartSearch('chord')
  const pointers = pointedBy(host, node.id)
  return (
    <>
      <Facts title={`A place of another host, slot ${node.contact.slot}`}>
        <Common node={node} />
        <Fact name="Round trip">
          {node.rtt === undefined ? <span className="text-faint">{NONE}</span> : formatMilliseconds(node.rtt)}
        </Fact>
        <Fact name="Last heard of">
          <Ago at={node.lastSeen} />
        </Fact>
        {host.virtualNodes.length > 0 && (
          <Fact name="Pointed to as">
            {pointers.length === 0 ? (
              <span className="text-faint">Nothing of ours points to it</span>
            ) : (
              <span className="whitespace-normal">{pointers.join(', ')}</span>
            )}
          </Fact>
        )}
      </Facts>
      <Button icon={Waypoints} className="mt-3" onClick={() => void start(node.id, 'find_node')}>
        Look it up
      </Button>
    </>
  )
}
