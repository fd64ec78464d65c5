/**
 * The trackers of one torrent as a `PeerSource`. Acts on what `AnnounceSchedule` decides and keeps one status line for each
 * tracker.
 *
 * By default the tiers are asked as BEP 12 says, one after the other until one answers. With `every-tier` each tier is
 * followed on its own, as some clients do: more peers for magnets, which put each tracker in a tier of its own, at the
 * price of more requests.
 * Limits: `MAX_TRACKERS` trackers, 30 s for an announce, 5 s for saying goodbye.
 */
import { isLoopbackIp } from '../../codec/ip-address.ts'
import { readU32 } from '../../kernel/bytes.ts'
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { HttpClient } from '../../kernel/http.ts'
import type { Log } from '../../kernel/log.ts'
import type { Endpoint, Resolver } from '../../kernel/network.ts'
import type { Following, PeerSource, PeerSourceStatus, Subject } from '../../kernel/peer-source.ts'
import type { Random } from '../../kernel/random.ts'
import { type AnnounceAnswer, type AnnounceEvent, type AnnounceRequest, NUMWANT } from './announce.ts'
import { AnnounceSchedule, type Decision, type TrackerRecord } from './announce-schedule.ts'
import { withDeadline } from './deadline.ts'
import { announceUrl, MAX_ANSWER_BYTES, readAnnounceAnswer } from './http-announce.ts'
import type { TrackerDatagrams } from './tracker-datagrams.ts'
import { asTrackerError, TrackerError } from './tracker-error.ts'
import {
  ANNOUNCE_PATH,
  LOOPBACK_RULE,
  MAX_TRACKER_URL_LENGTH,
  parseTrackerUrl,
  type TrackerUrl,
} from './tracker-url.ts'
import { announceOverUdp } from './udp-announce.ts'

export const ANNOUNCE_LIMIT: Millis = 30 * SECOND
export const STOP_LIMIT: Millis = 5 * SECOND
export const MAX_TRACKERS = 100

export interface TrackerSourceOptions {
  /** Tiers of URLs as in the .torrent (BEP 12). Those that are refused or beyond `MAX_TRACKERS` are not asked. */
  readonly tiers: readonly (readonly string[])[]
  readonly http: HttpClient
  /** Shared by all torrents; its owner closes it. */
  readonly datagrams: TrackerDatagrams
  readonly resolver: Resolver
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly announceTo?: 'first-answering-tier' | 'every-tier'
  /** What we call ourselves towards HTTP trackers. */
  readonly userAgent?: string
}

export function trackerSource(options: TrackerSourceOptions): PeerSource {
  return { kind: 'tracker', follow: (subject, found) => new TrackerFollowing(options, subject, found) }
}

type Line = { -readonly [K in keyof Omit<PeerSourceStatus, 'nextAt'>]: PeerSourceStatus[K] }

/** One schedule and what is under way for it. */
interface Walk {
  readonly schedule: AnnounceSchedule
  timer: Timer | undefined
  open: Promise<void> | undefined
}

class TrackerFollowing implements Following {
  private readonly options: TrackerSourceOptions
  private readonly subject: Subject
  private readonly found: (endpoints: readonly Endpoint[]) => void
  private readonly urls = new Map<string, TrackerUrl>()
  private readonly lines = new Map<string, Line>()
  private readonly walks: readonly Walk[]
  private readonly breakOff = new AbortController()
  private readonly key: number
  private isCompleted = false
  private stopped: Promise<void> | undefined

  constructor(options: TrackerSourceOptions, subject: Subject, found: (endpoints: readonly Endpoint[]) => void) {
    this.options = options
    this.subject = subject
    this.found = found
    this.key = readU32(options.random.bytes(4), 0)
    const tiers = options.tiers.map((urls, tier) => this.admit(urls, tier))
    const groups =
      options.announceTo === 'every-tier'
        ? tiers.map((urls, tier) => ({ urls: [urls], numbers: [tier] }))
        : [{ urls: tiers, numbers: tiers.map((_, tier) => tier) }]
    this.walks = groups.map(({ urls, numbers }) => ({
      schedule: new AnnounceSchedule(urls, options.random, numbers),
      timer: undefined,
      open: undefined,
    }))
    for (const walk of this.walks) this.step(walk)
  }

  completed(): void {
    if (this.isCompleted || this.stopped) return
    this.isCompleted = true
    for (const walk of this.walks) {
      walk.schedule.completed(this.options.clock.now())
      this.step(walk)
    }
  }

  refresh(): void {
    if (this.stopped) return
    for (const walk of this.walks) {
      walk.schedule.refresh(this.options.clock.now())
      this.step(walk)
    }
  }

  status(): readonly PeerSourceStatus[] {
    const planned = new Map<string, Millis | undefined>()
    for (const { schedule } of this.walks)
      for (const tracker of schedule.trackers) planned.set(tracker.url, schedule.plannedAt(tracker))
    return [...this.lines].map(([url, line]) => {
      const waits = !this.stopped && (line.state === 'working' || line.state === 'failed')
      return { ...line, nextAt: waits ? planned.get(url) : undefined }
    })
  }

  stop(how?: 'handover'): Promise<void> {
    this.stopped ??= this.end(how !== 'handover')
    return this.stopped
  }

  /** Makes a status line for each URL of a tier and returns those that may be asked. */
  private admit(urls: readonly string[], tier: number): string[] {
    return urls.filter((url) => {
      if (this.lines.size >= MAX_TRACKERS || this.lines.has(url)) return false
      const name = url.slice(0, MAX_TRACKER_URL_LENGTH)
      const line: Line = { name, tier, state: 'idle', message: '', seeds: undefined, leechers: undefined, peers: 0 }
      this.lines.set(url, line)
      try {
        this.urls.set(url, parseTrackerUrl(url))
        return true
      } catch (error) {
        if (!(error instanceof TrackerError)) throw error
        line.state = 'off'
        line.message = error.message
        return false
      }
    })
  }

