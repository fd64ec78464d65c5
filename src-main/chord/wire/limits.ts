/** How much of anything there is in one message. Whoever writes cuts, whoever reads refuses more. */
import { MAX_ANSWER_BYTES, MAX_ITEM_ANSWER_BYTES } from '../../rpc/krpc-message.ts'

export const MAX_SUCCESSORS_IN_MESSAGE = 16
export const MAX_CLOSER_IN_MESSAGE = 8
export const MAX_MEMBERS_IN_MESSAGE = 32
export const MAX_OWNERS_IN_MESSAGE = 16
/** Peers of an info-hash in an answer to strangers; of IPv6 as many as fit. */
export const MAX_PEERS_IN_MESSAGE = 100
export const MAX_PEERS6_IN_MESSAGE = 45
/** Peers of an info-hash that one member copies to another at a time. */
export const MAX_COPIED_PEERS = 100
export const MAX_COPIED_PEERS6 = 50
export const MAX_COPIES_IN_MESSAGE = 40
export const MAX_INFO_HASHES_IN_MESSAGE = 40
export const MAX_KEYS_IN_MESSAGE = 40
export const RANGE_PARTS = 16
export const DIGEST_BYTES = 8
export const MAX_STEPS = 255
/** 30 days in seconds: nothing is kept so long. */
export const MAX_AGE_SECONDS = 2_592_000

/** What an answer of KRPC takes beside its dictionary, with an IPv6 address, the longest transaction and our version. */
const ENVELOPE_BYTES = 104
/** Bytes of an answer's dictionary: to whom has proven to be at its address, and to others. */
export const MAX_BODY_BYTES = MAX_ITEM_ANSWER_BYTES - ENVELOPE_BYTES
export const MAX_STRANGERS_BODY_BYTES = MAX_ANSWER_BYTES - ENVELOPE_BYTES
/** Of a question's: as large as the largest answer's, so that it stays in one packet on any usual network. */
export const MAX_QUESTION_BYTES = MAX_BODY_BYTES
