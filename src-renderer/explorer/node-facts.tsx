/** Who our node is in the overlay, and how it stands there. */
import { CircleCheck, CircleDashed, CircleX, LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { OverlayNode, OverlayState } from '../client/types.ts'
import { Fact, Facts } from '../torrents/details/facts.tsx'
import { CopyText } from '../ui/copy.tsx'
import { cx } from '../ui/cx.ts'
import { formatAbout, formatBytes, formatCount, formatPlural, NONE } from '../ui/format.ts'

/** `IPv4`, with the address where there are several of the family (BEP 45). */
export function nodeName(node: OverlayNode, nodes: readonly OverlayNode[]): string {
  const family = `IPv${node.family}`
  return nodes.filter((other) => other.family === node.family).length > 1 ? `${family} ${node.listening}` : family
}

const PHASES: Readonly<Record<OverlayNode['phase'], { word: string; icon: LucideIcon; ink: string }>> = {
  stopped: { word: 'Stopped', icon: CircleDashed, ink: 'text-muted' },
  joining: { word: 'Joining', icon: LoaderCircle, ink: 'text-info' },
  joined: { word: 'Joined', icon: CircleCheck, ink: 'text-positive' },
  isolated: { word: 'No node answers', icon: CircleX, ink: 'text-warning' },
}

/** Whether others are answered, and why not (BEP 43). */
export function servingSentence(node: Pick<OverlayNode, 'serving'>, mode: OverlayState['mode']): string {
  if (node.serving) return 'Yes: others ask it, too'
  if (mode === 'read-only') return 'No: it only asks, as Settings say (BEP 43)'
  return 'Not yet: it only asks until others have reached it for 15 minutes (BEP 43)'
}

function Phase({ node }: { node: OverlayNode }): ReactNode {
  const { word, icon: Icon, ink } = PHASES[node.phase]
  return (
    <span className="flex items-center gap-1.5">
      <Icon size={14} aria-hidden className={cx('shrink-0', ink)} />
      {word}
    </span>
  )
}

const Mono = (props: { children: string }): ReactNode => (
  <span data-selectable="" className="font-mono text-[12px]">
    {props.children}
  </span>
)

export function NodeFacts({ node, mode }: { node: OverlayNode; mode: OverlayState['mode'] }): ReactNode {
  const serving = servingSentence(node, mode)
  return (
    <Facts title={`Our node, IPv${node.family}`}>
      <Fact name="State">
        <Phase node={node} />
      </Fact>
      <Fact name="Node id">
        <CopyText text={node.nodeId} label="node id" head={14} tail={10} />
      </Fact>
      <Fact name="Seen from outside">
        {node.external ? <Mono>{node.external}</Mono> : <span className="text-faint">Not agreed upon yet</span>}
      </Fact>
      <Fact name="Listens at">
        <Mono>{node.listening}</Mono>
      </Fact>
      <Fact name="Answers others">
        <span className="whitespace-normal">{serving}</span>
      </Fact>
      <Fact name="Knows">
        {formatPlural(node.nodes, 'node')}
        <span className="text-muted">
          {node.estimatedSize === undefined ? '' : ` of about ${formatAbout(node.estimatedSize)}`}
        </span>
      </Fact>
      <Fact name="Keeps">
        {node.storedInfoHashes + node.storedItems === 0 ? (
          <span className="text-faint">{NONE}</span>
        ) : (
          `${formatPlural(node.storedInfoHashes, 'info-hash', 'info-hashes')}, ${formatPlural(node.storedItems, 'item')}`
        )}
      </Fact>
    </Facts>
  )
}

/** What has crossed since the node began, as a line of figures. */
export function TrafficFigures({ node }: { node: OverlayNode }): ReactNode {
  const { counters } = node
  const figures: readonly (readonly [name: string, value: string, hint: string])[] = [
    ['Asked', formatCount(counters.queriesSent), 'Queries we have sent'],
    ['Answered', formatCount(counters.answersReceived), 'Answers we have received'],
    ['Timed out', formatCount(counters.timeouts), 'Queries of ours without an answer'],
    ['Asked us', formatCount(counters.queriesReceived), 'Queries others have sent to us'],
    ['Malformed', formatCount(counters.malformed), 'Packets that could not be read'],
    ['Over budget', formatCount(counters.packetsOverBudget), 'Packets dropped: their sender sends too many'],
    ['Received', formatBytes(counters.bytesReceived), 'Bytes received since the start'],
    ['Sent', formatBytes(counters.bytesSent), 'Bytes sent since the start'],
  ]
  return (
    <dl aria-label="Traffic since the start" className="grid grid-cols-4 gap-x-4 gap-y-1">
      {figures.map(([name, value, hint]) => (
        <div key={name} title={hint} className="min-w-0">
          <dt className="truncate text-caption text-faint">{name}</dt>
          <dd className="truncate">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
