/** Hosts that lie, forge and flood. */
import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../../kernel/network.ts'
import { areSiblings, type ChordContact, contactAt } from '../contact.ts'
import type { ChordMember } from '../member.ts'
import type { Answer } from '../messages.ts'
import { isBetween } from '../ring-id.ts'
import type { FakePort } from '../test-support/fake-port.ts'
import { HostWorld, membersOf, type PluggedHost, type SimHost } from '../test-support/host-world.ts'
import { MAX_VERIFICATIONS } from './verification.ts'

const MINUTE = 60_000
const R = 4

function ring(seed: number): { world: HostWorld; hosts: SimHost[] } {
  const world = new HostWorld({ seed, successors: R })
  const hosts = world.grow(8, { virtualNodes: 2 })
  if (!world.run(30 * MINUTE, () => world.members().length === 16)) throw new Error('places to spare are kept')
  if (!world.becomesIdeal(10 * MINUTE)) throw new Error('no ideal ring')
  return { world, hosts }
}

/** The k-th address of those who attack. */
const attacker = (k: number): Endpoint => ({ host: `46.${k >> 8}.${k & 255}.7`, port: 6881 })
const place = (at: Endpoint, slot = 0) => contactAt(at, slot) as ChordContact

/** Puts a question to a host as if it came from `from`. */
function forge(to: SimHost, slot: number, from: ChordContact, kind: 'notify' | 'leaving'): void {
  to.port.handlers?.asked(slot, from, { kind }, () => {})
}

describe('floods and forgeries', () => {
  test('10,000 notifications of 2,000 addresses in 10 s: few are looked into, and the ring stays right', () => {
    const { world, hosts } = ring(1)
    const [victim] = hosts as [SimHost]
    // Each of them would come before us.
    const range = ({ self, predecessor }: ChordMember) => predecessor.id.distanceTo(self.id).head
    const [widest] = membersOf(victim.node).toSorted((a, b) => range(b) - range(a)) as [ChordMember]
    const { slot } = widest.self
    const sources = Array.from({ length: 2_000 }, (_, k) => {
      const slots = Array.from({ length: 64 }, (_, n) => place(attacker(k), n))
      return slots.find(({ id }) => isBetween(widest.predecessor.id, id, widest.self.id)) ?? (slots[0] as ChordContact)
    })
    const usual = pingsDuring(world, 10_000)
    let next = 0
    const flooded = pingsDuring(world, 10_000, () => {
      forge(victim, slot, sources[next % sources.length] as ChordContact, 'notify')
      next += 1
    })
    expect(next).toBe(10_000)
    // Each waits a second for its answer, which never comes.
    expect(flooded).toBeLessThanOrEqual(usual + 12 * MAX_VERIFICATIONS)
    expect(flooded).toBeGreaterThan(usual)
    expect(world.check().isIdeal(R)).toBe(true)
    world.run(MINUTE)
    expect(world.check().isIdeal(R)).toBe(true)
  })

  test('a notification in the name of somebody who is no member changes nothing', () => {
    const { world, hosts } = ring(2)
    const [victim, other] = hosts as [SimHost, SimHost]
    for (const member of membersOf(victim.node)) {
      for (let slot = 2; slot < 64; slot++) forge(victim, member.self.slot, place(other.endpoint, slot), 'notify')
    }
    world.run(5_000)
    expect(world.check().isIdeal(R)).toBe(true)
  })

  test('farewells in the name of living members do not take them from any list', () => {
    const { world } = ring(3)
    const broken: unknown[] = []
    world.afterEvent = () => {
      if (broken.length === 0) broken.push(...world.check().violations(R))
    }
    const isWhole = () => world.check().isIdeal(R)
    for (let round = 0; round < 20; round++) {
      for (const host of world.living) {
        for (const member of membersOf(host.node)) {
          for (const contact of [member.predecessor, ...member.successors])
            forge(host, member.self.slot, contact, 'leaving')
        }
      }
      world.run(3_000)
    }
    expect(broken).toEqual([])
    expect(isWhole()).toBe(true)
  })

  test('a place that the address does not hash to, another family or reach: nobody of ours', () => {
    const { world, hosts } = ring(4)
    const [victim] = hosts as [SimHost]
    const member = membersOf(victim.node)[0] as ChordMember
    const before = { ...member.predecessor.id }
    const stolen = { ...place(attacker(1)), id: member.self.id.plusPowerOfTwo(159) }
    const strangers = [
      { ...stolen, endpoint: attacker(1) },
      place({ host: '127.0.0.1', port: 6881 }),
      place({ host: '10.0.0.1', port: 6881 }),
      place({ host: '2001:db9::1', port: 6881 }),
      place({ host: '46.0.0.1', port: 0 }),
    ]
    for (const from of strangers) forge(victim, member.self.slot, from, 'notify')
    const pings = pingsDuring(world, 2_000)
    expect({ ...member.predecessor.id }).toEqual(before)
    expect(pings).toBeLessThan(30)
  })

  function pingsDuring(world: HostWorld, duration: number, each: (part: number) => void = () => {}): number {
    const before = world.sent.ping ?? 0
    for (let i = 0; i < duration; i++) {
      each(i / duration)
      world.run(1)
    }
    return (world.sent.ping ?? 0) - before
  }
})

