import { CodedError, type Fault } from '../kernel/errors.ts'

export type StorageFault = Fault &
  (
    | { readonly code: 'NEWER_THAN_APP'; readonly path: string; readonly found: number; readonly newest: number }
    | { readonly code: 'CANNOT_OPEN'; readonly path: string; readonly cause: string }
    | { readonly code: 'ALREADY_THERE'; readonly infoHash: string }
    | { readonly code: 'NOT_THERE'; readonly infoHash: string }
  )

/** What is kept in a database could not be opened or is not as the caller believes. */
export class StorageError extends CodedError<StorageFault> {}
