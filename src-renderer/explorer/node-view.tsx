/** One node of ours: who it is, what crosses, and its routing table. */
import { RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useToasts } from '../app/context.tsx'
import { useRowHeight } from '../app/use-theme.ts'
import { sentenceOf } from '../client/client-error.ts'
import { useClients } from '../client/context.tsx'
import type { OverlayNode, OverlayState } from '../client/types.ts'
import { Button } from '../ui/button.tsx'
import { formatDuration } from '../ui/format.ts'
import { Notice } from '../ui/notice.tsx'
import { BucketTree } from './bucket-tree.tsx'
import { NodeFacts, TrafficFigures } from './node-facts.tsx'
import { historyKey, type Sample } from './traffic.ts'
import { TrafficChart } from './traffic-chart.tsx'

export function NodeView(props: {
  node: OverlayNode
  mode: OverlayState['mode']
  samples: readonly Sample[]
}): ReactNode {
  const { node } = props
  const rowHeight = useRowHeight()
  return (
    <div className="flex h-full flex-col">
      <Standing node={node} />
      <div className="@container shrink-0">
        <div className="grid gap-x-8 gap-y-3 px-4 py-3 @min-[760px]:grid-cols-2">
          <NodeFacts node={node} mode={props.mode} />
          <div className="flex min-w-0 flex-col gap-2">
            <div className="min-h-0 grow">
              <TrafficChart samples={props.samples} />
            </div>
            <TrafficFigures node={node} />
          </div>
        </div>
      </div>
      <div className="min-h-0 grow">
        <BucketTree key={historyKey(node)} node={node} rowHeight={rowHeight} />
      </div>
    </div>
  )
}

/** What a person must know of how it stands, where it is not simply joined. */
function Standing({ node }: { node: OverlayNode }): ReactNode {
  const { overlays } = useClients()
  const problem = useToasts((state) => state.problem)
  if (node.phase === 'joined' || node.phase === 'stopped') return null
  if (node.phase === 'joining') {
    return (
      <Notice tone="info" edge>
        Joining: the nodes to begin with are asked for nearer ones.
      </Notice>
    )
  }
  const rejoin = (): void => {
    overlays.rejoin({}).catch((error: unknown) => problem(sentenceOf(error)))
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
      No node of the DHT answers over IPv{node.family}.{' '}
      {node.retryIn === undefined ? 'Shoal tries again by itself.' : `Tried again in ${formatDuration(node.retryIn)}.`}
    </Notice>
  )
}
