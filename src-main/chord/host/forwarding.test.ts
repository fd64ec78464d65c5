/** A recursive lookup past hops that are dead, whose askers all wait. */
import { describe, expect, test } from 'vitest'
import { SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { PlainClock } from '../../simulation/plain-clock.ts'
import { VirtualTime } from '../../simulation/virtual-clock.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import type { HostAnswer, HostPort } from '../host-messages.ts'
import type { ChordMember } from '../member.ts'
import { compareIds } from '../ring-id.ts'
import { FIRST_DEADLINE } from '../wire/round-trip-times.ts'
import { PATIENT_DEADLINE } from '../wire/rpc-chord-port.ts'
import { Forwarding, LESS_PER_STEP, LONGEST_WAIT, MAX_STEPS, SHORTEST_WAIT } from './forwarding.ts'
import type { Found } from './search-steps.ts'

const LATENCY = 50
const LENGTH = 16

/** What the first of a row finds of the last, where each knows the three behind it. `mute` live, and answer no lookup. */
async function lookUpPast({ dead = [], mute = [] }: { readonly dead?: number[]; readonly mute?: number[] }) {
  const time = new VirtualTime()
  const clock = new PlainClock(time)
  const row = Array.from(
    { length: LENGTH },
    (_, n) => contactAt({ host: `45.0.${n}.1`, port: 6881 }, 0) as ChordContact,
  )
  row.sort((a, b) => compareIds(a.id, b.id))
  const target = (row.at(-1) as ChordContact).id
  const asked: number[] = []
  const placeOf = ({ host }: Endpoint) => row.findIndex(({ endpoint }) => endpoint.host === host)
  const portOf = (from: Endpoint): HostPort => ({
    ask: (to, question, { answered, missed }) => {
      const place = placeOf(to)
      if (question.kind === 'forward') asked.push(place)
      let isOver = false
      const end = (tell: () => void) => {
        if (!isOver) tell()
        isOver = true
      }
      clock.after(question.kind === 'forward' ? PATIENT_DEADLINE : FIRST_DEADLINE, () => end(missed))
      const reply = (answer: HostAnswer) => void clock.after(LATENCY, () => end(() => answered(answer)))
      clock.after(LATENCY, () => {
        if (dead.includes(place)) return
        if (question.kind === 'ping') reply({ kind: 'done' })
        else if (question.kind === 'forward' && !mute.includes(place)) {
          hops[place]?.asked(from, question.target, question.steps, reply)
        }
      })
    },
  })
  const hops: Forwarding[] = row.map((self, n) => {
    const known = { kind: 'route', successors: row.slice(n + 1, n + 4), closer: row.slice(n + 1, n + 4) }
    const member = { self, route: () => known } as unknown as ChordMember
    return new Forwarding({
      asking: { host: portOf(self.endpoint) },
      nodes: { members: [member], nearestBefore: () => member },
      known: { toBegin: () => [] },
      clock,
      admits: () => true,
    })
  })
  const found: Found[] = []
  hops[0]?.begin(target, {}, (result) => found.push(result))
  await time.advance(60 * SECOND, () => found.length > 0)
  return { owner: found[0]?.owners[0], took: time.now, last: row.at(-1), asked }
}

describe('a recursive lookup', () => {
  test('without anybody dead takes its way', async () => {
    const { owner, last, asked, took } = await lookUpPast({})
    expect(owner).toEqual(last)
    expect(asked).toEqual([3, 6, 9, 12])
    expect(took).toBe(8 * LATENCY)
  })

  test.each([[[9]], [[12]], [[6, 8]], [[8, 9]], [[3, 12]]])('finds the owner although %j are dead', async (dead) => {
    const { owner, last, took } = await lookUpPast({ dead })
    expect(owner).toEqual(last)
    expect(took).toBeLessThan(LONGEST_WAIT)
  })

  test('waits for one that lives and is slow, but those before it still hear of the next best', async () => {
    const { owner, last, asked, took } = await lookUpPast({ mute: [9] })
    expect([owner, asked]).toEqual([last, [3, 6, 9, 8, 11, 14]])
    // Two steps lay behind.
    expect(took).toBeGreaterThan(LONGEST_WAIT - 2 * LESS_PER_STEP)
    expect(took).toBeLessThan(LONGEST_WAIT)
    expect(LONGEST_WAIT).toBeLessThanOrEqual(PATIENT_DEADLINE)
    expect(SHORTEST_WAIT).toBeGreaterThan(LONGEST_WAIT - MAX_STEPS * LESS_PER_STEP)
  })
})
