/** Messages and bytes of one connection by command, both ways. Commands that we do not know are counted together. */
import { type Command, commands } from './messages/index.ts'

export type CountedCommand = Command | 'other'

export interface Tally {
  readonly messages: number
  /** On the wire, envelopes included. */
  readonly bytes: number
}

export type TrafficTable = ReadonlyMap<CountedCommand, Tally>

const known: ReadonlySet<string> = new Set(commands)

/** One way. */
export class TrafficCounter {
  readonly #tallies = new Map<CountedCommand, { messages: number; bytes: number }>()
  #bytes = 0

  get table(): TrafficTable {
    return this.#tallies
  }

  /** Of all messages. */
  get bytes(): number {
    return this.#bytes
  }

  count(command: string, bytes: number): void {
    const counted = known.has(command) ? (command as Command) : 'other'
    this.#bytes += bytes
    const tally = this.#tallies.get(counted)
    if (tally === undefined) {
      this.#tallies.set(counted, { messages: 1, bytes })
    } else {
      tally.messages++
      tally.bytes += bytes
    }
  }
}
