/** What a message says, in a word or two: for the drawing. */
import type { ChordContact } from '../../chord/contact.ts'
import type { Busy } from '../../chord/messages.ts'
import { numberOf } from '../../chord/small-ring.ts'
import type { AnyAnswer, AnyQuestion } from './post.ts'
import { keysInWords } from './words.ts'

export function questionLabel(question: AnyQuestion): string {
  switch (question.kind) {
    case 'ping':
      return 'alive?'
    case 'state':
      return 'list?'
    case 'notify':
      return 'I precede you'
    case 'leaving':
      return 'I leave'
    case 'route':
      return `way to ${numberOf({ id: question.target })}?`
    case 'take':
      return `keys up to ${question.upTo}?`
    case 'hold':
      return question.keys.length === 0 ? 'no copies' : 'keep copies'
    case 'give':
      return few(question.keys)
    case 'fetch':
      return `key ${question.key}?`
  }
}

export function answerLabel(answer: AnyAnswer | Busy): string {
  switch (answer.kind) {
    case 'alive':
      return 'alive'
    case 'absent':
      return 'no member'
    case 'busy':
      return 'busy'
    case 'state':
      return 'list'
    case 'route':
      return `try ${nearest([...answer.closer, ...answer.successors])}`
    case 'keys':
      return few(answer.keys)
    case 'held':
      return 'kept'
    case 'value':
      return `${answer.key} ${answer.isThere ? 'is here' : 'is not here'}`
  }
}

/** More are only counted: a label is short. */
const MOST_KEYS = 6

function few(keys: readonly number[]): string {
  return keys.length > MOST_KEYS ? `${keys.length} keys` : keysInWords(keys)
}

function nearest(contacts: readonly ChordContact[]): string {
  const [first] = contacts
  return first ? `${numberOf(first)}` : 'nobody'
}
