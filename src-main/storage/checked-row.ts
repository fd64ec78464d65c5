import type { SqlRow } from '../kernel/database.ts'

/**
 * Values out of a row, believed only when they have the right type and range: a file that was damaged in place still
 * reads, and what it says must never reach the engine unchecked. Each throws `RangeError` naming the column.
 */
export function textIn(row: SqlRow, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new RangeError(`${column} is not text`)
  return value
}

export function optionalTextIn(row: SqlRow, column: string): string | undefined {
  return row[column] === null ? undefined : textIn(row, column)
}

/** A finite number of at least zero. */
export function amountIn(row: SqlRow, column: string): number {
  const value = row[column]
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0)
    throw new RangeError(`${column} is no amount`)
  return number
}

export function optionalAmountIn(row: SqlRow, column: string): number | undefined {
  return row[column] === null ? undefined : amountIn(row, column)
}

/** A whole number from 0 to 2^53 - 1. */
export function countIn(row: SqlRow, column: string): number {
  const number = amountIn(row, column)
  if (!Number.isSafeInteger(number)) throw new RangeError(`${column} is no count`)
  return number
}

export function optionalCountIn(row: SqlRow, column: string): number | undefined {
  return row[column] === null ? undefined : countIn(row, column)
}

export function flagIn(row: SqlRow, column: string): boolean {
  const number = countIn(row, column)
  if (number > 1) throw new RangeError(`${column} is no flag`)
  return number === 1
}

/** @param length the exact number of bytes, where it is known */
export function bytesIn(row: SqlRow, column: string, length?: number): Uint8Array {
  const value = row[column]
  if (!(value instanceof Uint8Array)) throw new RangeError(`${column} is not bytes`)
  if (length !== undefined && value.length !== length) throw new RangeError(`${column} has ${value.length} bytes`)
  return value
}

/** @param length the exact number of bytes, where it is known */
export function optionalBytesIn(row: SqlRow, column: string, length?: number): Uint8Array | undefined {
  return row[column] === null ? undefined : bytesIn(row, column, length)
}

/** A whole number from 0 to 2^63 - 1, kept as decimal text. */
export function bigCountIn(row: SqlRow, column: string): bigint {
  const text = textIn(row, column)
  const number = /^\d{1,19}$/.test(text) ? BigInt(text) : undefined
  if (number === undefined || number >= 2n ** 63n) throw new RangeError(`${column} is no count`)
  return number
}

export function optionalBigCountIn(row: SqlRow, column: string): bigint | undefined {
  return row[column] === null ? undefined : bigCountIn(row, column)
}
