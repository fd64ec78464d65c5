/** One member whose questions the test answers: 10 in a ring of 10, 20, 30, 40 and 50, with lists of 3. */
import { ChordMember } from '../member.ts'
import type { Answer, AskCallbacks, Question } from '../messages.ts'
import { Outside } from '../outside.ts'
import { numbered, numberOf } from '../small-ring.ts'

const BITS = 6

export const contact = (value: number) => numbered(value, BITS)
export const state = (successors: readonly number[], predecessor: number): Answer => ({
  kind: 'state',
  successors: successors.map(contact),
  predecessor: contact(predecessor),
})

export interface Asked {
  readonly to: number
  readonly question: Question['kind']
  readonly callbacks: AskCallbacks
}

/** `asked` grows with each question of the member. */
export function memberTen(): { member: ChordMember; asked: Asked[] } {
  const asked: Asked[] = []
  const member = new ChordMember({
    self: contact(10),
    port: { ask: (to, { kind }, callbacks) => asked.push({ to: numberOf(to), question: kind, callbacks }) },
    clock: { now: () => 0 },
    outside: new Outside(0),
    successors: 3,
    admits: () => true,
  })
  member.create({ successors: [20, 30, 40].map(contact), predecessor: contact(50) })
  return { member, asked }
}
