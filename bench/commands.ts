/** Commands that run to their end, in turns, and what each takes: shared by the figures of hashing. */
import { type Bench, megabytes } from './bench.ts'
import { median, type Row, spread } from './report.ts'
import { Run, type Usage } from './run.ts'

export interface TimedCommand {
  readonly name: string
  readonly line: readonly string[]
  /** Undoes what an earlier run has left behind. */
  readonly before?: () => void
  /** Lines of its output between which it does nothing but hash; where it says so. */
  readonly hashing?: { readonly from: RegExp; readonly to: RegExp }
}

export interface CommandSample extends Usage {
  /** From the start of the process to its end. */
  readonly seconds: number
  readonly hashingSeconds: number | undefined
}

export async function inTurns(
  bench: Bench,
  figure: string,
  commands: readonly TimedCommand[],
): Promise<ReadonlyMap<string, readonly CommandSample[]>> {
  const samples = new Map<string, CommandSample[]>(commands.map(({ name }) => [name, []]))
  for (let run = 0; run < bench.runs; run++) {
    for (const command of commands) samples.get(command.name)?.push(await measure(command))
    bench.say(`${figure}: ${run + 1} of ${bench.runs}`)
  }
  return samples
}

async function measure({ line, before, hashing }: TimedCommand): Promise<CommandSample> {
  before?.()
  const run = new Run(line)
  let hashingSeconds: number | undefined
  if (hashing) {
    await run.line(hashing.from)
    const from = performance.now()
    await run.line(hashing.to)
    hashingSeconds = (performance.now() - from) / 1_000
  }
  await run.finished()
  return { seconds: (performance.now() - run.startedAt) / 1_000, hashingSeconds, ...run.usage() }
}

/** Megabytes a second: of hashing where the command tells it, else of the whole command. */
export function hashingRate(bytes: number, samples: readonly CommandSample[] | undefined): number | undefined {
  return samples && median(samples.map(({ hashingSeconds, seconds }) => megabytes(bytes) / (hashingSeconds ?? seconds)))
}

export function rowsOf(bytes: number, samples: ReadonlyMap<string, readonly CommandSample[]>): Row[] {
  return [...samples].map(([name, all]) => {
    const column = (value: (sample: CommandSample) => number, digits: number) => spread(all.map(value), digits)
    const hashing = all.some(({ hashingSeconds }) => hashingSeconds !== undefined)
    return {
      name,
      cells: {
        'MB/s': column(({ seconds }) => megabytes(bytes) / seconds, 0),
        ...(hashing && { 'hashing alone': column((s) => megabytes(bytes) / (s.hashingSeconds ?? Number.NaN), 0) }),
        s: column(({ seconds }) => seconds, 2),
        'CPU s': column(({ cpuSeconds }) => cpuSeconds, 2),
        'peak MB': column(({ peakMemory }) => megabytes(peakMemory), 0),
      },
    }
  })
}
