import { CircleCheck, CircleDashed, CircleHelp, CircleX, type LucideIcon, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ContactRow } from '../client/types.ts'
import { keyOrder } from '../explorer/distance.ts'
import { Ago } from '../ui/ago.tsx'
import { cx } from '../ui/cx.ts'
import { formatDateTime, formatMilliseconds, NONE, shortenMiddle } from '../ui/format.ts'
import type { Column } from '../ui/table/column.ts'

export interface ContactLook {
  readonly word: string
  readonly icon: LucideIcon
  readonly ink: string
  readonly meaning: string
}

export const CONTACT_LOOKS: Readonly<Record<ContactRow['state'], ContactLook>> = {
  good: { word: 'Good', icon: CircleCheck, ink: 'text-positive', meaning: 'Answered within 15 minutes' },
  questionable: {
    word: 'Questionable',
    icon: CircleHelp,
    ink: 'text-warning',
    meaning: 'Has not answered for over 15 minutes; asked again before its place is given away',
  },
  failing: { word: 'Failing', icon: CircleX, ink: 'text-danger', meaning: 'Did not answer the last query' },
  spare: { word: 'Spare', icon: CircleDashed, ink: 'text-muted', meaning: 'Waits for a place in its bucket' },
}

export const OVERLAY_WORDS: Readonly<Record<ContactRow['overlay'], string>> = { kademlia: 'DHT', chord: 'Chord' }

/** A state as icon and word. */
export function ContactState({ state }: { state: ContactRow['state'] }): ReactNode {
  const { word, icon: Icon, ink } = CONTACT_LOOKS[state]
  return (
    <span className="flex items-center gap-1.5">
      <Icon size={14} aria-hidden className={cx('shrink-0', ink)} />
      {word}
    </span>
  )
}

/** Whole where there is room, else shortened in the middle. */
function NodeId({ id }: { id: string }): ReactNode {
  return (
    <span className="@container block font-mono text-[12px]">
      <span className="hidden @min-[300px]:inline">{id}</span>
      <span className="@min-[300px]:hidden">{shortenMiddle(id, 10, 6)}</span>
    </span>
  )
}

export const contactTexts = (contact: ContactRow): readonly string[] => [
  contact.nodeId,
  contact.address,
  CONTACT_LOOKS[contact.state].word,
  OVERLAY_WORDS[contact.overlay],
]

/** Good ones first. */
const STATE_ORDER: readonly ContactRow['state'][] = ['good', 'questionable', 'failing', 'spare']

export const CONTACT_COLUMNS: readonly Column<ContactRow>[] = [
  {
    id: 'node',
    title: 'Node id',
    width: 168,
    minWidth: 140,
    grow: true,
    sortKey: (contact) => keyOrder(contact.nodeId),
    cell: (contact) => <NodeId id={contact.nodeId} />,
    hint: (contact) => contact.nodeId,
  },
  {
    id: 'address',
    title: 'Address',
    width: 198,
    minWidth: 120,
    sortKey: (contact) => contact.address,
    cell: (contact) => <span className="font-mono text-[12px]">{contact.address}</span>,
    hint: (contact) => contact.address,
  },
  {
    id: 'overlay',
    title: 'Overlay',
    width: 76,
    minWidth: 56,
    sortKey: (contact) => OVERLAY_WORDS[contact.overlay],
    cell: (contact) => OVERLAY_WORDS[contact.overlay],
  },
  {
    id: 'state',
    title: 'State',
    width: 124,
    minWidth: 96,
    sortKey: (contact) => STATE_ORDER.indexOf(contact.state),
    cell: (contact) => <ContactState state={contact.state} />,
    hint: (contact) => CONTACT_LOOKS[contact.state].meaning,
  },
  {
    id: 'rtt',
    title: 'Round trip',
    width: 88,
    minWidth: 64,
    align: 'end',
    sortKey: (contact) => contact.rtt,
    cell: (contact) => (contact.rtt === undefined ? NONE : formatMilliseconds(contact.rtt)),
  },
  {
    id: 'seen',
    title: 'Last answer',
    width: 100,
    minWidth: 72,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (contact) => contact.lastSeen,
    cell: (contact) => <Ago at={contact.lastSeen} />,
    hint: (contact) => formatDateTime(contact.lastSeen),
  },
  {
    id: 'shared',
    title: 'Shared bits',
    width: 104,
    minWidth: 64,
    align: 'end',
    firstDirection: 'desc',
    sortKey: (contact) => contact.sharedBits,
    cell: (contact) => String(contact.sharedBits),
    hint: () => 'Leading bits that its id shares with ours: the more, the nearer',
  },
  {
    id: 'secure',
    title: 'BEP 42',
    width: 84,
    minWidth: 64,
    hideBelow: 900,
    sortKey: (contact) => (contact.secure ? 0 : 1),
    cell: (contact) =>
      contact.secure ? (
        <span className="flex items-center gap-1.5">
          <ShieldCheck size={14} aria-hidden className="shrink-0 text-positive" />
          Fits
        </span>
      ) : (
        <span className="text-faint">{NONE}</span>
      ),
    hint: (contact) =>
      contact.overlay === 'chord'
        ? 'Its place is derived from its address, as every place on the ring'
        : contact.secure
          ? 'Its id fits its address'
          : 'Its id is not derived from its address',
  },
]
