/** Mining in words: its states, and what to expect of it. */
import { CirclePause, CircleStop, type LucideIcon, Pickaxe } from 'lucide-react'
import type { MinerStatus } from '../../client/types.ts'
import { formatDuration, formatEstimate } from '../../ui/format.ts'

type PauseReason = NonNullable<MinerStatus['pausedBecause']>

export const STATE_LOOKS: Readonly<Record<MinerStatus['state'], { word: string; icon: LucideIcon; ink: string }>> = {
  off: { word: 'Off', icon: CircleStop, ink: 'text-muted' },
  mining: { word: 'Mining', icon: Pickaxe, ink: 'text-positive' },
  paused: { word: 'Paused', icon: CirclePause, ink: 'text-warning' },
}

const PAUSE_SENTENCES: Readonly<Record<PauseReason, string>> = {
  battery: 'This machine runs on its battery. Mining goes on once it is plugged in.',
  'user-active': 'You are using this machine. Mining goes on when it has been left alone for a while.',
  'chain-not-synced': 'The chain has to catch up first: blocks made on an old tip are worth nothing.',
  'no-address': 'There is nowhere to pay rewards to. Create a wallet, or enter an address of yours.',
}

/** Why it rests, in a sentence; empty where it does not, or does not say. */
export function pauseSentence({ state, pausedBecause }: MinerStatus): string {
  return state === 'paused' && pausedBecause ? PAUSE_SENTENCES[pausedBecause] : ''
}

/** Whether a setting says so, which may be changed. */
export function pausesBySetting({ state, pausedBecause }: MinerStatus): boolean {
  return state === 'paused' && (pausedBecause === 'battery' || pausedBecause === 'user-active')
}

const MINUTE_S = 60

/** How long a block takes; a dash where that cannot be told. */
export function expectedWords({ expectedSeconds, blockInterval }: MinerStatus): string {
  if (expectedSeconds === undefined) return '–'
  if (blockInterval !== undefined) return `one every ${formatDuration(expectedSeconds)}`
  if (expectedSeconds < 1) return 'under a second on average'
  const span = expectedSeconds < MINUTE_S ? formatDuration(expectedSeconds) : formatEstimate(expectedSeconds)
  return span.startsWith('over') ? `${span} on average` : `about ${span} on average`
}

export function expectedHint({ blockInterval }: MinerStatus): string {
  return blockInterval === undefined
    ? 'Each hash has the same chance, however long it has been: nothing is ever due.'
    : 'On the local network the miner sets the pace itself; there is no race.'
}
