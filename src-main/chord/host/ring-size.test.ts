import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../simulation/random.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import { IdealRing } from '../ideal-ring.ts'
import { estimateMembers, isRingSmall, isShort, isSpare, type ListedMember } from './ring-size.ts'

const at = (host: number, slot: number) =>
  contactAt({ host: `20.${host >> 8}.${host & 255}.1`, port: 6881 }, slot) as ChordContact

/** The members of the first host of a ring of so many, each with so many places. */
function firstOf(hosts: number, places: number, r: number): ListedMember[] {
  const contacts = Array.from({ length: hosts * places }, (_, i) => at(Math.floor(i / places), i % places))
  const ring = new IdealRing(contacts)
  return contacts.slice(0, places).map((self) => ({ self, ...ring.pointersOf(self.id, r), capacity: r }))
}

describe('what a list shows', () => {
  test.each([
    [4, true, false],
    [5, false, false],
    [6, false, true],
    [20, false, true],
  ])('of a ring of %i with r = 4: short %s, a place to spare %s', (count, short, spare) => {
    const [member] = firstOf(count, 1, 4) as [ListedMember]
    expect([isShort(member), isSpare(member)]).toEqual([short, spare])
  })

  test('a member alone is short, and cannot be spared', () => {
    const [member] = firstOf(1, 1, 4) as [ListedMember]
    expect([isShort(member), isSpare(member)]).toEqual([true, false])
  })

  test('a ring is small where fewer than r + 1 members stand on other hosts', () => {
    expect(isRingSmall(firstOf(2, 4, 4), 4)).toBe(true)
    expect(isRingSmall(firstOf(3, 4, 4), 4)).toBe(false)
    expect(isRingSmall(firstOf(1, 17, 16), 16)).toBe(true)
  })
})

describe('how many there are', () => {
  test('exactly, where a list goes around', () => {
    for (const count of [1, 2, 5]) expect(estimateMembers(firstOf(count, 1, 4))).toBe(count)
    expect(estimateMembers([])).toBeUndefined()
  })

  test('of 2,000 members by the lists of a host with four places: within a third in nine of ten cases', () => {
    const random = SeededRandom.of(1)
    let good = 0
    for (let i = 0; i < 20; i++) {
      const base = random.below(5_000)
      const contacts = Array.from({ length: 2_000 }, (_, n) => at(base + (n >> 2), n & 3))
      const ring = new IdealRing(contacts)
      const own = contacts.slice(0, 4).map((self) => ({ self, ...ring.pointersOf(self.id, 16), capacity: 16 }))
      const estimate = estimateMembers(own) as number
      if (estimate > 2_000 / 1.33 && estimate < 2_000 * 1.33) good += 1
    }
    expect(good).toBeGreaterThanOrEqual(18)
  })
})
