import { expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import { OldContacts } from '../old-contacts.ts'
import { Introductions, type IntroductionsParts, MAX_TOLD_HOSTS } from './introductions.ts'
import { KnownMembers } from './known-members.ts'

const at = (n: number) => contactAt({ host: `20.${n >> 8}.${n & 255}.1`, port: 6881 }, 0) as ChordContact
const hostOf = (n: number) => at(n).endpoint.host

const introduced = (parts: Partial<IntroductionsParts> = {}) =>
  new Introductions({
    clock: { now: () => 0 },
    known: new KnownMembers(),
    oldContacts: new OldContacts(SeededRandom.of(1)),
    admission: { admits: () => true, isOwn: () => false },
    members: () => [],
    giveWay: () => {},
    ...parts,
  })

test.each([
  ['the same place at a lower port', 7_000, '20.0.1.1', 0, 1],
  ['the same place at a higher port', 7_002, '20.0.1.1', 0, 0],
  ['another place of our address', 7_000, '20.0.1.1', 1, 0],
  ['another address', 7_000, '20.0.2.1', 0, 0],
])('of those at our address who answer a greeting: %s', (_name, port, host, slot, times) => {
  let gaveWay = 0
  const self = contactAt({ host: '20.0.1.1', port: 7_001 }, 0) as ChordContact
  const introductions = introduced({ members: () => [{ self }], giveWay: () => (gaveWay += 1) })
  const theirs = contactAt({ host, port }, slot) as ChordContact
  introductions.take(theirs.endpoint, [theirs], 1)
  // What it says of others at that place is hearsay.
  introductions.take({ host: '20.0.9.1', port: 7_000 }, [theirs], 2)
  expect(gaveWay).toBe(times)
})

test('once more have been told of than are remembered, all others count as told of by one', () => {
  const introductions = introduced()
  const teller = at(5_000).endpoint
  expect(introductions.tellerOf(hostOf(4_000))).toBeUndefined()
  for (let group = 1; group <= MAX_TOLD_HOSTS / 32; group++) {
    introductions.take(
      teller,
      Array.from({ length: 32 }, (_, n) => at(32 * group + n)),
      group,
    )
  }
  expect(introductions.tellerOf(hostOf(32))).toBe(1)
  introductions.take(teller, [at(4_000)], 77)
  const [first, second] = [introductions.tellerOf(hostOf(4_000)), introductions.tellerOf(hostOf(4_001))]
  expect(first).toBeDefined()
  expect(second).toBe(first)
})
