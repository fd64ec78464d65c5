/**
 * How long each host takes to answer, and so how long to wait for it: the smoothed time and its mean deviation as TCP reckons them
 * (RFC 6298, section 2, with its α = 1/8, β = 1/4, K = 4). Every answer is one of a known question, so that late ones count too.
 * At most `MAX_TIMED_HOSTS`; whoever was heard or asked for the longest ago goes first.
 */
import { type Millis, SECOND } from '../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'

export const SHORTEST_DEADLINE: Millis = 400
export const LONGEST_DEADLINE: Millis = 5 * SECOND
/** For whoever has never answered. */
export const FIRST_DEADLINE: Millis = 2 * SECOND
export const MAX_TIMED_HOSTS = 512

interface Timing {
  readonly address: string
  readonly smoothed: Millis
  readonly deviation: Millis
}

export class RoundTripTimes {
  private readonly byHost = new Map<string, Timing>()

  get size(): number {
    return this.byHost.size
  }

  add(endpoint: Endpoint, rtt: Millis): void {
    const host = formatEndpoint(endpoint)
    const known = this.byHost.get(host)
    const next = known ? smoothed(known, rtt) : { address: endpoint.host, smoothed: rtt, deviation: rtt / 2 }
    this.byHost.delete(host)
    this.byHost.set(host, next)
    if (this.byHost.size <= MAX_TIMED_HOSTS) return
    for (const oldest of this.byHost.keys()) {
      this.byHost.delete(oldest)
      break
    }
  }

  /** From 0.4 to 5 s. */
  deadlineOf(endpoint: Endpoint): Millis {
    const host = formatEndpoint(endpoint)
    const timing = this.byHost.get(host)
    if (timing === undefined) return FIRST_DEADLINE
    this.byHost.delete(host)
    this.byHost.set(host, timing)
    return Math.min(LONGEST_DEADLINE, Math.max(SHORTEST_DEADLINE, timing.smoothed + 4 * timing.deviation))
  }

  /** Addresses of hosts that were heard or asked last, the last one first. */
  latestHosts(most: number): string[] {
    return [...this.byHost.values()]
      .slice(-most)
      .reverse()
      .map(({ address }) => address)
  }

  rttOf(endpoint: Endpoint): Millis | undefined {
    return this.byHost.get(formatEndpoint(endpoint))?.smoothed
  }
}

function smoothed(before: Timing, rtt: Millis): Timing {
  return {
    address: before.address,
    deviation: (3 * before.deviation + Math.abs(before.smoothed - rtt)) / 4,
    smoothed: (7 * before.smoothed + rtt) / 8,
  }
}
