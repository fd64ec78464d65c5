import { CodedError } from '../../kernel/errors.ts'

/** What went wrong on the other side, of the engine or of the vault's process, in that side's own words. */
export class ReportedError extends CodedError<{ readonly code: string }> {
  constructor({ code, message }: { readonly code: string; readonly message: string }) {
    super({ code }, message)
  }
}
