/** A made-up lookup on a ring: each member that is asked names one that is nearer before the key, until one owns it. */
import type { RingContact, SearchCost, SearchStep } from '../client/types.ts'
import type { PlayedStep } from './generate-search.ts'
import { randomFrom } from './random.ts'

const FAILED_AFTER_MS = 500
const RING = 2n ** 160n

const numberOf = (id: string): bigint => BigInt(`0x${id}`)
const behind = (from: string, to: string): bigint => (((numberOf(to) - numberOf(from)) % RING) + RING) % RING

/** `members` in order around the ring; `own` are ours. Every fifth or so does not answer. */
export function playRingSearch(
  target: string,
  members: readonly RingContact[],
  own: readonly RingContact[],
): readonly PlayedStep[] {
  const random = randomFrom(Number.parseInt(target.slice(0, 6), 16))
  const others = members.filter((member) => !own.some(({ nodeId }) => nodeId === member.nodeId))
  // Those before the key, the farthest first.
  const before = others.toSorted((a, b) => (behind(a.nodeId, target) > behind(b.nodeId, target) ? -1 : 1))
  const steps: PlayedStep[] = []
  let [time, hop, left] = [0, 1, Math.floor(before.length * 0.6)]
  let from: string | undefined
  while (before.length > 0) {
    const contact = before[before.length - 1 - left] as RingContact
    const failed = steps.length > 0 && left > 0 && random() < 0.25
    const endsAt = time + (failed ? FAILED_AFTER_MS : Math.round(15 + random() * 120))
    const step = { nodeId: contact.nodeId, address: contact.address, hop, askedAt: time, endsAt, failed }
    steps.push({ ...step, state: failed ? 'failed' : 'replied', ...(from === undefined ? {} : { from }) })
    time = endsAt
    if (failed) {
      before.splice(before.indexOf(contact), 1)
      left = Math.min(left, before.length - 1)
    } else if (left === 0) break
    else {
      from = contact.nodeId
      hop += 1
      left = Math.floor(left / 2.5)
    }
  }
  return steps
}

/** What the lookup cost, and where the key lives: the way is that of the answers. */
export function ringResultOf(
  target: string,
  steps: readonly SearchStep[],
  took: number,
  members: readonly RingContact[],
): SearchCost {
  const path = steps.filter((step) => step.state === 'replied')
  return {
    ...{ target, took, hops: path.length, requests: steps.length },
    timeouts: steps.filter((step) => step.state === 'failed').length,
    path: path.map((step) => step.address),
    closest: ownersOf(target, members),
  }
}

/** The owner of a key and the three hosts behind it. */
function ownersOf(target: string, members: readonly RingContact[]): SearchCost['closest'] {
  const around = members.toSorted((a, b) => (behind(target, a.nodeId) < behind(target, b.nodeId) ? -1 : 1))
  const hosts = new Map(around.toReversed().map((member) => [member.address, member]))
  return around
    .filter((member) => hosts.get(member.address) === member)
    .slice(0, 4)
    .map(({ nodeId, address }) => ({ nodeId, address }))
}
