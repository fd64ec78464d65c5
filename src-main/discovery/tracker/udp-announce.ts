/**
 * One announce over UDP: connect where no connection id is held, then announce (BEP 15).
 *
 * A request is sent again 15·2ⁿ s after the n-th time, n up to 8. The caller's deadline of 30 s for the whole announce comes
 * first: with BEP 15's own limit of more than an hour, no other tracker of the torrent would be asked in the meantime.
 * Where the tracker has an address in both families, the one that has answered before is asked first, and the other one
 * when a connect request stays unanswered.
 */
import {
  encodeAnnounceRequest,
  encodeConnectRequest,
  type UdpTrackerAnswer,
  UdpTrackerPacketError,
} from '../../codec/udp-tracker.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint, Resolver } from '../../kernel/network.ts'
import { type AnnounceAnswer, type AnnounceRequest, usablePeers, wireCount } from './announce.ts'
import type { TrackerDatagrams } from './tracker-datagrams.ts'
import { TrackerError, type TrackerFault } from './tracker-error.ts'
import { trackerText } from './tracker-text.ts'
import type { TrackerUrl } from './tracker-url.ts'

export const FIRST_RETRANSMIT: Millis = 15 * SECOND
export const MAX_RETRANSMITS = 8

export type UdpTrackerUrl = Extract<TrackerUrl, { scheme: 'udp' }>

/** @throws TrackerError, or the error of the resolver or of opening a socket */
export async function announceOverUdp(
  ports: { readonly udp: TrackerDatagrams; readonly resolver: Resolver },
  tracker: UdpTrackerUrl,
  request: AnnounceRequest,
  signal: AbortSignal,
): Promise<AnnounceAnswer> {
  const addresses = await addressesOf(ports.resolver, tracker)
  return new UdpAnnounce(ports.udp, tracker, addresses, signal).run(request)
}

/** The first address of each family, in the resolver's order. */
async function addressesOf(resolver: Resolver, { host, port, name }: UdpTrackerUrl): Promise<Endpoint[]> {
  const found = await resolver.resolve(host)
  const first = [found.find((ip) => !ip.includes(':')), found.find((ip) => ip.includes(':'))]
  const ordered = first.filter((ip) => ip !== undefined).sort((a, b) => found.indexOf(a) - found.indexOf(b))
  if (ordered.length === 0) throw new TrackerError(name, { code: 'UNREACHABLE', cause: 'ENOTFOUND' })
  return ordered.map((ip) => ({ host: ip, port }))
}

class UdpAnnounce {
  private readonly udp: TrackerDatagrams
  private readonly tracker: UdpTrackerUrl
  private readonly signal: AbortSignal
  /** The one in use stands first. */
  private readonly addresses: Endpoint[]
  private retransmits = 0
  /** The connection id was made in this announce, so a refusal is not for its age. */
  private connected = false

  constructor(udp: TrackerDatagrams, tracker: UdpTrackerUrl, addresses: readonly Endpoint[], signal: AbortSignal) {
    this.udp = udp
    this.tracker = tracker
    this.addresses = [...addresses].sort((a, b) => Number(udp.hasAnswered(b)) - Number(udp.hasAnswered(a)))
    this.signal = signal
  }

  async run(request: AnnounceRequest): Promise<AnnounceAnswer> {
    while (this.retransmits <= MAX_RETRANSMITS) {
      const to = this.addresses[0] as Endpoint
      const connection = this.udp.connectionOf(to)
      if (!connection) {
        await this.connect(to)
        continue
      }
      const answer = await this.ask(to, (transaction) =>
        encodeAnnounceRequest(transaction, connection, udpFields(request), this.tracker.urlData),
      )
      if (answer?.type === 'announce') return announceAnswer(answer)
      if (answer === undefined) this.retransmits += 1
      else this.refused(to, answer)
    }
    throw this.fail({ code: 'TIMED_OUT', seconds: (FIRST_RETRANSMIT / SECOND) * (2 ** (MAX_RETRANSMITS + 1) - 1) })
  }

  private async connect(to: Endpoint): Promise<void> {
    let answer: UdpTrackerAnswer | undefined
    try {
      answer = await this.ask(to, encodeConnectRequest)
    } catch (error) {
      // No socket for this family: the other one may do.
      if (error instanceof TrackerError || this.addresses.length === 1) throw error
      this.addresses.shift()
      return
    }
    if (answer === undefined) {
      this.retransmits += 1
      this.udp.forget(to)
      this.addresses.push(this.addresses.shift() as Endpoint)
    } else if (answer.type === 'connect') {
      this.udp.remember(to, answer.connection)
      this.connected = true
      this.retransmits = 0
    } else {
      throw this.refusal(answer)
    }
  }

  private async ask(to: Endpoint, encode: (transaction: number) => Uint8Array): Promise<UdpTrackerAnswer | undefined> {
    try {
      const wait = FIRST_RETRANSMIT * 2 ** this.retransmits
      return await this.udp.ask(to, encode, { wait, signal: this.signal })
    } catch (error) {
      if (!(error instanceof UdpTrackerPacketError)) throw error
      throw this.fail({ code: 'BAD_ANSWER', what: error.fault.what })
    }
  }

  /** A tracker that was started anew refuses the connection ids of before: connect once more, and only once. */
  private refused(to: Endpoint, answer: UdpTrackerAnswer): void {
    this.udp.forget(to)
    if (this.connected || answer.type !== 'error') throw this.refusal(answer)
    this.connected = true
  }

  private refusal(answer: UdpTrackerAnswer): TrackerError {
    if (answer.type === 'error')
      return this.fail({ code: 'REFUSED', reason: trackerText(answer.message), retryMinutes: undefined })
    return this.fail({ code: 'BAD_ANSWER', what: `it answers with ${answer.type} to another question` })
  }

  private fail(fault: TrackerFault): TrackerError {
    return new TrackerError(this.tracker.name, fault)
  }
}

function udpFields(request: AnnounceRequest) {
  const { infoHash, peerId, event, key, numwant, port } = request
  return {
    ...{ infoHash, peerId, event, key, numwant, port },
    downloaded: wireCount(request.downloaded),
    left: wireCount(request.left),
    uploaded: wireCount(request.uploaded),
  }
}

function announceAnswer(answer: Extract<UdpTrackerAnswer, { type: 'announce' }>): AnnounceAnswer {
  const { interval, seeds, leechers } = answer
  const peers = usablePeers(answer.peers)
  return { interval, minInterval: undefined, seeds, leechers, peers, warning: '', trackerId: undefined }
}
