/**
 * Writes to several nodes at once, each with the token it gave, and counts who took it. Ends when all have answered, or
 * when those left have been slow for a while longer.
 */
import type { Clock, Millis, Timer } from '../kernel/clock.ts'
import type { RunningRequest } from '../kernel/key-value-store.ts'
import type { QueryArguments } from '../rpc/krpc-message.ts'
import type { Contact } from './contact.ts'
import type { Contacts } from './contacts.ts'

export const WRITE_GRACE: Millis = 1_500

export interface WriteTarget {
  readonly contact: Contact
  readonly token: Uint8Array
}

export interface WriteOutcome {
  readonly stored: number
  /** Error codes with their counts. */
  readonly refused: ReadonlyMap<number, number>
  readonly timeouts: number
}

export interface Write<M extends 'announce_peer' | 'put'> {
  readonly method: M
  args(token: Uint8Array): QueryArguments[M]
}

export interface WriteParts {
  readonly contacts: Contacts
  readonly clock: Clock
  /** What is under way, for whoever stops it all. */
  readonly open: Set<RunningRequest>
}

/** `done` is called from the event loop; at once where there is nobody, so call this from there too. */
export function writeAt<M extends 'announce_peer' | 'put'>(
  { contacts, clock, open }: WriteParts,
  targets: readonly WriteTarget[],
  { method, args }: Write<M>,
  done: (outcome: WriteOutcome) => void,
): RunningRequest {
  const refused = new Map<number, number>()
  let [stored, timeouts, answered, slow] = [0, 0, 0, 0]
  let timer: Timer | undefined
  let over = false
  const cancel = () => {
    over = true
    timer?.cancel()
    open.delete(running)
  }
  const running = { cancel }
  open.add(running)
  const end = () => {
    cancel()
    done({ stored, refused, timeouts: timeouts + targets.length - answered })
  }
  const settle = () => {
    if (over) return
    if (answered === targets.length) end()
    else if (answered + slow === targets.length) {
      timer?.cancel()
      timer = clock.after(WRITE_GRACE, end)
    }
  }
  for (const { contact, token } of targets) {
    let isSlow = false
    const answer = () => {
      if (isSlow) slow--
      answered++
      settle()
    }
    contacts.ask(contact, method, args(token), {
      replied: () => {
        stored++
        answer()
      },
      failed: (_reason, error) => {
        if (error) refused.set(error.code, (refused.get(error.code) ?? 0) + 1)
        else timeouts++
        answer()
      },
      stalled: () => {
        isSlow = true
        slow++
        settle()
      },
    })
  }
  settle()
  return running
}
