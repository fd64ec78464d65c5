/** The tracker that introduces the peers of a measurement: Shoal's own, in this process. */
import { createClock } from '../src-main/host/clock.ts'
import { createDatagrams } from '../src-main/host/datagrams.ts'
import { createLog, standardErrorSink } from '../src-main/host/log.ts'
import { createRandom } from '../src-main/host/random.ts'
import { createStreams } from '../src-main/host/streams.ts'
import { formatEndpoint } from '../src-main/kernel/network.ts'
import { createTracker, type Tracker } from '../src-main/tracker/tracker.ts'

const POLL_MS = 50

export class LocalTracker {
  readonly url: string
  private readonly tracker: Tracker

  private constructor(url: string, tracker: Tracker) {
    this.url = url
    this.tracker = tracker
  }

  static async start(): Promise<LocalTracker> {
    const ports = {
      streams: createStreams(),
      datagrams: createDatagrams(),
      clock: createClock(),
      random: createRandom(),
      log: createLog({ level: 'error', format: 'text', sink: standardErrorSink() }),
    }
    const tracker = await createTracker(ports, { http: { host: '127.0.0.1', port: 0 } })
    if (!tracker.http) throw new Error('the tracker does not listen')
    return new LocalTracker(`http://${formatEndpoint(tracker.http)}/announce`, tracker)
  }

  /** Resolves when somebody who has everything has announced itself. */
  async hasSeed(): Promise<void> {
    while (!this.tracker.swarms().some(({ seeds }) => seeds > 0))
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }

  async close(): Promise<void> {
    await this.tracker.close()
  }
}
