import { expect, test } from 'vitest'
import { contactAt } from '../../chord/contact.ts'
import { sizeOfAnswer, sizeOfQuestion } from '../../chord/wire/sizes.ts'
import { labAddress } from '../lab-addresses.ts'
import { sizeOf } from './messages.ts'

const contact = (n: number) => {
  const found = contactAt({ host: labAddress(n), port: 6881 }, n % 64)
  if (!found) throw new Error(`no contact ${n}`)
  return found
}
const contacts = (from: number, count: number) => Array.from({ length: count }, (_, n) => contact(from + n))

test('messages are as long as they are on the wire, whoever is named in them', () => {
  const [from, to] = [contact(1), contact(2)]
  for (const kind of ['ping', 'state', 'notify', 'leaving'] as const) {
    expect(sizeOf({ kind: 'ask', serial: 1, from, to, question: { kind } })).toBe(sizeOfQuestion({ kind }))
  }
  for (const first of [0, 70_000])
    for (const [successors, closer] of [
      ...[
        [0, 1],
        [1, 0],
        [16, 8],
        [8, 16],
        [9, 3],
      ],
    ] as const) {
      const route = {
        kind: 'route',
        successors: contacts(first, successors),
        closer: contacts(first + 50, closer),
      } as const
      expect(sizeOf({ kind: 'answer', serial: 1, answer: route })).toBe(sizeOfAnswer(route))
      const state = {
        kind: 'state',
        successors: contacts(first, successors),
        predecessor: contact(first + 90),
      } as const
      expect(sizeOf({ kind: 'answer', serial: 1, answer: state })).toBe(sizeOfAnswer(state))
    }
  for (const kind of ['alive', 'absent', 'busy'] as const) {
    expect(sizeOf({ kind: 'answer', serial: 1, answer: { kind } })).toBe(sizeOfAnswer({ kind }))
  }
})
