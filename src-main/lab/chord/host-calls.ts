/** How hosts ask each other: each question has one deadline, a longer one where others are asked before it is answered. */
import type { HostAnswer, HostCallbacks, HostPort, HostQuestion } from '../../chord/host-messages.ts'
import { PATIENT_DEADLINE } from '../../chord/wire/rpc-chord-port.ts'
import type { Clock, Millis, Timer } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { ANSWER_WITHIN, MAX_CALLS } from './calls.ts'

export interface HostCallParts {
  readonly clock: Clock
  send(to: Endpoint, serial: number, question: HostQuestion): void
}

interface Call {
  readonly callbacks: HostCallbacks
  readonly deadline: Timer
}

export class HostCalls implements HostPort {
  private readonly parts: HostCallParts
  private readonly open = new Map<number, Call>()
  private serial = 0

  constructor(parts: HostCallParts) {
    this.parts = parts
  }

  ask(to: Endpoint, question: HostQuestion, callbacks: HostCallbacks): void {
    const { clock } = this.parts
    if (this.open.size >= MAX_CALLS) {
      clock.after(0, () => callbacks.missed())
      return
    }
    this.serial += 1
    const { serial } = this
    const deadline = clock.after(deadlineOf(question), () => {
      this.open.delete(serial)
      callbacks.missed()
    })
    this.open.set(serial, { callbacks, deadline })
    this.parts.send(to, serial, question)
  }

  answered(serial: number, answer: HostAnswer): void {
    const call = this.open.get(serial)
    if (!call) return
    this.open.delete(serial)
    call.deadline.cancel()
    call.callbacks.answered(answer)
  }
}

function deadlineOf({ kind }: HostQuestion): Millis {
  return kind === 'forward' || kind === 'write' || kind === 'reach' ? PATIENT_DEADLINE : ANSWER_WITHIN
}
