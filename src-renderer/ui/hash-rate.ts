/** Hashes and hash rates in figures: decimal steps, three significant figures. */
import { bytesQuantity, type Quantity } from './format.ts'

/** `412 MH`: so many hashes. */
export function hashesQuantity(hashes: number): Quantity {
  const { value, unit } = bytesQuantity(hashes)
  return { value, unit: unit.replace('B', 'H') }
}

/** `42.8 MH/s`. */
export function hashRateQuantity(hashesPerSecond: number): Quantity {
  const { value, unit } = hashesQuantity(hashesPerSecond)
  return { value, unit: `${unit}/s` }
}

export function formatHashRate(hashesPerSecond: number): string {
  const { value, unit } = hashRateQuantity(hashesPerSecond)
  return `${value} ${unit}`
}

export function formatHashes(hashes: number): string {
  const { value, unit } = hashesQuantity(hashes)
  return `${value} ${unit}`
}
