import { CodedError, type Fault } from '../../kernel/errors.ts'

/** Where the swarm keeps its pieces. Implemented over files by `disk/`; by memory in tests of the swarm alone. */
export interface PieceStorage {
  /**
   * A stretch of a verified piece. The bytes may be shared with other readers: never change them.
   * @param into memory of at least `length` bytes that the stretch may be read into; what is returned tells whether it was
   * @throws DiskError; `SHORT_READ` means that this piece is no longer there
   */
  read(piece: number, begin: number, length: number, into?: Uint8Array): Promise<Uint8Array>
  /** Writes a verified piece. Returns when the system has it; durable by the rule of `resume`. @throws DiskError */
  write(piece: number, bytes: Uint8Array): Promise<void>
}

export type DiskFault = Fault &
  (
    | { readonly code: 'DISK_FULL'; readonly path: string; readonly needed: number }
    | { readonly code: 'NOT_WRITABLE'; readonly path: string }
    | { readonly code: 'DATA_MISSING'; readonly path: string }
    | { readonly code: 'SHORT_READ'; readonly path: string; readonly piece: number }
    | { readonly code: 'FILES_EXIST'; readonly path: string }
    | { readonly code: 'PATH_TAKEN'; readonly path: string; readonly owner: string }
    | { readonly code: 'PATH_TOO_LONG'; readonly path: string }
    | { readonly code: 'IO'; readonly path: string; readonly cause: string }
  )

/** The disk refused. `message` names the file or folder and the next step. */
export class DiskError extends CodedError<DiskFault> {}
