/** The wallet's transactions in words: what each was, how it stands, and how far it can be relied on. */
import {
  ArrowDownLeft,
  ArrowUpRight,
  Ban,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleSlash,
  Hourglass,
  type LucideIcon,
  Pickaxe,
  RefreshCw,
  TriangleAlert,
  Unlink,
} from 'lucide-react'
import type { HistoryRow } from '../../client/types.ts'
import { formatCount, formatPlural } from '../../ui/format.ts'

export const KIND_LOOKS: Readonly<Record<HistoryRow['kind'], { word: string; icon: LucideIcon }>> = {
  received: { word: 'Received', icon: ArrowDownLeft },
  sent: { word: 'Sent', icon: ArrowUpRight },
  moved: { word: 'To yourself', icon: RefreshCw },
  mined: { word: 'Mined', icon: Pickaxe },
}

interface StatusLook {
  readonly word: string
  /** What it means, in one sentence. */
  readonly sentence: string
  readonly icon: LucideIcon
  readonly ink: string
}

type Stands = Pick<HistoryRow, 'status' | 'trust' | 'confirmations' | 'maturesIn' | 'refused'>

export function statusLook(row: Stands): StatusLook {
  const deep = formatPlural(row.confirmations, 'block')
  switch (row.status) {
    case 'pending':
      return row.refused
        ? {
            word: 'Refused',
            sentence: `Not taken by others: ${row.refused}. Speed it up, offer it again or abandon it.`,
            icon: TriangleAlert,
            ink: 'text-danger',
          }
        : {
            word: 'Pending',
            sentence: 'In no block yet: it may still be replaced or dropped.',
            icon: CircleDashed,
            ink: 'text-warning',
          }
    case 'confirmed':
      return confirmedLook(row, deep)
    case 'immature':
      return {
        word: `Immature, ${formatCount(row.maturesIn)} to go`,
        sentence: `A reward can be spent once a hundred blocks lie on it: ${formatPlural(row.maturesIn, 'block')} to go.`,
        icon: Hourglass,
        ink: 'text-info',
      }
    case 'orphaned':
      return {
        word: 'Orphaned',
        sentence: 'Its block lost against another one: this reward never counts.',
        icon: Unlink,
        ink: 'text-muted',
      }
    case 'conflicted':
      return {
        word: 'Conflicted',
        sentence: 'Another transaction has spent the same coins in a block: this one never counts.',
        icon: Ban,
        ink: 'text-danger',
      }
    case 'replaced':
      return {
        word: 'Replaced',
        sentence: 'Another transaction has taken its place.',
        icon: RefreshCw,
        ink: 'text-muted',
      }
    case 'abandoned':
      return {
        word: 'Abandoned',
        sentence: 'Given up here: its coins are free again. It may still be confirmed if others kept it.',
        icon: CircleSlash,
        ink: 'text-muted',
      }
  }
}

function confirmedLook({ trust }: Stands, deep: string): StatusLook {
  switch (trust) {
    case 'unconfirmed':
    case 'fresh':
      return {
        word: `Fresh, ${deep}`,
        sentence: 'A reorganisation could still undo it.',
        icon: CircleDot,
        ink: 'text-info',
      }
    case 'likely':
      return {
        word: `Likely to stay, ${deep}`,
        sentence:
          'Undone only if somebody means to, with much more hash power than desktops have. Wait longer for large sums.',
        icon: CircleDot,
        ink: 'text-positive',
      }
    case 'settled':
      return {
        word: `Settled, ${deep}`,
        sentence: 'As deep as rewards must lie before they are spent: undoing it would take coins from miners, too.',
        icon: CircleCheck,
        ink: 'text-positive',
      }
  }
}

/** What never counts is struck through in tables. */
export function isVoid({ status }: Pick<HistoryRow, 'status'>): boolean {
  return status === 'orphaned' || status === 'conflicted' || status === 'replaced' || status === 'abandoned'
}

/** With whom, in a few words: a name, a label, or an address; undefined where there is none. */
export function partyOf(row: {
  readonly contacts: readonly string[]
  readonly label: string
  readonly addresses: readonly string[]
  readonly kind: HistoryRow['kind']
}): { readonly words: string; readonly isAddress: boolean } {
  const [contact] = row.contacts
  const [address] = row.addresses
  if (row.label) return { words: row.label, isAddress: false }
  if (contact) return { words: more(contact, row.addresses.length), isAddress: false }
  if (address) return { words: address, isAddress: true }
  return { words: row.kind === 'mined' ? 'A block of ours' : '', isAddress: false }
}

const more = (name: string, addresses: number): string =>
  addresses > 1 ? `${name} and ${formatPlural(addresses - 1, 'other', 'others')}` : name
