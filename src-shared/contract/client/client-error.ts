import { crossingError } from '../service.ts'

/** A call or feed that ended badly: the serving end's code, sentence and facts, or `BAD_ANSWER` for an answer we refuse. */
export class ClientError extends Error {
  readonly code: string
  readonly facts: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'ClientError'
    this.code = code
    this.facts = facts
  }
}

/** Reads an error as it crosses; whatever does not have that shape becomes a plain sentence. */
export function clientError(raw: unknown): ClientError {
  if (raw instanceof ClientError) return raw
  const parsed = crossingError.safeParse(raw)
  if (parsed.success) return new ClientError(parsed.data.code, parsed.data.message, parsed.data.facts)
  return new ClientError('UNEXPECTED', 'Shoal met an error it has no words for. Try again, or start Shoal again.')
}

export function badAnswer(what: string): ClientError {
  return new ClientError(
    'BAD_ANSWER',
    `The answer to ${what} was not in the agreed form. Start Shoal again; if it stays, report it.`,
  )
}

/** What a person reads of anything that was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The stable code of anything that was thrown. */
export function codeOf(error: unknown): string {
  return error instanceof ClientError ? error.code : 'UNEXPECTED'
}
