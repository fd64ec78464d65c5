/** Sizes of transactions and blocks, in the units that their limits are set in. */
import { bytesQuantity, formatCount } from '../../ui/format.ts'

/** `141 vB`, `88.2 kvB`: a quarter of the weight. */
export function formatVirtualBytes(virtualBytes: number): string {
  const { value, unit } = bytesQuantity(virtualBytes)
  return `${value} ${unit.replace('B', 'vB')}`
}

/** `561 WU`. A block holds four million of them. */
export function formatWeight(weight: number): string {
  return `${formatCount(weight)} WU`
}
