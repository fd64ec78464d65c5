import { areSiblings, type ChordContact } from '../contact.ts'
import type { HostPort } from '../host-messages.ts'

/**
 * Asks the hosts of these members who they are. `done` is told how many of them their own hosts name, which those do not that are
 * about to leave: of two hosts that have both said so before they ask, one at least learns of the other. Called once, from
 * within only where there is nobody to ask.
 */
export function callTheRoll(members: readonly ChordContact[], port: HostPort, done: (staying: number) => void): void {
  const waiting = [...members]
  const hosts: ChordContact[][] = []
  for (let [first] = waiting; first; [first] = waiting) {
    const ofHost = waiting.filter((contact) => areSiblings(contact, first as ChordContact))
    hosts.push(ofHost)
    for (const contact of ofHost) waiting.splice(waiting.indexOf(contact), 1)
  }
  let [open, staying] = [hosts.length, 0]
  const one = (named: number) => {
    open -= 1
    staying += named
    if (open === 0) done(staying)
  }
  if (open === 0) done(0)
  for (const ofHost of hosts) {
    const { endpoint } = ofHost[0] as ChordContact
    port.ask(
      endpoint,
      { kind: 'hello' },
      {
        answered: (answer) => {
          const told = answer.kind === 'hello' ? answer.members : []
          const isNamed = (contact: ChordContact) =>
            told.some((other) => areSiblings(other, contact) && other.id.equals(contact.id))
          one(ofHost.filter(isNamed).length)
        },
        missed: () => one(0),
      },
    )
  }
}
