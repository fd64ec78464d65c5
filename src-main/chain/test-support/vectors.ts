/** Reads the vectors of test/vectors/chain. */
import { readFileSync } from 'node:fs'

const FOLDER = new URL('../../../test/vectors/chain/', import.meta.url)

/** Bytes of a vector file, by its path in that folder. */
export function vectorBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, FOLDER)))
}

export function vectorText(path: string): string {
  return readFileSync(new URL(path, FOLDER), 'utf8')
}

/** A vector file of JSON; the caller names its shape. */
export function vectorJson<T>(path: string): T {
  return JSON.parse(vectorText(path)) as T
}
