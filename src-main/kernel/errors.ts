/**
 * Errors with a code and the facts of the case (one class for each area, its cases a union).
 * `message` is what a person reads: one sentence that names the thing, then one next step.
 */

/** One case of an area's errors: a stable code in capitals, and the facts of that case as plain data. */
export interface Fault {
  readonly code: string
}

export abstract class CodedError<F extends Fault> extends Error {
  readonly fault: F

  constructor(fault: F, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.fault = fault
  }

  get code(): F['code'] {
    return this.fault.code
  }
}

/** The sentence a person reads, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The stable code of whatever was thrown: ours, or a system error's (`ENOSPC`), or `UNEXPECTED`. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'UNEXPECTED'
}

/** Ends an exhaustive `switch`: a new case does not compile until it is handled. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`)
}
