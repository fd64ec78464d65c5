/** The Lab: experiments over simulated networks, one at a time on a thread of its own. Reports stay until newer ones push them out. */
import { z } from 'zod'
import { nothing, rows, service, value } from './service.ts'

const name = z.string().min(1).max(64)
const words = z.string().max(500)
const unit = z.string().max(20)

export const MAX_LAB_OPTIONS = 32
export const MAX_LAB_CHOICES = 64
const choice = z.object({ value: z.string().max(64), label: z.string().max(100) })
const named = { name, label: z.string().max(100), hint: words.optional() }

export const labOption = z.discriminatedUnion('kind', [
  z.object({
    ...{ ...named, kind: z.literal('number'), unit: unit.optional() },
    ...{ min: z.number(), max: z.number(), step: z.number().positive(), default: z.number() },
  }),
  z.object({
    ...{ ...named, kind: z.literal('one'), default: z.string().max(64) },
    choices: z.array(choice).max(MAX_LAB_CHOICES),
  }),
  /** At least one of the choices. */
  z.object({
    ...{ ...named, kind: z.literal('several'), default: z.array(z.string().max(64)).max(MAX_LAB_CHOICES) },
    choices: z.array(choice).max(MAX_LAB_CHOICES),
  }),
  z.object({ ...named, kind: z.literal('toggle'), default: z.boolean() }),
])
export type LabOption = z.infer<typeof labOption>

export const labOptionValue = z.union([
  z.number(),
  z.boolean(),
  z.string().max(64),
  z.array(z.string().max(64)).max(MAX_LAB_CHOICES),
])
export type LabOptionValue = z.infer<typeof labOptionValue>

/** By the names of the options. */
export const labOptionValues = z
  .record(z.string().max(64), labOptionValue)
  .refine((values) => Object.keys(values).length <= MAX_LAB_OPTIONS, 'too many options')

export const labExperiment = z.object({
  name,
  title: z.string().max(100),
  /** What it shows, in a sentence. */
  summary: words,
  options: z.array(labOption).max(MAX_LAB_OPTIONS),
})
export type LabExperiment = z.infer<typeof labExperiment>
export const MAX_LAB_EXPERIMENTS = 32

export const MAX_LAB_COLUMNS = 32
export const MAX_LAB_TABLE_ROWS = 1_000
const column = z.object({
  label: z.string().max(100),
  unit: unit.optional(),
  /** Most digits after the point that are worth showing; left out for text. */
  digits: z.int().min(0).max(12).optional(),
})
const section = { id: name, title: z.string().max(200) }

export const labTable = z.object({
  ...{ ...section, kind: z.literal('table'), columns: z.array(column).max(MAX_LAB_COLUMNS) },
  /** Cells in the order of the columns; null where there is nothing to say. */
  rows: z.array(z.array(z.union([z.number(), words, z.null()])).max(MAX_LAB_COLUMNS)).max(MAX_LAB_TABLE_ROWS),
})
export type LabTable = z.infer<typeof labTable>

export const MAX_LAB_SERIES = 24
export const MAX_LAB_POINTS = 2_000
const axis = z.object({ label: z.string().max(100), unit: unit.optional(), scale: z.enum(['linear', 'log']) })

/** Who says so: we, a formula, a publication, or a publication quoted from memory, which is drawn dashed. */
export const labOrigin = z.enum(['measured', 'formula', 'published', 'from memory'])
export type LabOrigin = z.infer<typeof labOrigin>

export const labSeries = z.object({
  label: z.string().max(100),
  origin: labOrigin,
  /** The formula, the publication; empty for what was measured. */
  source: words,
  /** By growing x; of bars x is the index of the category. */
  points: z.array(z.tuple([z.number(), z.number()]).readonly()).max(MAX_LAB_POINTS),
  /** Of points that are no line: what each stands for. */
  names: z.array(z.string().max(64)).max(MAX_LAB_POINTS).optional(),
})
export type LabSeries = z.infer<typeof labSeries>

