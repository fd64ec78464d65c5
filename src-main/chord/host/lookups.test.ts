/** Lookups of a host, step by step, and those that others pass on to it. */
import { describe, expect, test } from 'vitest'
import { type ChordContact, contactAt } from '../contact.ts'
import type { HostAnswer } from '../host-messages.ts'
import type { ChordSearchResult, ChordStep } from '../overlay.ts'
import { RingId } from '../ring-id.ts'
import { HostWorld, membersOf, type SimHost } from '../test-support/host-world.ts'
import { MAX_FORWARDED, MAX_OF_ASKER, MAX_STEPS, MAX_TRIES } from './forwarding.ts'
import { LONGEST_LOOKUP } from './lookups.ts'

const MINUTE = 60_000

/** A ring whose lists are short beside its size, so that lookups take several hops. */
function ring(seed: number, count = 24, successors = 2): { world: HostWorld; hosts: SimHost[] } {
  const world = new HostWorld({ seed, successors })
  const hosts = world.grow(count, { virtualNodes: 1 })
  world.becomesIdeal(30 * MINUTE)
  world.run(10 * MINUTE)
  return { world, hosts }
}

function lookUp(world: HostWorld, host: SimHost, target: RingId, manner: 'iterative' | 'recursive') {
  const steps: ChordStep[] = []
  const found: ChordSearchResult[] = []
  host.node.lookUp(target, { manner, stepped: (step) => steps.push(step) }, (result) => found.push(result))
  const inTime = world.run(MINUTE, () => found.length > 0)
  expect(inTime).toBe(true)
  return { steps, result: found[0] as ChordSearchResult }
}

describe('an iterative lookup', () => {
  test('reports each step when it is asked and when it answers, with who named it', () => {
    const { world, hosts } = ring(1)
    for (let i = 0; i < 10; i++) {
      const { steps, result } = lookUp(world, hosts[3] as SimHost, RingId.of(world.random.bytes(20)), 'iterative')
      const asked = steps.filter(({ state }) => state === 'asked')
      expect(asked.map(({ hop }) => hop)).toEqual(asked.map((_, n) => n + 1))
      expect(asked[0]?.from).toBeUndefined()
      for (const [n, step] of asked.slice(1).entries()) expect(step.from).toEqual(asked[n]?.contact)
      for (const step of steps.filter(({ state }) => state === 'replied')) {
        expect(step.repliedAt).toBeGreaterThanOrEqual(step.askedAt)
      }
      expect(result.cost).toMatchObject({ requests: asked.length, timeouts: 0, hops: result.path.length })
    }
  })

  test('passes over hosts that have just died, and says so', () => {
    const { world, hosts } = ring(2, 24, 5)
    for (const host of hosts.filter((_, i) => i % 3 === 1)) world.kill(host)
    let failed = 0
    for (let i = 0; i < 10; i++) {
      const { steps, result } = lookUp(world, hosts[0] as SimHost, RingId.of(world.random.bytes(20)), 'iterative')
      failed += steps.filter(({ state }) => state === 'failed').length
      expect(result.owners.length).toBeGreaterThan(0)
      expect(result.cost.timeouts).toBe(steps.filter(({ state }) => state === 'failed').length)
    }
    expect(failed).toBeGreaterThan(0)
  })

  test('ends after a minute at the latest, however many are named that are not there', () => {
    const { world, hosts } = ring(8, 6)
    const [host, ...others] = hosts as [SimHost, ...SimHost[]]
    // Whoever is asked names more that do not answer; each costs a second.
    let next = 0
    for (const { port } of others) {
      const { handlers } = port
      if (!handlers) continue
      port.onQuestions({
        ...handlers,
        asked: (_slot, _from, question, reply) => {
          const closer = Array.from({ length: 64 }, () =>
            contactAt({ host: `70.1.${next >> 8}.${next++ & 255}`, port: 1 }, 0),
          )
          if (question.kind === 'route') reply({ kind: 'route', successors: [], closer: closer as ChordContact[] })
          else reply({ kind: 'alive' })
        },
      })
    }
    const [member] = membersOf(host.node)
    const target = (member as { predecessor: ChordContact }).predecessor.id
    const { result } = lookUp(world, host, target, 'iterative')
    expect(result).toMatchObject({ owners: [], cost: { took: LONGEST_LOOKUP } })
  })

  test('that is cancelled tells nothing more', () => {
    const { world, hosts } = ring(3, 6)
    const heard: unknown[] = []
    const note = (what: unknown) => heard.push(what)
    const request = (hosts[0] as SimHost).node.lookUp(RingId.of(world.random.bytes(20)), { stepped: note }, note)
    request.cancel()
    world.run(MINUTE)
    expect(heard).toEqual([])
  })
})

