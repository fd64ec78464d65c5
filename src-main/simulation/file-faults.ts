import { systemError } from './errors.ts'

export type FileOperation =
  | 'open'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'close'
  | 'stat'
  | 'list'
  | 'makeDirectory'
  | 'rename'
  | 'remove'
  | 'syncDirectory'
  | 'freeSpace'
  | 'realPath'

/** What goes wrong, and when: an error with a code, or a read that ends so many bytes early. */
export type FileFault = FaultTiming & ({ readonly code: string } | { readonly on: 'read'; readonly shortBy: number })

interface FaultTiming {
  readonly on: FileOperation
  /** Only for paths that match; without it for all. */
  readonly path?: RegExp
  /** From the n-th matching operation on, counted from 1. Default 1. */
  readonly nth?: number
  /** So many times. Default for ever. */
  readonly times?: number
}

/** Faults that a test has set. */
export class FileFaults {
  private readonly active = new Map<FileFault, { seen: number; fired: number }>()

  /** Returns what takes the fault away. */
  inject(fault: FileFault): () => void {
    this.active.set(fault, { seen: 0, fired: 0 })
    return () => this.active.delete(fault)
  }

  clear(): void {
    this.active.clear()
  }

  /** Throws the error that is due, or returns how many bytes a read is to fall short by. */
  strike(on: FileOperation, path: string): number {
    let shortBy = 0
    for (const [fault, count] of this.active) {
      if (fault.on !== on || (fault.path && !fault.path.test(path))) continue
      count.seen++
      if (count.seen < (fault.nth ?? 1) || count.fired >= (fault.times ?? Number.POSITIVE_INFINITY)) continue
      count.fired++
      if ('code' in fault) throw systemError(fault.code, on, path)
      shortBy = Math.max(shortBy, fault.shortBy)
    }
    return shortBy
  }
}
