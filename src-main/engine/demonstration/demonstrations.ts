/**
 * The demonstrations that are open. The simulation is loaded when the first one is opened, so that starting costs nothing;
 * time passes in one only while it plays and somebody watches it.
 *
 * Limits: `MAX_DEMONSTRATIONS` open at once, where one that nobody watches makes room; `MAX_TICK` of real time at once, so
 * that a machine that slept does not catch up.
 */
import {
  type DemonstrationAction,
  type DemonstrationPicture,
  MAX_DEMONSTRATIONS,
} from '#shared/contract/demonstration.ts'
import type { Clock, Millis, Timer } from '../../kernel/clock.ts'
import { DemonstrationError } from '../../lab/demonstration/demonstration-error.ts'
import type { Demonstration } from '../../lab/demonstration/pictures.ts'
import { Watchers } from '../watchers.ts'

/** As often as a feed sends. */
export const TICK: Millis = 100
const MAX_TICK: Millis = 500

/** The example opened in its first state. */
export type LoadExamples = () => Promise<{ demonstrationOf(example: 'chord' | 'kademlia'): Demonstration }>

interface Open {
  readonly id: string
  readonly simulation: Demonstration
  readonly watchers: Watchers
  watching: number
  playing: boolean
  speed: number
}

export class Demonstrations {
  private readonly clock: Clock
  private readonly load: LoadExamples
  /** The oldest first. */
  private readonly all = new Map<string, Open>()
  private opened = 0
  private timer: Timer | undefined
  private tickedAt: Millis = 0

  constructor(clock: Clock, load: LoadExamples) {
    this.clock = clock
    this.load = load
  }

  /** @returns its id. @throws DemonstrationError TOO_MANY_OPEN */
  async open(example: 'chord' | 'kademlia'): Promise<string> {
    const { demonstrationOf } = await this.load()
    if (this.all.size >= MAX_DEMONSTRATIONS) {
      const unwatched = [...this.all.values()].find(({ watching }) => watching === 0)
      if (!unwatched) throw new DemonstrationError({ code: 'TOO_MANY_OPEN', limit: MAX_DEMONSTRATIONS })
      this.all.delete(unwatched.id)
    }
    const id = `${++this.opened}`
    const simulation = demonstrationOf(example)
    this.all.set(id, { id, simulation, watchers: new Watchers(), watching: 0, playing: false, speed: 1 })
    return id
  }

  /** @throws DemonstrationError */
  act(id: string, action: DemonstrationAction): void {
    const open = this.find(id)
    if (action.kind === 'play') {
      open.playing = true
      open.speed = action.speed
    } else if (action.kind === 'pause') open.playing = false
    else {
      if (action.kind === 'reset' || action.kind === 'step') open.playing = false
      const { simulation } = open
      if (action.kind !== 'lookup') simulation.act(action)
      else simulation.act({ ...action, routing: action.routing ?? 'fingers' })
    }
    this.setTimer()
    open.watchers.notify()
  }

  close(id: string): void {
    this.all.delete(id)
    this.setTimer()
  }

  /** @throws DemonstrationError NO_SUCH_DEMONSTRATION */
  picture(id: string): DemonstrationPicture {
    const { simulation, playing, speed } = this.find(id)
    return { ...simulation.picture(), id, playing, speed }
  }

  /** @returns the function that ends it */
  watch(id: string, changed: () => void): () => void {
    const open = this.find(id)
    const remove = open.watchers.add(changed)
    open.watching += 1
    this.setTimer()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      remove()
      open.watching -= 1
      this.setTimer()
    }
  }

  /** How many are open. */
  get size(): number {
    return this.all.size
  }

  private find(id: string): Open {
    const open = this.all.get(id)
    if (!open) throw new DemonstrationError({ code: 'NO_SUCH_DEMONSTRATION', id })
    return open
  }

  private get running(): Open[] {
    return [...this.all.values()].filter(({ playing, watching }) => playing && watching > 0)
  }

  private setTimer(): void {
    if (this.running.length === 0) {
      this.timer?.cancel()
      this.timer = undefined
      return
    }
    if (this.timer) return
    this.tickedAt = this.clock.now()
    this.timer = this.clock.every(TICK, () => this.tick())
  }

  private tick(): void {
    const passed = Math.min(MAX_TICK, this.clock.now() - this.tickedAt)
    this.tickedAt = this.clock.now()
    for (const open of this.running) {
      const { simulation, speed, watchers } = open
      simulation.advance(passed * speed)
      if (simulation.isOver) open.playing = false
      watchers.notify()
    }
    this.setTimer()
  }
}
