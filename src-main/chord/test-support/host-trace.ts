/**
 * A random life of a ring of whole hosts: one begins it with r + 1 places, others join with several each, leave, are killed with
 * all they have, are cut off for a while, are slow or too slow; what hosts have to spare leaves meanwhile, and where the ring is
 * small they take more. After every event Zave's invariant must hold; once nothing more happens the ring must become ideal, with
 * as many places as there should be.
 *
 * What the proof takes for granted is kept, as in `random-trace.ts`: nobody is taken away, cut off or silenced that leaves a member
 * without a live successor, or fewer than r + 1 members that nobody skips, or would after one more of a host's spare places has
 * left. Only members are cut off: a joiner that hears nobody begins a ring, as it should where nobody is.
 */
import { SECOND } from '../../kernel/clock.ts'
import { pick } from '../../kernel/random.ts'
import type { Violation } from '../invariants.ts'
import { CUT_OFF_FOR } from '../outside.ts'
import { HostWorld, membersOf, type SimHost } from './host-world.ts'
import { keepsAssumption } from './proof-assumption.ts'
import { RingWatch } from './ring-watch.ts'
import { Silences } from './silences.ts'

const MAX_MEMBERS = 64
const QUIET_LIMIT = 1_800_000
/** After a silence: whoever has begun to act on it has finished by then. */
const SETTLING = 20_000
const STEP = 5_000
const LONGEST_SILENCE = CUT_OFF_FOR - 10 * SECOND

export interface HostTraceResult {
  readonly seed: number
  readonly events: number
  readonly counts: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
  readonly brokenAt: number | undefined
  readonly ideal: boolean
  /** Members at the end, and how many there should be. */
  readonly places: number
  readonly wanted: number
}

export function runHostTrace(seed: number): HostTraceResult {
  return new HostTrace(seed).run()
}

class HostTrace {
  private readonly seed: number
  private readonly world: HostWorld
  private readonly r: number
  private readonly counts: Record<string, number> = {}
  private readonly watch: RingWatch
  private readonly silences = new Silences<SimHost>(LONGEST_SILENCE)
  private readonly unsettledUntil = new Map<SimHost, number>()
  private readonly wanted = new Map<SimHost, number>()
  private readonly mostHosts: number

  constructor(seed: number) {
    this.seed = seed
    const random = new HostWorld({ seed }).random.split('trace')
    this.r = 2 + random.below(4)
    this.mostHosts = pick(random, [1, 2, 3, 6, 10, 16])
    this.watch = new RingWatch(this.r)
    const latency: [number, number] = random.below(2) === 0 ? [5, 60] : [1, 240]
    this.world = new HostWorld({ seed, successors: this.r, latency })
  }

  run(): HostTraceResult {
    const { world, seed, counts, r } = this
    const { random } = world
    const virtualNodes = 1 + random.below(4)
    const first = world.make({ virtualNodes })
    this.wanted.set(first, virtualNodes)
    first.node.start()
    world.run(1_000)
    world.afterEvent = () => this.watch.look(world.members(), world.time)
    const steps = 6 + random.below(20)
    for (let step = 0; step < steps && !this.watch.isBroken; step++) {
      this.step()
      world.run(random.between(0, random.chance(0.3) ? 500 : 40_000))
    }
    for (const host of world.living) Object.assign(host, { side: 0, delay: 0 })
    const staying = world.living.filter(({ node }) => node.phase !== 'stopped')
    const sum = staying.reduce((total, host) => total + (this.wanted.get(host) ?? 0), 0)
    const wanted = Math.max(sum, r + 1)
    const isOver = () => this.watch.isBroken
    const until = world.time + QUIET_LIMIT
    // What hosts have to spare leaves one by one, and others may come first.
    const isPlaced = () => staying.every((host) => world.isPlaced(host, this.wanted.get(host) ?? 0))
    const isSettled = () => world.members().length === wanted && isPlaced() && this.isIdeal
    while (world.time < until && !isOver() && !isSettled()) world.run(STEP, isOver)
    // Who has been silent to the end may have been given up by some a moment before.
    world.run(SETTLING, isOver)
    const ideal = !isOver() && world.becomesIdeal(QUIET_LIMIT)
    const { violations, brokenAt } = this.watch
    const places = world.members().length
    world.close()
    return { seed, events: world.events, counts, violations, brokenAt, ideal, places, wanted }
  }

