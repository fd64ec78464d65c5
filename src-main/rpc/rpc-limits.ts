import { MINUTE, type Millis, SECOND } from '../kernel/clock.ts'
import type { BucketRate } from './packet-budget.ts'

/** Everything that is bounded in the RPC layer. The laboratory and tests on one address give other numbers. */
export interface RpcLimits {
  /** Queries under way, those that wait for pacing included. */
  readonly maxOutstanding: number
  /** Of these to one endpoint. */
  readonly maxOutstandingPerEndpoint: number
  /** Queries that we send, in all and to one sender. */
  readonly outgoing: BucketRate
  readonly outgoingPerSender: BucketRate
  /** A query that pacing would hold back longer than this is not asked at all; `maxExtensionDelay`: one of another protocol. */
  readonly maxPacingDelay: Millis
  readonly maxExtensionDelay: Millis
  /** Packets that we look at, in all; answers that we wait for are looked at in any case. */
  readonly incoming: BucketRate
  /** Packets and bytes from one sender and from one neighbourhood. */
  readonly incomingPerSender: BucketRate
  readonly incomingBytesPerSender: BucketRate
  readonly incomingPerNeighbourhood: BucketRate
  /** Instead of a stranger's: packets from each neighbour (`ExtensionPort`), queries to it, and those of them under way. */
  readonly incomingPerNeighbour: BucketRate
  readonly outgoingPerNeighbour: BucketRate
  readonly maxOutstandingPerNeighbour: number
  /** Queries of other protocols that wait for our answer, in all and of one sender. */
  readonly maxOpenReplies: number
  readonly maxOpenRepliesPerSender: number
  /** Bytes that we answer with, in all, and to a sender or neighbourhood that has not answered a query of ours. */
  readonly answerBytes: BucketRate
  readonly answerBytesPerUnprovenSender: BucketRate
  readonly answerBytesPerUnprovenNeighbourhood: BucketRate
  /**
   * Entries of each table that is kept by sender or neighbourhood. More than `incoming` lets in during the 10 seconds that the
   * slowest bucket takes to fill, so that a flood with forged addresses does not shut anybody out.
   */
  readonly tableCapacity: number
  /** How long an answer proves that its sender is really there. */
  readonly provenFor: Millis
}

/**
 * With a burst of 3.75 KiB and a tenth of that each second, an address that never answered us gets at most 7.5 KiB of answers in
 * any 10 seconds and 26 KiB in any minute, with our queries to it less than 8 KiB and 28 KiB; a neighbourhood four times that.
 */
const UNPROVEN_BURST_BYTES = 3_840
const NEIGHBOURHOOD_FACTOR = 4

export const DEFAULT_RPC_LIMITS: RpcLimits = {
  maxOutstanding: 2_048,
  maxOutstandingPerEndpoint: 16,
  outgoing: { perSecond: 200, burst: 100 },
  outgoingPerSender: { perSecond: 2, burst: 4 },
  maxPacingDelay: 10 * SECOND,
  maxExtensionDelay: 2 * SECOND,
  incoming: { perSecond: 1_000, burst: 2_000 },
  incomingPerSender: { perSecond: 10, burst: 50 },
  incomingBytesPerSender: { perSecond: 8_192, burst: 65_536 },
  incomingPerNeighbourhood: { perSecond: 40, burst: 200 },
  // The host that began a ring of twelve asks 7 questions a second, a few hosts most of them; repair comes in bursts.
  incomingPerNeighbour: { perSecond: 60, burst: 300 },
  outgoingPerNeighbour: { perSecond: 60, burst: 200 },
  maxOutstandingPerNeighbour: 128,
  maxOpenReplies: 1_024,
  maxOpenRepliesPerSender: 64,
  answerBytes: { perSecond: 262_144, burst: 524_288 },
  answerBytesPerUnprovenSender: { perSecond: UNPROVEN_BURST_BYTES / 10, burst: UNPROVEN_BURST_BYTES },
  answerBytesPerUnprovenNeighbourhood: {
    perSecond: (NEIGHBOURHOOD_FACTOR * UNPROVEN_BURST_BYTES) / 10,
    burst: NEIGHBOURHOOD_FACTOR * UNPROVEN_BURST_BYTES,
  },
  tableCapacity: 16_384,
  provenFor: 15 * MINUTE,
}
