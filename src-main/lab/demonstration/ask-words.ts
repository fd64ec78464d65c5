import type { Question } from '../../chord/messages.ts'
import { isBetween } from '../../chord/ring-id.ts'
import { numbered, numberOf } from '../../chord/small-ring.ts'
import { RING_BITS } from './literature.ts'
import type { SmallNode } from './small-node.ts'

/** Why a node asks another something about the ring, as it is about to. */
export function askInWords(
  { number, member }: SmallNode,
  to: number,
  question: Question,
): { readonly kind: 'news' | 'routine'; readonly words: string } {
  switch (question.kind) {
    case 'ping':
      return { kind: 'routine', words: `${number} asks ${to} for a sign of life` }
    case 'notify':
      return { kind: 'routine', words: `${number} tells ${to} that it stands before it` }
    case 'leaving':
      return { kind: 'news', words: `${number} tells ${to} that it leaves` }
    case 'route':
      return { kind: 'routine', words: `${number} asks ${to} for the way to ${numberOf({ id: question.target })}` }
    case 'state': {
      if (member.phase === 'joining')
        return { kind: 'news', words: `${number} asks ${to} for its list, to copy it whole` }
      const [first] = member.successors
      const teller = first ? numberOf(first) : number
      const isNearer = first && isBetween(member.self.id, numbered(to, RING_BITS).id, first.id)
      if (isNearer && teller === number)
        return { kind: 'news', words: `${number} was alone: ${to} is asked before it is adopted` }
      if (isNearer)
        return {
          kind: 'news',
          words: `${number} stabilises: ${teller} names ${to}, ${to} is asked before it is adopted`,
        }
      if (to !== teller)
        return { kind: 'news', words: `${number} stabilises: ${teller} is gone, ${to} is asked in its place` }
      return { kind: 'routine', words: `${number} stabilises: asks ${to} for its list and predecessor` }
    }
  }
}
