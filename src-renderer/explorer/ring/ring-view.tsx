/** A host of ours on the ring: how it stands, the ring drawn, and the chosen place beside it. */
import { CircleDashed, RotateCw } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useToasts } from '../../app/context.tsx'
import { sentenceOf } from '../../client/client-error.ts'
import { useClients } from '../../client/context.tsx'
import type { RingHost, StoredItemRow } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatDuration } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { HostFigures } from './host-figures.tsx'
import { PlaceDetails } from './place-details.tsx'
import { RingDrawing } from './ring-drawing.tsx'
import { nodesOf } from './ring-nodes.ts'
import { standingOf } from './ring-words.ts'

export function RingView(props: { host: RingHost; items: readonly StoredItemRow[] }): ReactNode {
  const { host, items } = props
  const nodes = useMemo(() => nodesOf(host), [host])
  const [wanted, setWanted] = useState<string>()
  const [marked, setMarked] = useState<string>()
  // One that has left the ring is no longer there to be looked at.
  const node = nodes.find(({ id }) => id === wanted) ?? nodes.find(({ own }) => own) ?? nodes[0]
  const choose = (id: string): void => {
    setWanted(id)
    setMarked(undefined)
  }
  return (
    <div className="@container flex h-full flex-col">
      <Standing host={host} />
      <HostFigures host={host} />
      {node ? (
        <div className="flex min-h-0 grow">
          <div className="min-w-0 grow">
            <RingDrawing host={host} nodes={nodes} items={items} chosen={node.id} marked={marked} onChoose={choose} />
          </div>
          <div className="w-[44%] max-w-130 min-w-75 shrink-0 border-l border-line @max-[620px]:hidden">
            <PlaceDetails host={host} node={node} onMark={setMarked} onChoose={choose} />
          </div>
        </div>
      ) : (
        <NobodyKnown host={host} />
      )}
    </div>
  )
}

function NobodyKnown({ host }: { host: RingHost }): ReactNode {
  return (
    <EmptyState icon={CircleDashed} title="No place on the ring is known yet">
      {host.phase === 'isolated'
        ? 'Name a host of the ring in Settings, or start Shoal on another machine of this network.'
        : 'Members are looked for among those of the last run, on the local network and by way of the DHT.'}
    </EmptyState>
  )
}

/** What a person must know of how it stands, where all is not as usual. */
function Standing({ host }: { host: RingHost }): ReactNode {
  const { overlays } = useClients()
  const problem = useToasts((state) => state.problem)
  const standing = standingOf(host)
  if (host.phase !== 'isolated') {
    return (
      standing && (
        <Notice tone={standing.tone} edge>
          {standing.text}
        </Notice>
      )
    )
  }
  const rejoin = (): void => {
    overlays.rejoin({ overlay: 'chord' }).catch((error: unknown) => problem(sentenceOf(error)))
  }
  return (
    <Notice
      tone="warning"
      edge
      action={
        <Button icon={RotateCw} className="-my-1" onClick={rejoin}>
          Try now
        </Button>
      }
    >
      No host of the ring answers over IPv{host.family}.{' '}
      {host.retryIn === undefined ? 'Shoal tries again by itself.' : `Tried again in ${formatDuration(host.retryIn)}.`}
    </Notice>
  )
}
