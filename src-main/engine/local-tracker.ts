/** The embedded tracker as the command line starts it. */
import { CodedError, codeOf, type Fault } from '../kernel/errors.ts'
import type { Endpoint } from '../kernel/network.ts'
import { formatEndpoint } from '../kernel/network.ts'
import { createTracker, type TrackerOptions, type TrackerPorts } from '../tracker/tracker.ts'

export type LocalTrackerFault = Fault & { readonly code: 'CANNOT_LISTEN'; readonly at: string; readonly cause: string }

/** The tracker's port cannot be had. */
export class LocalTrackerError extends CodedError<LocalTrackerFault> {}

export interface LocalTracker {
  /** What goes into a .torrent; undefined where that protocol is not served. */
  readonly httpUrl: string | undefined
  readonly udpUrl: string | undefined
  /** Swarms that somebody has announced. */
  swarms(): number
  close(): Promise<void>
}

/** @throws LocalTrackerError */
export async function startLocalTracker(
  ports: TrackerPorts,
  options: Pick<TrackerOptions, 'http' | 'udp' | 'interval'>,
): Promise<LocalTracker> {
  const tracker = await createTracker(ports, options).catch((error) => {
    throw cannotListen([options.http, options.udp], error)
  })
  const { http, udp } = tracker
  return {
    httpUrl: http && `http://${formatEndpoint(http)}/announce`,
    udpUrl: udp && `udp://${formatEndpoint(udp)}/announce`,
    swarms: () => tracker.swarms().length,
    close: () => tracker.close(),
  }
}

function cannotListen(at: readonly (Endpoint | undefined)[], error: unknown): LocalTrackerError {
  const places = [...new Set(at.filter((endpoint) => endpoint !== undefined).map(formatEndpoint))].join(' and ')
  const cause = codeOf(error)
  return new LocalTrackerError(
    { code: 'CANNOT_LISTEN', at: places, cause },
    `The tracker cannot listen at ${places} (${cause}); choose another port, or 0 for any.`,
    { cause: error },
  )
}