/** Takes a place in the ring by the rules, and answers questions about its list by `lie`. */
class Liar {
  readonly host: PluggedHost
  readonly self: ChordContact
  readonly port: FakePort
  /** Whom it stands before, and whom behind. */
  readonly successor: ChordContact
  readonly predecessor: ChordContact
  asked = 0

  constructor(world: HostWorld, at: Endpoint, lie: (liar: Liar) => Answer) {
    this.self = place(at)
    const members = world.members()
    const victim = members.find(({ self, successors: [first] }) =>
      isBetween(self.id, this.self.id, (first as ChordContact).id),
    ) as ChordMember
    this.predecessor = victim.self
    this.successor = victim.successors[0] as ChordContact
    const { state, port } = world.plug(at)
    this.host = state
    this.port = port
    port.onQuestions({
      asked: (_slot, _from, question, reply) => {
        if (question.kind === 'state') {
          this.asked += 1
          reply(lie(this))
        } else if (question.kind === 'route') reply({ kind: 'route', successors: lieList(lie(this)), closer: [] })
        else reply({ kind: 'alive' })
      },
      askedHost: (_from, _question, reply) => reply({ kind: 'hello', members: [this.self] }),
      late: () => {},
      answered: () => {},
    })
    this.notify()
  }

  /** As a member does that believes to be the predecessor. */
  notify(): void {
    this.port.asksAs(this.self.slot).ask(this.successor, { kind: 'notify' }, IGNORED)
  }
}

const IGNORED = { answered: () => {}, missed: () => {}, keptBusy: () => {} }

function lieList(answer: Answer): readonly ChordContact[] {
  return answer.kind === 'state' ? answer.successors : []
}

const sortedBehind = (self: ChordContact, contacts: readonly ChordContact[]) =>
  [...contacts].sort((a, b) => (isBetween(self.id, a.id, b.id) ? -1 : 1))

const LIES: Record<string, (liar: Liar) => readonly ChordContact[]> = {
  'members that are not there': ({ self }) =>
    sortedBehind(
      self,
      Array.from({ length: R }, (_, i) => place(attacker(100 + i))),
    ),
  'its own places, as if they were others': ({ self }) =>
    sortedBehind(
      self,
      Array.from({ length: R }, (_, i) => place(self.endpoint, i + 1)),
    ),
  nobody: () => [],
  'its list back to front': ({ self, successor }) =>
    sortedBehind(self, [successor, ...Array.from({ length: R - 1 }, (_, i) => place(attacker(200 + i)))]).toReversed(),
  'the one who asks, and itself': ({ self, predecessor }) => [predecessor, self, predecessor],
}

describe('a successor that lies about its list', () => {
  test.each(Object.entries(LIES))(
    '%s: whoever believes it keeps somebody who lives, and the ring is whole when it is gone',
    (_, lie) => {
      const { world } = ring(5)
      const liar = new Liar(world, attacker(7), (me) => ({
        kind: 'state',
        successors: lie(me),
        predecessor: me.predecessor,
      }))
      world.run(20_000)
      liar.notify()
      const victim = world.members().find(({ self }) => self.id.equals(liar.predecessor.id)) as ChordMember
      expect(world.run(5 * MINUTE, () => victim.successors[0]?.id.equals(liar.self.id) === true)).toBe(true)
      // The liar answers for all its places.
      const livesOn = () => {
        const living = new Set(world.members().map(({ self }) => self.id.key))
        const isAlive = (contact: ChordContact) => areSiblings(contact, liar.self) || living.has(contact.id.key)
        return world.members().every(({ successors }) => successors.some(isAlive))
      }
      let isCutOff = false
      world.afterEvent = () => {
        if (!livesOn()) isCutOff = true
      }
      world.run(3 * MINUTE)
      expect(liar.asked).toBeGreaterThan(10)
      expect(isCutOff).toBe(false)
      world.afterEvent = () => {}
      world.unplug(liar.host)
      expect(world.becomesIdeal(15 * MINUTE)).toBe(true)
      expect(world.members()).toHaveLength(16)
      expect(areSiblings(victim.successors[0] as ChordContact, liar.self)).toBe(false)
    },
  )
})