export const labChart = z.object({
  ...{ ...section, kind: z.literal('chart'), shape: z.enum(['lines', 'points', 'bars']), x: axis, y: axis },
  /** Names of the places of bars; empty for lines. */
  categories: z.array(z.string().max(64)).max(MAX_LAB_CHOICES),
  series: z.array(labSeries).max(MAX_LAB_SERIES),
})
export type LabChart = z.infer<typeof labChart>

const hash = z.string().regex(/^[0-9a-f]{64}$/)
export const labBlock = z.object({
  height: z.int().nonnegative(),
  hash,
  /** What it says that it follows. */
  previous: hash,
  /** Not as it was at first. */
  changed: z.boolean(),
  /** `broken` by itself; `unlinked`: it follows a block that is not there; `after` one of these. */
  state: z.enum(['valid', 'broken', 'unlinked', 'after']),
  /** The rule that it breaks, or empty. */
  reason: z.string().max(64),
})
export type LabBlock = z.infer<typeof labBlock>

/** A row of blocks, step by step. */
export const labDrawing = z.object({
  ...{ ...section, kind: z.literal('blocks') },
  steps: z
    .array(z.object({ title: z.string().max(200), verdict: z.string().max(64), blocks: z.array(labBlock).max(64) }))
    .max(64),
})
export type LabDrawing = z.infer<typeof labDrawing>

export const labSection = z.discriminatedUnion('kind', [labTable, labChart, labDrawing])
export type LabSection = z.infer<typeof labSection>
export const MAX_LAB_SECTIONS = 64

export const labRunState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])
export type LabRunState = z.infer<typeof labRunState>

const runId = z.string().min(1).max(32)

export const labRun = z.object({
  id: runId,
  experiment: name,
  /** All of them, those left out as described. */
  options: labOptionValues,
  state: labRunState,
  /** Of the work, 0 to 1. */
  fraction: z.number().min(0).max(1),
  /** Seconds until the end if it goes on as before; undefined where that is not known. */
  secondsLeft: z.number().nonnegative().optional(),
  /** Seconds that it has run for. */
  seconds: z.number().nonnegative(),
  /** What is being done, in a word or two. */
  part: z.string().max(100),
  /** Rows of its tables so far. */
  rows: z.int().nonnegative(),
  /** Why it failed, and what to do; else empty. */
  problem: z.string().max(2_000),
})
export type LabRun = z.infer<typeof labRun>

export const labResult = z.object({ run: labRun, sections: z.array(labSection).max(MAX_LAB_SECTIONS) })
export type LabResult = z.infer<typeof labResult>

/** The sections of a run so far. */
export const labReport = z.object({ run: runId, sections: z.array(labSection).max(MAX_LAB_SECTIONS) })
export type LabReport = z.infer<typeof labReport>

/** A report as text has all its numbers at full length. */
export const MAX_CSV_CHARACTERS = 16_000_000

export const lab = service({
  name: 'lab',
  calls: {
    experiments: { args: nothing, result: z.array(labExperiment).max(MAX_LAB_EXPERIMENTS) },
    /** Runs now, or after those before it. `NO_SUCH_EXPERIMENT`, `BAD_OPTION`, `TOO_MANY_RUNS`. */
    start: { args: z.object({ experiment: name, options: labOptionValues }), result: z.object({ run: runId }) },
    /** Ends it whatever it is doing; what it has found stays. One that has ended stays as it is. `NO_SUCH_RUN`. */
    cancel: { args: z.object({ run: runId }), result: nothing },
    /** As far as it has come. `NO_SUCH_RUN`. */
    result: { args: z.object({ run: runId }), result: labResult },
    /** A section of the report by its id, or all of it. `NO_SUCH_RUN`, `NO_SUCH_PART`. */
    csv: {
      args: z.object({ run: runId, part: name.optional() }),
      result: z.object({ text: z.string().max(MAX_CSV_CHARACTERS) }),
    },
  },
  feeds: {
    /** Those that wait, the one that runs, and the last that have ended; in the order of their starting. */
    runs: rows(labRun),
    /** The report of one run, as it grows. */
    report: value(labReport, z.object({ run: runId })),
  },
})
