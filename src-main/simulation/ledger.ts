import type { Millis } from '../kernel/clock.ts'
import type { VirtualTime } from './virtual-clock.ts'

export type ClaimKind = 'timer' | 'socket' | 'listener' | 'datagram socket' | 'open file' | 'database' | 'promise'

/** Frames of the stack kept for each claim, counted from the port's own call: enough to name the caller. */
const FRAMES_KEPT = 5
/** Frames of the simulation, of the gate in front of its ports, and of the platform. */
const PORT_FRAME = /[/\\]simulation[/\\]|network-gate|node:internal|<anonymous>/
/** Lines of a report; the rest is counted. */
const LINES_SHOWN = 40

/** Where in the code something was asked for. */
export interface Origin {
  readonly stack?: string
}

/**
 * Something a program holds of the world: it has to be given back before the scenario ends. `release` notes that it is
 * over; `end` also undoes it, as when the program that holds it is killed.
 */
export class Claim {
  readonly kind: ClaimKind
  readonly what: string | (() => string)
  readonly program: Program
  private readonly undo: () => void
  readonly origin: Origin | undefined
  private over = false

  constructor(
    program: Program,
    kind: ClaimKind,
    what: string | (() => string),
    undo: () => void,
    origin: Origin | undefined,
  ) {
    this.program = program
    this.kind = kind
    this.what = what
    this.undo = undo
    this.origin = origin
  }

  get isOver(): boolean {
    return this.over
  }

  release(): void {
    this.over = true
    this.program.forget(this)
  }

  end(): void {
    if (this.over) return
    this.release()
    this.undo()
  }

  /** `seed: timer after 5000 ms, made at connect (…/peer.ts:12:3)` */
  describe(): string {
    const origin = this.origin?.stack === undefined ? '' : `, made ${callerOf(this.origin.stack)}`
    return `${this.program.name}: ${this.kind} ${typeof this.what === 'string' ? this.what : this.what()}${origin}`
  }
}

/** Notes who called `below`. The text is made only when it is asked for, which keeps this cheap. */
function originAbove(below: (...args: never[]) => unknown): Origin {
  const origin: { stack?: string } = {}
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES_KEPT
  Error.captureStackTrace(origin, below)
  Error.stackTraceLimit = stackTraceLimit
  return origin
}

/** The first frame outside the ports themselves. */
function callerOf(stack: string): string {
  const frames = stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
  const isPort = (line: string) => PORT_FRAME.test(line) && !line.includes('.test.')
  return frames.find((line) => !isPort(line)) ?? 'by the network'
}

/**
 * One run of a program on a simulated host: everything its ports made and have not given back. When it is killed
 * (`kill -9`) its timers never fire, its promises never settle and its sockets are gone.
 */
export class Program {
  readonly name: string
  private readonly time: VirtualTime
  private readonly traceAll: boolean
  private readonly claims = new Set<Claim>()
  private killed = false

  /** `traceAll`: note for timers and promises too who made them, at some 10 µs each; else for the rarer things only. */
  constructor(name: string, time: VirtualTime, traceAll: boolean) {
    this.name = name
    this.time = time
    this.traceAll = traceAll
  }

  get isAlive(): boolean {
    return !this.killed
  }

  /** Notes that something is held; `undo` takes it away when the program is killed. In a dead program it is undone at once. */
  claim(
    kind: ClaimKind,
    what: string | (() => string),
    undo: () => void,
    origin = this.origin(kind, this.claim),
  ): Claim {
    const claim = new Claim(this, kind, what, undo, origin)
    if (this.killed) this.time.schedule(0, () => claim.end())
    else this.claims.add(claim)
    return claim
  }

  forget(claim: Claim): void {
    this.claims.delete(claim)
  }

  /** Does `work` after `delay` of virtual time and settles with what comes of it. `work` is told who asked. */
  later<T>(what: string, delay: Millis, work: (origin: Origin | undefined) => T): Promise<T> {
    const origin = this.origin('promise', this.later)
    return this.promise(
      what,
      (resolve, reject) => {
        const event = this.time.schedule(delay, () => {
          try {
            resolve(work(origin))
          } catch (error) {
            reject(error)
          }
        })
        return () => this.time.cancel(event)
      },
      origin,
    )
  }

  /** A promise that has to settle before the scenario ends. `start` returns what stops its work when the program is killed. */
  promise<T>(
    what: string,
    start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
    origin = this.origin('promise', this.promise),
  ): Promise<T> {
    if (this.killed) return new Promise(() => {})
    return new Promise((resolve, reject) => {
      let stop = () => {}
      const claim = this.claim('promise', what, () => stop(), origin)
      const once =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          if (claim.isOver) return
          claim.release()
          settle(value)
        }
      stop = start(once(resolve), once(reject))
    })
  }

  private origin(kind: ClaimKind, below: (...args: never[]) => unknown): Origin | undefined {
    if (!this.traceAll && (kind === 'timer' || kind === 'promise')) return undefined
    return originAbove(below)
  }

  /** Ends it at once, telling it nothing. */
  kill(): void {
    this.killed = true
    for (const claim of [...this.claims]) claim.end()
  }

  held(kind?: ClaimKind): Claim[] {
    return [...this.claims].filter((claim) => kind === undefined || claim.kind === kind)
  }
}

/** Claims as lines for a message, the first ones only. */
export function describeClaims(claims: readonly Claim[]): string[] {
  const lines = claims.slice(0, LINES_SHOWN).map((claim) => claim.describe())
  if (claims.length > LINES_SHOWN) lines.push(`and ${claims.length - LINES_SHOWN} more`)
  return lines
}
