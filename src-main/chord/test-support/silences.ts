/** How long each host of a random trace has been silent, so that none is for longer than `longest` without having settled. */
import type { Millis } from '../../kernel/clock.ts'

export class Silences<Host> {
  private readonly longest: Millis
  private readonly since = new Map<Host, Millis>()

  constructor(longest: Millis) {
    this.longest = longest
  }

  /** @param isSilent whether a silence lasts or has just ended. @returns whether `host` may be silent for `duration` from now on */
  begin(host: Host, isSilent: boolean, now: Millis, duration: Millis): boolean {
    const since = isSilent ? (this.since.get(host) ?? now) : now
    if (now + duration - since > this.longest) return false
    this.since.set(host, since)
    return true
  }
}
