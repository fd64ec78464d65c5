import type { Millis } from '../kernel/clock.ts'
import type { VirtualTime } from './virtual-clock.ts'

export type ClaimKind = 'timer' | 'socket' | 'listener' | 'datagram socket' | 'open file' | 'database' | 'promise'

/** Frames of the stack kept for each claim: enough to leave the ports and name the caller. */
const FRAMES_KEPT = 8
/** Lines of a report; the rest is counted. */
const LINES_SHOWN = 40

/**
 * Something a program holds of the world: it has to be given back before the scenario ends. `release` notes that it is
 * over; `end` also undoes it, as when the program that holds it is killed.
 */
export class Claim {
  readonly kind: ClaimKind
  readonly what: string
  readonly program: Program
  private readonly undo: () => void
  private readonly origin = originHere()
  private over = false

  constructor(program: Program, kind: ClaimKind, what: string, undo: () => void) {
    this.program = program
    this.kind = kind
    this.what = what
    this.undo = undo
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
    return `${this.program.name}: ${this.kind} ${this.what}, made ${callerOf(this.origin.stack ?? '')}`
  }
}

/** Notes where we are. The text is made only when it is asked for, which keeps this cheap. */
function originHere(): { readonly stack?: string } {
  const origin: { stack?: string } = {}
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES_KEPT
  Error.captureStackTrace(origin, originHere)
  Error.stackTraceLimit = stackTraceLimit
  return origin
}

/** The first frame outside the ports themselves. */
function callerOf(stack: string): string {
  const frames = stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
  const isPort = (line: string) => /[/\\](simulation)[/\\](?!.*\.test\.)/.test(line) || line.includes('node:internal')
  return frames.find((line) => !isPort(line)) ?? 'by the network'
}

/**
 * One run of a program on a simulated host: everything its ports made and have not given back. When it is killed
 * (`kill -9`) its timers never fire, its promises never settle and its sockets are gone.
 */
export class Program {
  readonly name: string
  private readonly time: VirtualTime
  private readonly claims = new Set<Claim>()
  private killed = false

  constructor(name: string, time: VirtualTime) {
    this.name = name
    this.time = time
  }

  get isAlive(): boolean {
    return !this.killed
  }

  /** Notes that something is held; `undo` takes it away when the program is killed. In a dead program it is undone at once. */
  claim(kind: ClaimKind, what: string, undo: () => void): Claim {
    const claim = new Claim(this, kind, what, undo)
    if (this.killed) this.time.schedule(0, () => claim.end())
    else this.claims.add(claim)
    return claim
  }

  forget(claim: Claim): void {
    this.claims.delete(claim)
  }

  /** Does `work` after `delay` of virtual time and settles with what comes of it. */
  later<T>(what: string, delay: Millis, work: () => T): Promise<T> {
    return this.promise(what, (resolve, reject) => {
      const event = this.time.schedule(delay, () => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      })
      return () => this.time.cancel(event)
    })
  }

  /** A promise that has to settle before the scenario ends. `start` returns what stops its work when the program is killed. */
  promise<T>(
    what: string,
    start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
  ): Promise<T> {
    if (this.killed) return new Promise(() => {})
    return new Promise((resolve, reject) => {
      let stop = () => {}
      const claim = this.claim('promise', what, () => stop())
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
