import type { Answer } from './messages.ts'

export const MAX_HELD = 64

/** Questions about a state that is undefined for the moment: answered all at once when it is defined again. At most `MAX_HELD`. */
export class HeldQuestions {
  private readonly replies: ((answer: Answer) => void)[] = []

  /** Where too many wait already, nothing follows. */
  hold(reply: (answer: Answer) => void): void {
    if (this.replies.length < MAX_HELD) this.replies.push(reply)
  }

  answer(answer: Answer): void {
    for (const reply of this.replies.splice(0)) reply(answer)
  }
}
