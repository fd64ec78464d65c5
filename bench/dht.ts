/**
 * Shoal's DHT nodes beside those of `bittorrent-dht`: 300 of each in a process of its own, in turns, over loopback. What is
 * asked of them is in `dht/measure.ts`. A bare ping-pong of datagrams shows what the system allows.
 *
 * Latencies are those of one lookup at a time; all nodes share one event loop, so they are its time and not the network's.
 * Messages are counted where they arrive.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import type { NetworkFigures, PingPongFigures } from './dht/measure.ts'
import { type Goal, median, type Row, spread } from './report.ts'

const SCRIPT = join(import.meta.dirname, 'dht', 'measure.ts')
const OURS = 'shoal'
const THEIRS = 'bittorrent-dht'
/** A round of the slower one takes some ten seconds on an idle machine. */
const LIMIT_MS = 300_000

export const ABOUT_DHT = '300 nodes in a process, each on a /24 of its own, 50 info-hashes'

export function dht(bench: Bench): Promise<{ rows: Row[]; goals: Goal[] }> {
  const figures: Readonly<Record<string, NetworkFigures[]>> = { [OURS]: [], [THEIRS]: [] }
  const limits: PingPongFigures[] = []
  for (let run = 0; run < bench.runs; run++) {
    for (const [name, all] of Object.entries(figures)) all.push(measure<NetworkFigures>(name))
    limits.push(measure<PingPongFigures>('ping-pong'))
    bench.say(`dht: ${run + 1} of ${bench.runs}`)
  }
  const [ours, theirs] = [figures[OURS] ?? [], figures[THEIRS] ?? []]
  const rows = [rowOf('Shoal', ours), rowOf('bittorrent-dht', theirs), limitRow(limits)]
  return Promise.resolve({ rows, goals: goalsOf(ours, theirs) })
}

function measure<T>(what: string): T {
  const output = execFileSync(process.execPath, [SCRIPT, what], { encoding: 'utf8', timeout: LIMIT_MS })
  return JSON.parse(output) as T
}

function rowOf(name: string, all: readonly NetworkFigures[]): Row {
  const column = (value: (figures: NetworkFigures) => number, digits: number) => spread(all.map(value), digits)
  const latency = (value: (figures: NetworkFigures) => { p50: number; p95: number }) =>
    `${median(all.map((f) => value(f).p50)).toFixed(1)} / ${median(all.map((f) => value(f).p95)).toFixed(1)}`
  return {
    name,
    cells: {
      'messages/CPU s': column((f) => f.messagesPerCpuSecond, 0),
      'lookups/CPU s': column((f) => f.lookupsPerCpuSecond, 0),
      'messages/lookup': column((f) => f.messagesPerLookup, 1),
      'lookup ms p50/p95': latency((f) => f.wholeMs),
      'first peer ms p50/p95': latency((f) => f.firstPeerMs),
      misses: column((f) => f.misses, 0),
      'joining CPU s': column((f) => f.joinCpuSeconds, 2),
    },
  }
}

function limitRow(all: readonly PingPongFigures[]): Row {
  const messages = all.map(({ messagesPerCpuSecond }) => messagesPerCpuSecond)
  return { name: 'bare ping-pong', cells: { 'messages/CPU s': spread(messages, 0) } }
}

function goalsOf(ours: readonly NetworkFigures[], theirs: readonly NetworkFigures[]): Goal[] {
  const ratio = (value: (figures: NetworkFigures) => number) => median(ours.map(value)) / median(theirs.map(value))
  const than = 'as many as bittorrent-dht'
  return [
    { text: `messages per CPU second, ${than}`, value: ratio((f) => f.messagesPerCpuSecond), atLeast: 2, unit: 'x' },
    { text: `lookups per CPU second, ${than}`, value: ratio((f) => f.lookupsPerCpuSecond), atLeast: 4, unit: 'x' },
    {
      text: 'bittorrent-dht p95 of a lookup against ours',
      value: 1 / ratio((f) => f.wholeMs.p95),
      atLeast: 1,
      unit: 'x',
    },
  ]
}
