import type { ChordContact } from './contact.ts'
import type { AskPort } from './messages.ts'

/** Tells all of them that we leave. `done` is called once all know or do not answer; from within where there is nobody. */
export function sayGoodbye(told: readonly ChordContact[], port: AskPort, done: () => void): void {
  let open = told.length
  const one = () => {
    open -= 1
    if (open === 0) done()
  }
  if (open === 0) done()
  for (const to of told) port.ask(to, { kind: 'leaving' }, { answered: one, missed: one, keptBusy: one })
}
