import type { CloseReason } from '../connection-types.ts'

/** Why a connection ended, for the log. */
export function reasonText(reason: CloseReason): string {
  switch (reason.code) {
    case 'LOCAL':
      return reason.why
    case 'MISBEHAVED':
      return `it misbehaved: ${reason.rule}`
    case 'NETWORK':
    case 'WIRE':
      return reason.error.message
    default:
      return reason.code
  }
}
