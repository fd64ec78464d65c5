import type { ChordContact } from '../contact.ts'
import type { AskPort } from '../messages.ts'

/**
 * Asks all of them for a sign of life, each once, all at once. `done` is called once, with how many have given one; from within
 * only where there is nobody.
 */
export function callTheRoll(contacts: readonly ChordContact[], port: AskPort, done: (alive: number) => void): void {
  let [open, alive] = [contacts.length, 0]
  const one = (isAlive: boolean) => {
    open -= 1
    if (isAlive) alive += 1
    if (open === 0) done(alive)
  }
  if (open === 0) done(0)
  for (const contact of contacts) {
    port.ask(
      contact,
      { kind: 'ping' },
      { answered: ({ kind }) => one(kind === 'alive'), missed: () => one(false), keptBusy: () => one(false) },
    )
  }
}
