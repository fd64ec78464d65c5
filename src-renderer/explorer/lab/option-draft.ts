/** What is written in the form of an experiment, and what of it can be run. */
import type { LabExperiment, LabOption, LabOptionValue } from '../../client/types.ts'

/** Text of numbers, as it is typed. */
export type DraftValue = string | boolean | readonly string[]
export type Draft = Readonly<Record<string, DraftValue>>

export interface ReadDraft {
  readonly values: Readonly<Record<string, LabOptionValue>>
  /** A sentence for each option that cannot be run so. */
  readonly problems: Readonly<Record<string, string>>
}

/** @param values those of an earlier run; what it lacks is as described */
export function draftOf(experiment: LabExperiment, values: Readonly<Record<string, LabOptionValue>> = {}): Draft {
  return Object.fromEntries(
    experiment.options.map((option) => {
      const value = values[option.name] ?? option.default
      return [option.name, typeof value === 'number' ? String(value) : value]
    }),
  )
}

export function readDraft(experiment: LabExperiment, draft: Draft): ReadDraft {
  const values: Record<string, LabOptionValue> = {}
  const problems: Record<string, string> = {}
  for (const option of experiment.options) {
    const written = draft[option.name]
    if (option.kind === 'number') {
      const value = readNumber(String(written))
      const problem = problemOf(option, value)
      if (problem === undefined) values[option.name] = value
      else problems[option.name] = problem
    } else if (option.kind === 'several' && Array.isArray(written) && written.length === 0) {
      problems[option.name] = 'Choose at least one.'
    } else if (written !== undefined) {
      values[option.name] = typeof written === 'object' ? [...written] : written
    }
  }
  return { values, problems }
}

/** Thousands may be grouped. */
function readNumber(text: string): number {
  const plain = text.trim().replaceAll(',', '')
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN
}

type NumberOption = LabOption & { readonly kind: 'number' }

export function rangeOf({ min, max, unit }: NumberOption): string {
  return `${formatBound(min)} to ${formatBound(max)}${unit === undefined ? '' : ` ${unit}`}`
}

/** A bound is never rounded. */
function formatBound(bound: number): string {
  return bound.toLocaleString('en-GB', { maximumFractionDigits: 6 })
}

const ROUNDING = 1e-6

function problemOf(option: NumberOption, value: number): string | undefined {
  const { min, max, step } = option
  if (!(value >= min && value <= max)) return `Enter a number from ${rangeOf(option)}.`
  const steps = value / step
  if (Math.abs(steps - Math.round(steps)) <= ROUNDING) return undefined
  return step === 1 ? `Enter a whole number from ${rangeOf(option)}.` : `Enter a multiple of ${step}.`
}
