import {
  ArrowDown,
  ArrowUp,
  CircleAlert,
  FileSearch,
  FolderX,
  HardDrive,
  type LucideIcon,
  Pause,
  ScanSearch,
  Search,
} from 'lucide-react'
import type { TorrentRow, TorrentState } from '../client/types.ts'

export type Tone = 'accent' | 'positive' | 'quiet' | 'warning' | 'danger'

interface Look {
  readonly word: string
  readonly icon: LucideIcon
  readonly tone: Tone
}

/** Each state as picture, word and tone; what waits for a person is calm, only a fault is red. */
const STATE_LOOKS: Readonly<Record<TorrentState, Look>> = {
  'fetching-metadata': { word: 'Fetching metadata', icon: FileSearch, tone: 'quiet' },
  checking: { word: 'Checking', icon: ScanSearch, tone: 'accent' },
  downloading: { word: 'Downloading', icon: ArrowDown, tone: 'accent' },
  seeding: { word: 'Seeding', icon: ArrowUp, tone: 'positive' },
  paused: { word: 'Paused', icon: Pause, tone: 'quiet' },
  error: { word: 'Error', icon: CircleAlert, tone: 'danger' },
  'disk-full': { word: 'Disk full', icon: HardDrive, tone: 'warning' },
  'data-missing': { word: 'Files missing', icon: FolderX, tone: 'warning' },
}

/** A download that has nobody to receive from; its `reason` says why. */
const FINDING_PEERS: Look = { word: 'Finding peers', icon: Search, tone: 'quiet' }

export function lookOf(row: TorrentRow): Look {
  return row.state === 'downloading' && row.reason !== '' ? FINDING_PEERS : STATE_LOOKS[row.state]
}

export const TONE_INK: Readonly<Record<Tone, string>> = {
  accent: 'text-accent-text',
  positive: 'text-positive',
  quiet: 'text-muted',
  warning: 'text-warning',
  danger: 'text-danger',
}

/** Whether its size and files are known: of a magnet they are once its metadata is here, and only then can it be complete. */
export const isKnown = (row: TorrentRow): boolean => row.size > 0 || row.state === 'seeding'

/** What of the wanted files is there, from 0 to 1; while checking, how far the check has come. */
export function progressOf(row: TorrentRow): number {
  if (row.state === 'checking') return row.checked
  if (!isKnown(row)) return 0
  return row.selected === 0 ? 1 : Math.min(1, row.done / row.selected)
}

export const isComplete = (row: TorrentRow): boolean => isKnown(row) && row.done >= row.selected
