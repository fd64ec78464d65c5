/**
 * A random life of a ring: hosts join with one or more virtual nodes, leave, are killed, are cut off for a while, are slow or
 * too slow. After every event Zave's invariant and what follows from it must hold, and once nothing more happens the ring
 * must become ideal.
 *
 * What the proof takes for granted is kept: nobody is taken away (or cut off) that leaves a member without a live successor, or
 * fewer than r + 1 members that nobody skips. And nobody is silenced for so long that it takes itself for the only host left
 * (`CUT_OFF_FOR`): it is a ring of its own then, as it must be where the others have died, and the proof knows no silence of
 * the living. How two such rings become one is a hard case of its own (hard-cases.test.ts).
 */
import { SECOND } from '../../kernel/clock.ts'
import { pick } from '../../kernel/random.ts'
import type { Violation } from '../invariants.ts'
import { CUT_OFF_FOR } from '../outside.ts'
import { keepsAssumption } from './proof-assumption.ts'
import { RingWatch } from './ring-watch.ts'
import { RingWorld, type WorldHost, type WorldNode } from './ring-world.ts'
import { Silences } from './silences.ts'

const MAX_NODES = 64
const QUIET_LIMIT = 900_000
/** After a silence: whoever has begun to act on it has finished by then. */
const SETTLING = 20_000
/**
 * Of one host, also where it is silenced again before it has settled. It may have heard nobody for some seconds before, and
 * still has the time to hear somebody after it, be its nearest neighbours dead.
 */
const LONGEST_SILENCE = CUT_OFF_FOR - 20 * SECOND

export interface TraceResult {
  readonly seed: number
  readonly events: number
  /** What happened, to show why a trace is what it is. */
  readonly counts: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
  readonly brokenAt: number | undefined
  readonly ideal: boolean
}

export function runTrace(seed: number): TraceResult {
  const trace = new RandomTrace(seed)
  return trace.run()
}

class RandomTrace {
  private readonly seed: number
  private readonly world: RingWorld
  private readonly r: number
  private readonly counts: Record<string, number> = {}
  private readonly watch: RingWatch
  private readonly silences = new Silences<WorldHost>(LONGEST_SILENCE)
  private readonly most: number

  constructor(seed: number) {
    this.seed = seed
    const random = new RingWorld({ seed, successors: 1 }).random.split('trace')
    this.r = 2 + random.below(4)
    this.most = random.below(8) === 0 ? MAX_NODES : 6 + random.below(24)
    this.watch = new RingWatch(this.r)
    const latency: [number, number] = random.below(2) === 0 ? [5, 60] : [1, 240]
    this.world = new RingWorld({ seed, successors: this.r, latency, periods: { fixFinger: 60_000 } })
  }

  run(): TraceResult {
    const { world, r } = this
    const { random } = world
    // The base: one host with r + 1 virtual nodes, or as many on two or three hosts, or on hosts of one each.
    const hosts = pick(random, [1, 2, 3, r + 1, r + 3])
    world.create(hosts, Math.max(1, Math.ceil((r + 1) / hosts)) + random.below(2))
    world.afterEvent = () => {
      const members = world.living.map(({ member }) => member)
      this.watch.look(members, world.time)
    }
    const steps = 8 + random.below(24)
    for (let step = 0; step < steps && !this.watch.isBroken; step++) {
      this.step()
      world.run(random.between(0, random.chance(0.4) ? 200 : 12_000))
    }
    for (const host of world.hosts) {
      host.side = 0
      host.delay = 0
    }
    const ideal = !this.watch.isBroken && world.becomesIdeal(QUIET_LIMIT)
    const { seed, counts } = this
    const { violations, brokenAt } = this.watch
    return { seed, events: world.events, counts, violations, brokenAt, ideal }
  }

  private step(): void {
    const { random } = this.world
    const luck = random.below(100)
    if (luck < 45) this.joins()
    else if (luck < 60) this.kills()
    else if (luck < 70) this.leaves()
    else if (luck < 85) this.cuts()
    else this.slows()
  }

