/** The memory of another process, as Linux shows it to whoever may look. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

const PART_BYTES = 4 * 1024 * 1024
/** Longer than anything that is looked for: parts overlap by it. */
const OVERLAP_BYTES = 1_024

/** Everything that the process can write to, in parts; undefined where we may not look. */
export function memoryOf(pid: number): Iterable<Uint8Array> | undefined {
  try {
    closeSync(openSync(`/proc/${pid}/mem`, 'r'))
  } catch {
    return undefined
  }
  return partsOf(pid)
}

function* partsOf(pid: number): Generator<Uint8Array> {
  const part = Buffer.alloc(PART_BYTES)
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    for (const { from, to } of writableRegions(pid)) {
      for (let at = from; at < to; at += PART_BYTES - OVERLAP_BYTES) {
        const size = readAt(memory, part, at, Math.min(PART_BYTES, to - at))
        if (size > 0) yield part.subarray(0, size)
      }
    }
  } finally {
    closeSync(memory)
  }
}

/** 0 for what cannot be read: reserved, or given back since. */
function readAt(memory: number, part: Buffer, at: number, size: number): number {
  try {
    return readSync(memory, part, 0, size, at)
  } catch {
    return 0
  }
}

function writableRegions(pid: number): { from: number; to: number }[] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')
  return lines.flatMap((line) => {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
    return from && to ? [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }] : []
  })
}
