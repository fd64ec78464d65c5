import { assertNever, CodedError, codeOf, type Fault, messageOf } from '../../kernel/errors.ts'

export type ChainStoreFault = Fault &
  (
    | { readonly code: 'DISK_FULL'; readonly path: string }
    | { readonly code: 'CANNOT_WRITE'; readonly path: string; readonly cause: string }
    | { readonly code: 'DAMAGED'; readonly path: string; readonly cause: string }
    | { readonly code: 'WRONG_NETWORK'; readonly path: string; readonly network: string }
    | { readonly code: 'CANNOT_OPEN'; readonly path: string; readonly cause: string }
  )

/**
 * The chain's database failed. Nothing of the call that threw was done; `DISK_FULL` and `CANNOT_WRITE` may work later,
 * `DAMAGED` needs the store to be opened anew, which repairs it.
 */
export class ChainStoreError extends CodedError<ChainStoreFault> {
  constructor(fault: ChainStoreFault, options?: ErrorOptions) {
    super(fault, sentencesOf(fault), options)
  }
}

function sentencesOf(fault: ChainStoreFault): string {
  const { path } = fault
  switch (fault.code) {
    case 'DISK_FULL':
      return `The disk has no room left for ${path}. Make room; Shoal goes on by itself then.`
    case 'CANNOT_WRITE':
      return `${path} cannot be written or read (${fault.cause}). Check the disk and that the folder can be written.`
    case 'DAMAGED':
      return `${path} is damaged (${fault.cause}). Start Shoal again: it keeps what can be read and works out the rest.`
    case 'WRONG_NETWORK':
      return `${path} holds the chain of another network, not of ${fault.network}. Start Shoal with the profile folder that it belongs to.`
    case 'CANNOT_OPEN':
      return `${path} cannot be opened (${fault.cause}). Check that the folder can be written and that no other program holds the file.`
    default:
      return assertNever(fault)
  }
}

/** Something stored is not what was put in. */
export class DamagedValue extends Error {
  readonly code = 'DAMAGED'
}

/** Whether SQLite says that the file is not sound. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'DAMAGED'
}

/** What a failed statement on the database at `path` means; errors that are not SQLite's stay as they are. */
export function storeErrorOf(error: unknown, path: string): unknown {
  if (error instanceof ChainStoreError) return error
  const code = codeOf(error)
  if (isDamage(error)) return new ChainStoreError({ code: 'DAMAGED', path, cause: messageOf(error) }, { cause: error })
  if (code.startsWith('SQLITE_FULL')) return new ChainStoreError({ code: 'DISK_FULL', path }, { cause: error })
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN|BUSY|LOCKED|PERM)/.test(code))
    return new ChainStoreError({ code: 'CANNOT_WRITE', path, cause: messageOf(error) }, { cause: error })
  return error
}
