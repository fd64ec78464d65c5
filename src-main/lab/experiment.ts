/**
 * What an experiment of the Lab is to those who offer, run and draw it: a description as data, and a run whose report is
 * plain data (structured clone), whole each time: tables, charts and drawings of blocks as far as they have come.
 */

/** What a person may choose. A whole number is one of step 1. */
export type OptionDescription =
  | (Named & {
      readonly kind: 'number'
      readonly unit?: string
      readonly min: number
      readonly max: number
      /** Values are whole multiples of it. */
      readonly step: number
      readonly default: number
    })
  | (Named & { readonly kind: 'one'; readonly choices: readonly Choice[]; readonly default: string })
  /** At least one of them. */
  | (Named & { readonly kind: 'several'; readonly choices: readonly Choice[]; readonly default: readonly string[] })
  | (Named & { readonly kind: 'toggle'; readonly default: boolean })

interface Named {
  /** Its key in `OptionValues`. */
  readonly name: string
  readonly label: string
  readonly hint?: string
}

export interface Choice {
  readonly value: string
  readonly label: string
}

export type OptionValue = number | boolean | string | readonly string[]
export type OptionValues = Readonly<Record<string, OptionValue>>

export interface ExperimentDescription {
  readonly name: string
  readonly title: string
  /** One sentence: what it shows. */
  readonly summary: string
  readonly options: readonly OptionDescription[]
}

export interface LabColumn {
  readonly label: string
  readonly unit?: string
  /** Most digits after the point that are worth showing; left out for text. */
  readonly digits?: number
}

/** `null`: there is nothing to say. */
export type LabCell = number | string | null

export interface LabTable {
  readonly kind: 'table'
  /** Names it within its report. */
  readonly id: string
  readonly title: string
  readonly columns: readonly LabColumn[]
  /** Cells in the order of the columns. */
  readonly rows: readonly (readonly LabCell[])[]
}

export interface LabAxis {
  readonly label: string
  readonly unit?: string
  readonly scale: 'linear' | 'log'
}

/** Who says so: we, a formula, a publication, or a publication quoted from memory, which is drawn dashed. */
export type Origin = 'measured' | 'formula' | 'published' | 'from memory'

export interface LabSeries {
  readonly label: string
  readonly origin: Origin
  /** The formula, the publication; empty for what we have measured. */
  readonly source: string
  /** By growing x; of bars x is the index of the category. */
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Of points that are no line: what each stands for. */
  readonly names?: readonly string[]
}

export interface LabChart {
  readonly kind: 'chart'
  readonly id: string
  readonly title: string
  readonly shape: 'lines' | 'points' | 'bars'
  /** Names of the places of bars, from index 0 on; empty for lines. */
  readonly categories: readonly string[]
  readonly x: LabAxis
  readonly y: LabAxis
  readonly series: readonly LabSeries[]
}

export interface LabBlock {
  readonly height: number
  /** 64 hexadecimal digits, as people write hashes. */
  readonly hash: string
  /** What it says that it follows. */
  readonly previous: string
  /** Not as it was at first. */
  readonly changed: boolean
  /** `broken` by itself; `unlinked`: it follows a block that is not there; `after` one of these. */
  readonly state: 'valid' | 'broken' | 'unlinked' | 'after'
  /** The rule that it breaks, or empty. */
  readonly reason: string
}

/** A row of blocks, step by step. */
export interface LabDrawing {
  readonly kind: 'blocks'
  readonly id: string
  readonly title: string
  readonly steps: readonly { readonly title: string; readonly verdict: string; readonly blocks: readonly LabBlock[] }[]
}

export type LabSection = LabTable | LabChart | LabDrawing

/** In the order in which they are read; a section appears once it has something in it. */
export type LabReport = readonly LabSection[]

export interface ExperimentWatcher {
  /** Called often. `part` is what is being done, in a word or two. */
  readonly progress: (fraction: number, part: string) => void
  /** Called when something has been added to the report. */
  readonly report: (report: LabReport) => void
  readonly signal: AbortSignal
}

export interface Experiment {
  readonly description: ExperimentDescription
  /** @param options checked by `checkedOptions`. @throws the reason of the signal once that is aborted */
  run(options: OptionValues, watcher: ExperimentWatcher, breathe: () => Promise<void>): Promise<LabReport>
}

/** Of the checked options, the number that the description promises. */
export function numberOf(options: OptionValues, name: string): number {
  const value = options[name]
  if (typeof value !== 'number') throw new TypeError(`the option ${name} is no number`)
  return value
}

/** Of the checked options, the chosen ones. */
export function severalOf(options: OptionValues, name: string): readonly string[] {
  const value = options[name]
  if (!Array.isArray(value)) throw new TypeError(`the option ${name} is no list`)
  return value
}

/** A run of numbers from `from` to `to`, both included, evenly apart: where a formula is drawn. */
export function evenly(from: number, to: number, count: number): readonly number[] {
  if (count < 2 || from === to) return [from]
  return Array.from({ length: count }, (_, n) => from + ((to - from) * n) / (count - 1))
}

/** Without sections that have nothing in them yet. */
export function filled(sections: LabReport): LabReport {
  return sections.filter((section) => {
    if (section.kind === 'table') return section.rows.length > 0
    if (section.kind === 'blocks') return section.steps.length > 0
    return section.series.some(({ points }) => points.length > 0)
  })
}
