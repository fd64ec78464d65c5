/** What the Chord experiments have found so far, part by part. */
import type { ChordResult } from '../chord/chord.ts'
import type { ComingAndGoingResult } from '../chord/coming-and-going.ts'
import type { FailureResult } from '../chord/failure.ts'
import type { LoadResult } from '../chord/load.ts'
import type { StoredKeysResult } from '../chord/stored-keys.ts'

export interface ChordRows {
  readonly size: { readonly nodes: number; readonly fingers: ChordResult; readonly all: ChordResult }[]
  readonly paths: { readonly nodes: number; readonly result: ChordResult }[]
  readonly load: { readonly virtualNodes: number; readonly result: LoadResult }[]
  readonly churn: {
    readonly rate: number
    readonly route: 'fingers' | 'all'
    readonly result: ComingAndGoingResult
  }[]
  readonly failure: { readonly fail: number; readonly result: FailureResult }[]
  readonly store: { readonly fail: number; readonly result: StoredKeysResult }[]
}

export function noChordRows(): ChordRows {
  return { size: [], paths: [], load: [], churn: [], failure: [], store: [] }
}