  private step(walk: Walk): void {
    if (this.stopped || walk.open) return
    walk.timer?.cancel()
    const now = this.options.clock.now()
    const decision = walk.schedule.next(now)
    if (decision.kind === 'announce') walk.open = this.announce(walk, decision)
    if (decision.kind === 'wait')
      walk.timer = this.options.clock.after(Math.max(decision.until - now, 0), () => this.step(walk))
  }

  private async announce(walk: Walk, decision: Extract<Decision, { kind: 'announce' }>): Promise<void> {
    const { tracker, event } = decision
    const line = this.lines.get(tracker.url) as Line
    line.state = 'announcing'
    const outcome = await this.ask(tracker, event, ANNOUNCE_LIMIT, this.breakOff.signal).catch((error) =>
      asTrackerError(this.urlOf(tracker).name, error),
    )
    walk.open = undefined
    if (this.stopped) return walk.schedule.abandoned()
    if (outcome instanceof TrackerError) this.failed(walk, line, outcome)
    else this.answered(walk, line, outcome)
    this.step(walk)
  }

  private answered(walk: Walk, line: Line, answer: AnnounceAnswer): void {
    walk.schedule.answered(answer, this.options.clock.now())
    for (const { url } of walk.schedule.trackers) {
      const other = this.lines.get(url) as Line
      if (other.state === 'working') other.state = 'idle'
    }
    const { seeds, leechers, peers, warning } = answer
    Object.assign(line, { state: 'working', message: warning, seeds, leechers, peers: peers.length })
    if (peers.length > 0) this.found(peers)
  }

  private failed(walk: Walk, line: Line, error: TrackerError): void {
    const retry = error.fault.code === 'REFUSED' ? error.fault.retryMinutes : undefined
    walk.schedule.failed(retry, this.options.clock.now())
    line.state = retry === 'never' ? 'off' : 'failed'
    line.message = error.message
    this.options.log.write('info', 'announce failed', { code: error.code, tier: line.tier })
  }

  private async ask(
    tracker: TrackerRecord,
    event: AnnounceEvent,
    limit: Millis,
    signal: AbortSignal,
  ): Promise<AnnounceAnswer> {
    const url = this.urlOf(tracker)
    const fail = (fault: ConstructorParameters<typeof TrackerError>[1]) => new TrackerError(url.name, fault)
    const request = this.request(tracker, event)
    const deadline = {
      ...{ clock: this.options.clock, limit, signal },
      timedOut: () => fail({ code: 'TIMED_OUT', seconds: limit / SECOND }),
      aborted: () => fail({ code: 'ABORTED' }),
    }
    return withDeadline(deadline, (inner) =>
      url.scheme === 'udp'
        ? announceOverUdp({ udp: this.options.datagrams, resolver: this.options.resolver }, url, request, inner)
        : this.askHttp(url, request, limit, inner),
    )
  }

  private async askHttp(
    url: Exclude<TrackerUrl, { scheme: 'udp' }>,
    request: AnnounceRequest,
    limit: Millis,
    signal: AbortSignal,
  ): Promise<AnnounceAnswer> {
    const fail = (fault: ConstructorParameters<typeof TrackerError>[1]) => new TrackerError(url.name, fault)
    if (url.path !== ANNOUNCE_PATH && (await this.options.resolver.resolve(url.host)).some(isLoopbackIp))
      throw fail({ code: 'URL_REFUSED', why: LOOPBACK_RULE })
    const response = await this.options.http
      .get({
        url: announceUrl(url.url, request),
        headers: { 'user-agent': this.options.userAgent ?? 'Shoal' },
        timeout: limit,
        maxBytes: MAX_ANSWER_BYTES,
        signal,
      })
      .catch((error) => {
        if (codeOf(error) === 'TOO_LARGE') throw fail({ code: 'TOO_LARGE', limit: MAX_ANSWER_BYTES })
        if (codeOf(error) === 'ETIMEDOUT') throw fail({ code: 'TIMED_OUT', seconds: limit / SECOND })
        throw error
      })
    return readAnnounceAnswer(url.name, response)
  }

  private request(tracker: TrackerRecord, event: AnnounceEvent): AnnounceRequest {
    const { infoHash, peerId } = this.subject
    const numwant = event === 'stopped' ? 0 : NUMWANT
    const { key } = this
    const { trackerId } = tracker
    return { infoHash, peerId, port: this.subject.port(), ...this.subject.totals(), event, numwant, key, trackerId }
  }

  /** Breaks off what is open, then (`goodbye`) tells every tracker that knows us, all at once, within `STOP_LIMIT`. */
  private async end(saysGoodbye: boolean): Promise<void> {
    for (const walk of this.walks) walk.timer?.cancel()
    this.breakOff.abort()
    await Promise.all(this.walks.map((walk) => walk.open))
    const known = saysGoodbye ? this.walks.flatMap((walk) => walk.schedule.startedTrackers) : []
    const goodbye = new AbortController().signal
    await Promise.allSettled(known.map((tracker) => this.ask(tracker, 'stopped', STOP_LIMIT, goodbye)))
    for (const line of this.lines.values()) if (line.state !== 'off') line.state = 'idle'
  }

  private urlOf(tracker: TrackerRecord): TrackerUrl {
    return this.urls.get(tracker.url) as TrackerUrl
  }
}
