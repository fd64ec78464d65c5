/** What a change of mode costs, as one plain statement. */
import type { ChainMode } from '../chain.ts'
import type { ModeCost } from '../store/store-mode.ts'

const GIGABYTE = 1_000_000_000
const MEGABYTE = 1_000_000

const KEEPS: Readonly<Record<ChainMode, string>> = {
  archive: 'An archive node keeps every block and finds every transaction and address.',
  pruned:
    'A pruned node checks everything but keeps only the newest blocks: older transactions and addresses are not found here.',
  light:
    'A light node keeps headers and filters only: it does not check blocks itself and asks peers for what it needs.',
}

export function modeStatement(from: ChainMode, to: ChainMode, cost: ModeCost): string {
  if (from === to) return 'This is the mode already; nothing changes.'
  const parts = [KEEPS[to]]
  if (cost.frees > 0)
    parts.push(
      `About ${bytesInWords(cost.frees)} of the disk become free; what is removed must be downloaded again to go back.`,
    )
  if (cost.downloadBlocks > 0) {
    const size = cost.downloadBytes === undefined ? '' : `, about ${bytesInWords(cost.downloadBytes)}`
    parts.push(`${cost.downloadBlocks.toLocaleString('en')} blocks${size} are downloaded.`)
  }
  if (cost.connectsAgain > 0)
    parts.push(
      `${cost.connectsAgain.toLocaleString('en')} blocks are checked again; until then balances and pages are incomplete.`,
    )
  return parts.join(' ')
}

function bytesInWords(bytes: number): string {
  if (bytes >= GIGABYTE) return `${(bytes / GIGABYTE).toFixed(1)} GB`
  return `${Math.max(1, Math.round(bytes / MEGABYTE))} MB`
}