describe('a recursive lookup', () => {
  test('takes as many hops as an iterative one, and asks nobody but the first itself', () => {
    const { world, hosts } = ring(4)
    for (let i = 0; i < 10; i++) {
      const target = RingId.of(world.random.bytes(20))
      const host = hosts[i] as SimHost
      const iterative = lookUp(world, host, target, 'iterative').result
      const { steps, result } = lookUp(world, host, target, 'recursive')
      expect(result.owners[0]).toEqual(iterative.owners[0])
      expect(steps.filter(({ state }) => state === 'asked').length).toBeLessThanOrEqual(1)
      expect(result.cost.hops).toBeLessThanOrEqual(iterative.cost.hops + 1)
    }
  })

  test('goes around those that have just died, or the iterative way where that fails', () => {
    const { world, hosts } = ring(5, 24, 5)
    for (const host of hosts.filter((_, i) => i % 3 === 1)) world.kill(host)
    for (let i = 0; i < 10; i++) {
      const { result } = lookUp(world, hosts[0] as SimHost, RingId.of(world.random.bytes(20)), 'recursive')
      expect(result.owners.length).toBeGreaterThan(0)
    }
  })

  test('those of others are bounded, for each asker and in all; a client passes none on', () => {
    const { world, hosts } = ring(6)
    const [host, ...others] = hosts as [SimHost, ...SimHost[]]
    // Nobody answers: each stays under way.
    for (const other of others) other.side = 1
    const refused: HostAnswer[] = []
    // Just behind our own place: the way there leads over others.
    const target = (membersOf(host.node)[0] as { self: { id: RingId } }).self.id
    const ask = (n: number) =>
      host.port.handlers?.askedHost(
        { host: `99.0.0.${n}`, port: 1 },
        { kind: 'forward', target, steps: 9 },
        (answer) => {
          refused.push(answer)
        },
      )
    for (let i = 0; i < MAX_OF_ASKER + 1; i++) ask(1)
    expect(refused).toEqual([expect.objectContaining({ kind: 'refused', code: 202 })])
    for (let i = 0; i < MAX_FORWARDED; i++) ask(2 + Math.floor(i / MAX_OF_ASKER))
    expect(refused).toHaveLength(1 + MAX_OF_ASKER)
    world.run(MINUTE)
    expect(refused).toHaveLength(1 + MAX_OF_ASKER + MAX_FORWARDED)
    const answers = refused.slice(1 + MAX_OF_ASKER)
    expect(answers.every((answer) => answer.kind === 'forward' && answer.owners.length === 0)).toBe(true)
    const client = world.make({ address: undefined })
    const told: HostAnswer[] = []
    client.port.handlers?.askedHost(host.endpoint, { kind: 'forward', target, steps: 9 }, (answer) => told.push(answer))
    expect(told).toEqual([expect.objectContaining({ kind: 'refused', code: 203 })])
  })

  test('that some refuse is not tried over and over by all on the way', () => {
    const { world, hosts } = ring(8, 24, 4)
    const target = RingId.of(world.random.bytes(20))
    const distance = ({ node }: SimHost) => membersOf(node)[0]?.self.id.distanceTo(target).key ?? ''
    const near = hosts.toSorted((a, b) => (distance(a) < distance(b) ? -1 : 1))
    for (const { port } of near.slice(0, 5)) {
      const { handlers } = port
      if (!handlers) throw new Error('nobody answers')
      port.onQuestions({
        ...handlers,
        askedHost: (from, question, reply) =>
          question.kind === 'forward'
            ? reply({ kind: 'refused', code: 202, message: 'no' })
            : handlers.askedHost(from, question, reply),
      })
    }
    const sent = world.sent.forward ?? 0
    const answers: HostAnswer[] = []
    const question = { kind: 'forward', target, steps: MAX_STEPS } as const
    near.at(-1)?.port.handlers?.askedHost({ host: '99.0.0.1', port: 1 }, question, (answer) => answers.push(answer))
    world.run(MINUTE)
    expect(answers).toMatchObject([{ kind: 'forward', owners: [] }])
    // Some hops, and the tries of the last.
    expect((world.sent.forward ?? 0) - sent).toBeLessThanOrEqual(8 + MAX_TRIES)
  })

  test('with no steps left nobody is asked', () => {
    const { hosts, world } = ring(7)
    const host = hosts[0] as SimHost
    const before = world.sent.forward ?? 0
    const answers: HostAnswer[] = []
    const target = (membersOf(host.node)[0] as { self: { id: RingId } }).self.id
    host.port.handlers?.askedHost({ host: '99.0.0.1', port: 1 }, { kind: 'forward', target, steps: 0 }, (answer) => {
      answers.push(answer)
    })
    expect(answers).toEqual([{ kind: 'forward', owners: [], hops: 0 }])
    expect(world.sent.forward ?? 0).toBe(before)
  })
})
