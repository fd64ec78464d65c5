/** The chain in words: its states, modes, how deep a block lies, and what a block's miner may expect of others. */
import type { AppStatus, BlockRow, ChainInfo, ChainMode, NetworkName } from '../../client/types.ts'
import { formatCount, formatPercent, formatPlural } from '../../ui/format.ts'

type ChainStatus = AppStatus['chain']

/** For the status bar: the height where it is at the tip, else what goes on. */
export function chainStatusWords({ state, height, headers, peers }: ChainStatus): string {
  switch (state) {
    case 'off':
      return 'off'
    case 'starting':
      return 'opening'
    case 'rebuilding':
      return 'rebuilding'
    case 'initial-sync':
      return headers > height ? `syncing ${formatPercent(height / headers)}` : 'syncing'
    case 'synced':
      // With the first block alone and nobody to hear of others from, that it is the tip is not known.
      return height === 0 && peers === 0 ? 'no peers yet' : formatCount(height)
    case 'no-space':
      return 'disk full'
    case 'failed':
      return 'failed'
  }
}

export function chainStatusHint({ state, height, headers, peers }: ChainStatus): string {
  if (state === 'off') return 'The chain is switched off.'
  if (state === 'failed') return 'The chain cannot be opened: the Explorer says why.'
  const behind = headers > height ? `, ${formatPlural(headers - height, 'block')} left` : ''
  return `Block ${formatCount(height)}${behind}; ${formatPlural(peers, 'peer')}.`
}

export const MODE_WORDS: Readonly<Record<ChainMode, string>> = {
  archive: 'Archive',
  pruned: 'Pruned',
  light: 'Light',
}

export const NETWORK_WORDS: Readonly<Record<NetworkName, string>> = {
  main: 'Main network',
  test: 'Test network',
  local: 'Local network',
}

/** What this node keeps, in a few words. */
export function keepsWords({ mode, keptFrom, light }: ChainInfo): string {
  if (mode === 'light') return light ? `headers and filters, ${sourcesWords(light.sources)}` : 'headers and filters'
  if (mode === 'archive') return 'keeps every block'
  return keptFrom === undefined ? 'keeps the newest blocks' : `keeps blocks from ${formatCount(keptFrom)} on`
}

/** Where a light node's filters come from. */
export function sourcesWords(sources: number): string {
  if (sources === 0) return 'no source yet'
  return sources === 1 ? 'one source' : `${formatCount(sources)} sources that agree`
}

/** From here on a block counts as settled, and a reward can be spent. */
const SETTLED = 6
export const MATURITY = 100

export interface Trust {
  readonly word: string
  readonly sentence: string
  readonly tone: 'waiting' | 'fresh' | 'settled'
}

/** How much a place in the chain is worth, by the blocks that lie on it; `confirmations` counts its own block. */
export function trustOf(confirmations: number): Trust {
  if (confirmations <= 0)
    return { word: 'Unconfirmed', sentence: 'In no block yet: it may still be replaced or dropped.', tone: 'waiting' }
  const deep = `${formatPlural(confirmations, 'block')} deep`
  if (confirmations < SETTLED)
    return { word: `Fresh, ${deep}`, sentence: 'A reorganisation could still undo it.', tone: 'fresh' }
  if (confirmations < MATURITY)
    return {
      word: `Settled, ${deep}`,
      sentence: 'Undoing it would take more work than all blocks since.',
      tone: 'settled',
    }
  return { word: `Deeply settled, ${deep}`, sentence: 'A hundred blocks or more lie on it.', tone: 'settled' }
}

/** A lone rate needs some blocks to rest on. */
const LEAST_BLOCKS = 3

/**
 * Hashes a second that the whole network tries, by the time its newest blocks took: an estimate that wanders, since
 * blocks come by chance. Undefined where there are too few.
 * @param recent newest first @param difficulty hashes a block takes on average
 */
export function networkRate(recent: readonly BlockRow[], difficulty: number): number | undefined {
  const [newest] = recent
  const oldest = recent.at(-1)
  if (!newest || !oldest || recent.length < LEAST_BLOCKS) return undefined
  const seconds = newest.time - oldest.time
  return seconds > 0 ? (difficulty * (recent.length - 1)) / seconds : undefined
}

/** Text from outside, for showing: what steers a terminal or the direction of writing is made visible. */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
}
