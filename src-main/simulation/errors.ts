import { CodedError, type Fault } from '../kernel/errors.ts'

export type SimulationFault = Fault &
  (
    | { readonly code: 'VIRTUAL_TIME_OVER'; readonly seed: number; readonly pending: readonly string[] }
    | { readonly code: 'NOTHING_LEFT'; readonly seed: number; readonly pending: readonly string[] }
    | { readonly code: 'LEFT_OVER'; readonly seed: number; readonly left: readonly string[] }
    | { readonly code: 'MISUSE'; readonly seed: number }
  )

/** A scenario did not do what it promised, or misused the simulation. The message holds the seed. */
export class SimulationError extends CodedError<SimulationFault> {}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'address not available',
  EBADF: 'bad file descriptor',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by the other side',
  EEXIST: 'file already exists',
  EINVAL: 'invalid argument',
  EIO: 'i/o error',
  EISDIR: 'illegal operation on a directory',
  ELOOP: 'too many symbolic links encountered',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  ENOTFOUND: 'name not found',
  ETIMEDOUT: 'timed out',
}

export interface SystemError extends Error {
  readonly code: string
  readonly syscall: string
  readonly path?: string
}

/** An error as the operating system's calls give it: `code`, `syscall` and, for files, `path`. */
export function systemError(code: string, syscall: string, subject?: string): SystemError {
  const error = new Error(`${code}: ${REASONS[code] ?? 'failed'}, ${syscall}${subject ? ` '${subject}'` : ''}`)
  return Object.assign(error, subject === undefined ? { code, syscall } : { code, syscall, path: subject })
}
