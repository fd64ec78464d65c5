import { CircleCheck, CircleDashed, LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ChainPeerRow } from '../client/types.ts'
import { visibleText } from '../explorer/chain/chain-words.ts'
import { Ago } from '../ui/ago.tsx'
import { cx } from '../ui/cx.ts'
import { bytesQuantity, formatCount, formatDateTime, formatMilliseconds, NONE } from '../ui/format.ts'
import { QuantityText } from '../ui/quantity.tsx'
import type { Column } from '../ui/table/column.ts'
import { serviceMeanings } from './chain-services.ts'

const DIRECTION_WORDS: Readonly<Record<ChainPeerRow['direction'], string>> = {
  outgoing: 'Outgoing',
  incoming: 'Incoming',
  manual: 'Kept to',
  feeler: 'On trial',
}

const DIRECTION_HINTS: Readonly<Record<ChainPeerRow['direction'], string>> = {
  outgoing: 'We connected to it',
  incoming: 'It connected to us',
  manual: 'An address that was given: we connect again whenever it is lost',
  feeler: 'Only to see whether the address works; closed at once',
}

const CHAIN_SOURCE_WORDS: Readonly<Record<ChainPeerRow['source'], string>> = {
  manual: 'Given',
  kademlia: 'DHT',
  local: 'Local network',
  chord: 'Chord',
  gossip: 'Other peers',
  incoming: 'It came to us',
}

const STATE_LOOKS: Readonly<Record<ChainPeerRow['state'], { word: string; icon: LucideIcon; ink: string }>> = {
  connecting: { word: 'Connecting', icon: CircleDashed, ink: 'text-muted' },
  handshake: { word: 'Greeting', icon: LoaderCircle, ink: 'text-info' },
  connected: { word: 'Connected', icon: CircleCheck, ink: 'text-positive' },
}

/** What is done with it, else its state, as icon and words. */
function Activity({ peer }: { peer: ChainPeerRow }): ReactNode {
  const { word, icon: Icon, ink } = STATE_LOOKS[peer.state]
  return (
    <span className="flex items-center gap-1.5">
      <Icon size={14} aria-hidden className={cx('shrink-0', ink)} />
      <span className="truncate">{peer.state === 'connected' && peer.activity ? peer.activity : word}</span>
    </span>
  )
}

export const chainPeerTexts = (peer: ChainPeerRow): readonly string[] => [
  peer.id,
  peer.userAgent,
  peer.activity,
  DIRECTION_WORDS[peer.direction],
  CHAIN_SOURCE_WORDS[peer.source],
  ...peer.services,
]

function bytes(id: string, title: string, of: (peer: ChainPeerRow) => number): Column<ChainPeerRow> {
  return {
    id,
    title,
    width: 80,
    minWidth: 64,
    align: 'end',
    hideBelow: 820,
    firstDirection: 'desc',
    sortKey: of,
    cell: (peer) => (of(peer) === 0 ? None() : <QuantityText quantity={bytesQuantity(of(peer))} />),
  }
}

const None = (): ReactNode => <span className="text-faint">{NONE}</span>

export const CHAIN_PEER_COLUMNS: readonly Column<ChainPeerRow>[] = [
  {
    id: 'address',
    title: 'Address',
    width: 176,
    minWidth: 120,
    sortKey: (peer) => peer.id,
    cell: (peer) => <span className="font-mono text-[12px]">{peer.id}</span>,
    hint: (peer) => peer.id,
  },
  {
    id: 'direction',
    title: 'Direction',
    width: 88,
    minWidth: 72,
    sortKey: (peer) => DIRECTION_WORDS[peer.direction],
    cell: (peer) => DIRECTION_WORDS[peer.direction],
    hint: (peer) => DIRECTION_HINTS[peer.direction],
  },
  {
    id: 'activity',
    title: 'Activity',
    width: 180,
    minWidth: 110,
    grow: true,
    sortKey: (peer) => peer.activity || STATE_LOOKS[peer.state].word,
    cell: (peer) => <Activity peer={peer} />,
    hint: (peer) => peer.activity || STATE_LOOKS[peer.state].word,
  },
  {
    id: 'height',
    title: 'Height',
    width: 80,
    minWidth: 60,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (peer) => peer.height,
    cell: (peer) => (peer.height === undefined ? None() : formatCount(peer.height)),
    hint: () => 'The newest block that it is known to have',
  },
  {
    id: 'ping',
    title: 'Ping',
    width: 76,
    minWidth: 56,
    align: 'end',
    sortKey: (peer) => peer.ping,
    cell: (peer) => (peer.ping === undefined ? None() : formatMilliseconds(peer.ping)),
  },
  {
    id: 'agent',
    title: 'Program',
    width: 130,
    minWidth: 80,
    sortKey: (peer) => peer.userAgent || undefined,
    cell: (peer) =>
      peer.userAgent ? <bdi>{visibleText(peer.userAgent)}</bdi> : <span className="text-faint">Unknown</span>,
    hint: (peer) => visibleText(peer.userAgent),
  },
  bytes('received', 'Received', (peer) => peer.bytesReceived),
  bytes('sent', 'Sent', (peer) => peer.bytesSent),
  {
    id: 'services',
    title: 'Services',
    width: 150,
    minWidth: 80,
    hideBelow: 1_080,
    sortKey: (peer) => peer.services.join(' ') || undefined,
    cell: (peer) => (peer.services.length === 0 ? None() : peer.services.join(', ')),
    hint: (peer) => serviceMeanings(peer.services).join('\n'),
  },
  {
    id: 'source',
    title: 'Found by',
    width: 104,
    minWidth: 72,
    hideBelow: 1_180,
    sortKey: (peer) => CHAIN_SOURCE_WORDS[peer.source],
    cell: (peer) => CHAIN_SOURCE_WORDS[peer.source],
  },
  {
    id: 'since',
    title: 'Connected',
    width: 96,
    minWidth: 72,
    align: 'end',
    hideBelow: 900,
    firstDirection: 'desc',
    sortKey: (peer) => peer.connectedAt,
    cell: (peer) => <Ago at={peer.connectedAt} />,
    hint: (peer) => formatDateTime(peer.connectedAt),
  },
]
