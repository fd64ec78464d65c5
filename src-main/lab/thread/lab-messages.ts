/** What the engine and the thread of the Lab say to each other. One run a thread; it ends by being terminated. */
import type { LabReport, OptionValues } from '../experiment.ts'

export interface ToLab {
  readonly kind: 'run'
  readonly experiment: string
  /** Checked. */
  readonly options: OptionValues
}

export type FromLab =
  | { readonly kind: 'progress'; readonly fraction: number; readonly part: string }
  /** The whole report so far. */
  | { readonly kind: 'report'; readonly report: LabReport }
  | { readonly kind: 'done'; readonly report: LabReport }
  | { readonly kind: 'failed'; readonly message: string }
