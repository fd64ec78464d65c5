/**
 * The lecture-hall experiment: how long until N peers have a file, from one server and as a swarm, for a series of N,
 * beside the least time that theory allows. The same options give the same result, event by event.
 */
import { createHash } from 'node:crypto'
import { type Distribution, serverBound, swarmBound } from './distribution-times.ts'
import { runLectureHall } from './lecture-hall.ts'

export interface SwarmOptions extends Omit<Distribution, 'peers'> {
  /** The largest N, 1 to `MAX_NODES`. */
  readonly nodes: number
  /** A whole number up to 2^53. */
  readonly seed: number
}

/** More would take minutes and gigabytes. */
export const MAX_NODES = 200

/** The server sends ten times as fast as a peer, and a peer receives so fast: the figures of Kurose and Ross, 2.5. */
export const SWARM_DEFAULTS: SwarmOptions = {
  nodes: 20,
  seed: 1,
  fileBytes: 8_000_000,
  serverUp: 2_500_000,
  peerUp: 250_000,
  peerDown: 2_500_000,
}

/** Times in seconds of virtual time. */
export interface SwarmRow {
  readonly nodes: number
  readonly serverSeconds: number
  readonly serverBound: number
  readonly swarmSeconds: number
  readonly swarmBound: number
}

export interface SwarmResult {
  readonly rows: readonly SwarmRow[]
  /** Events of all simulations. */
  readonly events: number
  /** 16 hexadecimal digits: alike when the same things happened at the same times in all of them. */
  readonly checksum: string
}

export interface SwarmWatcher {
  /** Another part of the work is done, 0 to 1. Often: once for each piece that a peer has got. */
  readonly progress?: (fraction: number, nodes: number) => void
  readonly row?: (row: SwarmRow) => void
  readonly signal?: AbortSignal
}

const PIECE_LENGTH = 64 * 1024

/** @throws the reason of `watcher.signal` once that is aborted */
export async function runSwarm(options: SwarmOptions, watcher: SwarmWatcher = {}): Promise<SwarmResult> {
  const series = seriesTo(options.nodes)
  const piecesOfAll = 2 * sum(series) * Math.ceil(options.fileBytes / PIECE_LENGTH)
  const sums = createHash('sha256')
  const rows: SwarmRow[] = []
  let events = 0
  let verified = 0

  for (const peers of series) {
    const run = async (way: 'server' | 'swarm') => {
      const hall = { ...options, way, peers, pieceLength: PIECE_LENGTH }
      const count = () => watcher.progress?.(++verified / piecesOfAll, peers)
      const result = await runLectureHall(hall, count, watcher.signal)
      sums.update(result.checksum)
      events += result.events
      return result.seconds
    }
    const distribution = { ...options, peers }
    const row: SwarmRow = {
      nodes: peers,
      serverSeconds: await run('server'),
      serverBound: serverBound(distribution),
      swarmSeconds: await run('swarm'),
      swarmBound: swarmBound(distribution),
    }
    rows.push(row)
    watcher.row?.(row)
  }
  return { rows, events, checksum: sums.digest('hex').slice(0, 16) }
}

/** 1, 2, 5, 10, 20, 50 … below `nodes`, then `nodes`. */
export function seriesTo(nodes: number): number[] {
  const series: number[] = []
  for (let decade = 1; decade < nodes; decade *= 10) {
    for (const step of [1, 2, 5]) if (step * decade < nodes) series.push(step * decade)
  }
  return [...series, nodes]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