  private joins(): void {
    const { world } = this
    const { random } = world
    if (world.living.length >= this.most) return
    const known = world.living.filter(({ host }) => host.side === 0 && host.delay < 300)
    if (known.length === 0) return
    this.count('joins')
    const host = random.chance(0.3) ? pick(random, known).host : world.addHost()
    const nodes = Math.min(1 + random.below(3), 64 - host.nodes.length)
    for (let i = 0; i < nodes; i++) {
      world.join(world.addNode(host), [pick(random, known).member.self])
    }
  }

  private kills(): void {
    const host = this.anyHost()
    if (!host || !this.maySpare(host.nodes, { forGood: true })) return
    this.count('kills')
    this.world.kill(host)
  }

  private leaves(): void {
    const { world } = this
    const node = world.living.length > 0 ? pick(world.random, world.living) : undefined
    const nodes = node && world.random.chance(0.5) ? node.host.nodes : node ? [node] : []
    const going = nodes.filter(({ member }) => member.phase === 'member')
    if (going.length === 0 || !this.maySpare(going, { forGood: true })) return
    this.count('leaves')
    for (const each of going) world.leave(each)
  }

  /** Nothing goes in or out, not even to others that are cut off. */
  private cuts(): void {
    const host = this.anyHost()
    if (host?.side !== 0 || !this.maySpare(host.nodes, { forGood: false })) return
    const duration = this.world.random.between(500, 50_000)
    if (!this.maySilence(host, duration)) return
    this.count('cuts')
    host.side = host.number + 1
    this.world.clock.after(duration, () => {
      host.side = 0
      host.unsettledUntil = this.world.time + SETTLING
    })
  }

  /** Slow, or so slow that nobody waits for it. */
  private slows(): void {
    const host = this.anyHost()
    if (!host || host.delay > 0) return
    const isTooSlow = this.world.random.chance(0.3)
    if (isTooSlow && !this.maySpare(host.nodes, { forGood: false })) return
    const delay = isTooSlow ? 700 : this.world.random.between(20, 120)
    const duration = this.world.random.between(500, 30_000)
    if (isTooSlow && !this.maySilence(host, duration)) return
    this.count(isTooSlow ? 'tooSlow' : 'slow')
    host.delay = delay
    this.world.clock.after(duration, () => {
      host.delay = 0
      if (isTooSlow) host.unsettledUntil = this.world.time + SETTLING
    })
  }

  /** Whether it may be silent for so long from now on, together with a silence that lasts or has just ended. */
  private maySilence(host: WorldHost, duration: number): boolean {
    const { time } = this.world
    return this.silences.begin(host, this.isSilent(host), time, duration)
  }

  private isSilent({ side, delay, unsettledUntil }: WorldHost): boolean {
    return side !== 0 || delay >= 500 || unsettledUntil > this.world.time
  }

  private anyHost(): WorldHost | undefined {
    const hosts = this.world.hosts.filter(({ alive, nodes }) => alive && nodes.length > 0)
    return hosts.length === 0 ? undefined : pick(this.world.random, hosts)
  }

  /** Whether the proof's assumption holds without these, with the lists as they are and as answers under way will make them. */
  private maySpare(nodes: readonly WorldNode[], { forGood }: { readonly forGood: boolean }): boolean {
    const { living } = this.world
    const lost = new Set(nodes)
    // Those that come back have lists all the while, which may skip others.
    const gone = forGood ? lost : new Set<WorldNode>()
    const away = (node: WorldNode) => lost.has(node) || this.isSilent(node.host)
    const rest = living.filter((node) => !gone.has(node))
    const inTouch = new Set(living.filter((node) => !away(node)).map(({ member }) => member.self.id.key))
    const underWay = this.world.hosts
      .flatMap((host) => (host.alive ? host.nodes : []))
      .filter((node) => !gone.has(node))
      .flatMap(({ member, underWay: lists }) =>
        [...lists].map((successors) => ({ self: member.self, successors, predecessor: member.predecessor })),
      )
    return keepsAssumption({ members: rest.map(({ member }) => member), underWay, inTouch }, this.r)
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }
}
