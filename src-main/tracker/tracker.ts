/** The embedded tracker, for LANs, demonstrations and tests: HTTP, UDP or both over one set of swarms. */
import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import type { Datagrams, Endpoint, Streams } from '../kernel/network.ts'
import type { Random } from '../kernel/random.ts'
import { ConnectionIds } from './connection-ids.ts'
import { HttpTracker } from './http-tracker.ts'
import { RequestQuota } from './quota.ts'
import { REGISTRY_LIMITS, type RegistryLimits, SwarmRegistry, type SwarmRow } from './swarm-registry.ts'
import { DEFAULT_RULES, EXPIRY_PERIOD, peerLifetime, REQUEST_LIMITS } from './tracker-rules.ts'
import { UdpTracker } from './udp-tracker.ts'

export interface TrackerPorts {
  readonly streams: Streams
  readonly datagrams: Datagrams
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface TrackerOptions {
  /** Where to listen; port 0 takes any. What is left out is not served. */
  readonly http?: Endpoint
  readonly udp?: Endpoint
  /** Seconds that peers wait between announces, from 1. A peer is forgotten after twice that. Default 15 minutes. */
  readonly interval?: number
  /** Seconds that they wait at least; never more than `interval`. Default 1 minute. */
  readonly minInterval?: number
  readonly limits?: RegistryLimits
}

export interface Tracker {
  /** Where it listens, with the real port. */
  readonly http: Endpoint | undefined
  readonly udp: Endpoint | undefined
  swarms(): readonly SwarmRow[]
  /** Closes sockets and connections and forgets everything. May be called again. */
  close(): Promise<void>
}

/** Starts a tracker. @throws the error of listening (`EADDRINUSE`, `EACCES`, …); nothing is left open then */
export async function createTracker(ports: TrackerPorts, options: TrackerOptions): Promise<Tracker> {
  const { clock, random, log } = ports
  const interval = Math.max(1, Math.round(options.interval ?? DEFAULT_RULES.interval))
  const minInterval = Math.min(interval, Math.max(1, Math.round(options.minInterval ?? DEFAULT_RULES.minInterval)))
  const rules = { interval, minInterval }
  const registry = new SwarmRegistry(peerLifetime(rules), random, options.limits ?? REGISTRY_LIMITS)
  const quota = new RequestQuota(REQUEST_LIMITS)
  const httpTracker = new HttpTracker({ clock, registry, quota, rules })
  const connections = new ConnectionIds(random, clock.now())
  const udpTracker = new UdpTracker({ clock, registry, quota, connections, rules })

  const http = options.http && (await httpTracker.listen(ports.streams, options.http))
  let udp: Endpoint | undefined
  try {
    udp = options.udp && (await udpTracker.bind(ports.datagrams, options.udp))
  } catch (error) {
    await httpTracker.close()
    throw error
  }
  const expiry = clock.every(EXPIRY_PERIOD, () => registry.expire(clock.now()))
  log.write('info', 'tracker listens', { http, udp, interval })

  let closing: Promise<void> | undefined
  const close = async () => {
    expiry.cancel()
    await Promise.all([httpTracker.close(), udpTracker.close()])
  }
  return {
    ...{ http, udp },
    swarms: () => registry.rows(),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