  private get isIdeal(): boolean {
    return this.world.check().isIdeal(this.r)
  }

  private step(): void {
    const luck = this.world.random.below(100)
    if (luck < 45) this.joins()
    else if (luck < 58) this.kills()
    else if (luck < 68) this.leaves()
    else if (luck < 84) this.cuts()
    else this.slows()
  }

  private joins(): void {
    const { world } = this
    const { random } = world
    const known = this.members.filter(({ side, delay }) => side === 0 && delay < 300)
    if (known.length === 0 || world.living.length >= this.mostHosts || world.members().length >= MAX_MEMBERS) return
    this.count('joins')
    const virtualNodes = 1 + random.below(4)
    const host = world.add({ virtualNodes }, known)
    this.wanted.set(host, virtualNodes)
  }

  private kills(): void {
    const host = this.anyMember()
    if (!host || !this.maySpare(host, { forGood: true })) return
    this.count('kills')
    this.world.kill(host)
  }

  private leaves(): void {
    const host = this.anyMember()
    if (!host || !this.maySpare(host, { forGood: true })) return
    this.count('leaves')
    void host.node.leave()
    this.world.clock.after(SETTLING, () => {
      if (host.alive) this.world.kill(host)
    })
  }

  /** Nothing goes in or out. */
  private cuts(): void {
    const host = this.anyMember()
    if (host?.side !== 0 || !this.maySpare(host, { forGood: false })) return
    const duration = this.world.random.between(500, 45_000)
    if (!this.maySilence(host, duration)) return
    this.count('cuts')
    host.side = host.number + 1
    this.world.clock.after(duration, () => {
      host.side = 0
      this.unsettledUntil.set(host, this.world.time + SETTLING)
    })
  }

  /** Slow, or so slow that nobody waits for it. */
  private slows(): void {
    const host = this.anyMember()
    if (!host || host.delay > 0) return
    const isTooSlow = this.world.random.chance(0.3)
    const duration = this.world.random.between(500, 30_000)
    if (isTooSlow && (!this.maySpare(host, { forGood: false }) || !this.maySilence(host, duration))) return
    this.count(isTooSlow ? 'tooSlow' : 'slow')
    host.delay = isTooSlow ? 700 : this.world.random.between(20, 120)
    this.world.clock.after(duration, () => {
      host.delay = 0
      if (isTooSlow) this.unsettledUntil.set(host, this.world.time + SETTLING)
    })
  }

  /** Whether it may be silent for so long from now on, together with a silence that lasts or has just ended. */
  private maySilence(host: SimHost, duration: number): boolean {
    return this.silences.begin(host, this.isSilent(host), this.world.time, duration)
  }

  private isSilent(host: SimHost): boolean {
    return host.side !== 0 || host.delay >= 500 || (this.unsettledUntil.get(host) ?? 0) > this.world.time
  }

  private get members(): readonly SimHost[] {
    return this.world.living.filter(({ node }) => node.phase === 'member')
  }

  private anyMember(): SimHost | undefined {
    const { members } = this
    return members.length === 0 ? undefined : pick(this.world.random, members)
  }

  private maySpare(lost: SimHost, { forGood }: { readonly forGood: boolean }): boolean {
    const { living } = this.world
    const isAway = (host: SimHost) => host === lost || this.isSilent(host)
    const spare = living
      .filter((host) => !isAway(host) && membersOf(host.node).length > (this.wanted.get(host) ?? 0))
      .flatMap(({ node }) =>
        membersOf(node)
          .toSorted((a, b) => b.self.slot - a.self.slot)
          .slice(0, 1),
      )
    const rest = living.filter((host) => host !== lost || !forGood)
    const isGoing = new Set(spare.map(({ self }) => self.id.key))
    const present = this.world.members(living.filter((host) => !isAway(host)))
    const inTouch = new Set(present.map(({ self }) => self.id.key).filter((key) => !isGoing.has(key)))
    const underWay = rest.flatMap(({ port }) =>
      [...port.underWay].map(({ self, successors }) => ({ self, successors, predecessor: self })),
    )
    return keepsAssumption({ members: this.world.members(rest), underWay, inTouch }, this.r)
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }
}
