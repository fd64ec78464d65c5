import { expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import { OldContacts } from '../old-contacts.ts'
import { Introductions, MAX_TOLD_HOSTS } from './introductions.ts'
import { KnownMembers } from './known-members.ts'

const at = (n: number) => contactAt({ host: `20.${n >> 8}.${n & 255}.1`, port: 6881 }, 0) as ChordContact
const hostOf = (n: number) => at(n).endpoint.host

test('once more have been told of than are remembered, all others count as told of by one', () => {
  const introductions = new Introductions({
    clock: { now: () => 0 },
    known: new KnownMembers(),
    oldContacts: new OldContacts(SeededRandom.of(1)),
    admission: { admits: () => true, isOwn: () => false },
  })
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
