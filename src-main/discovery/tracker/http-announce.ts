/**
 * The HTTP tracker protocol, client side: builds the URL of an announce and reads the answer.
 * Accepts compact peers (BEP 23), lists of dictionaries (BEP 3, IP literals only) and `peers6` (BEP 7), a failure with
 * `retry in` (BEP 31). Every field that is missing or of a wrong type is left out: trackers differ; only an answer that
 * is no dictionary, or one that has neither peers, interval nor failure, is no answer.
 */

import { BencodeError } from '../../codec/bencode-error.ts'
import { asDictionary, type BencodeDictionary, readDictionary } from '../../codec/bencode-read.ts'
import { decodeEndpoints } from '../../codec/compact-endpoints.ts'
import { canonicalIp } from '../../codec/ip-address.ts'
import type { HttpResponse } from '../../kernel/http.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { type AnnounceAnswer, type AnnounceRequest, MAX_PEERS_IN_ANSWER, usablePeers, wireCount } from './announce.ts'
import { TrackerError, type TrackerFault } from './tracker-error.ts'
import { trackerText } from './tracker-text.ts'

export const MAX_ANSWER_BYTES = 1 << 20
const MAX_ANSWER_DEPTH = 8
const MAX_ANSWER_ITEMS = 200_000
const MAX_TRACKER_ID_BYTES = 256
const WANTED = [
  ...['failure reason', 'retry in', 'warning message', 'interval', 'min interval'],
  ...['tracker id', 'complete', 'incomplete', 'peers', 'peers6'],
]

/** The tracker's URL with the announce in its query; bytes are percent-encoded one by one. */
export function announceUrl(url: string, request: AnnounceRequest): string {
  const query = [
    `info_hash=${percentEncode(request.infoHash)}`,
    `peer_id=${percentEncode(request.peerId)}`,
    `port=${request.port}`,
    `uploaded=${wireCount(request.uploaded)}`,
    `downloaded=${wireCount(request.downloaded)}`,
    `left=${wireCount(request.left)}`,
    'compact=1',
    'no_peer_id=1',
    `numwant=${request.numwant}`,
    `key=${request.key.toString(16).padStart(8, '0')}`,
    ...(request.event === 'none' ? [] : [`event=${request.event}`]),
    ...(request.trackerId ? [`trackerid=${percentEncode(request.trackerId)}`] : []),
  ].join('&')
  const separator = url.includes('?') ? (/[?&]$/.test(url) ? '' : '&') : '?'
  return `${url}${separator}${query}`
}

/** Every byte but the unreserved characters of RFC 3986 as `%XX`. */
export function percentEncode(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    text += /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

/** `tracker` is the name for messages. @throws TrackerError `REFUSED` | `HTTP_STATUS` | `BAD_ANSWER` | `TOO_LARGE` */
export function readAnnounceAnswer(tracker: string, response: Pick<HttpResponse, 'status' | 'body'>): AnnounceAnswer {
  const fail = (fault: TrackerFault, options?: ErrorOptions) => new TrackerError(tracker, fault, options)
  let answer: BencodeDictionary
  try {
    answer = dictionaryOf(response.body)
  } catch (error) {
    if (!(error instanceof BencodeError)) throw error
    if (response.status !== 200) throw fail({ code: 'HTTP_STATUS', status: response.status }, { cause: error })
    if (error.code === 'TOO_LARGE') throw fail({ code: 'TOO_LARGE', limit: MAX_ANSWER_BYTES }, { cause: error })
    throw fail({ code: 'BAD_ANSWER', what: `it is not a bencoded dictionary (${error.code})` }, { cause: error })
  }
  // Some trackers refuse with a status of 4xx and the reason in the body.
  const reason = answer.findBytes('failure reason')
  if (reason) throw fail({ code: 'REFUSED', reason: trackerText(reason), retryMinutes: retryMinutesOf(answer) })
  if (response.status !== 200) throw fail({ code: 'HTTP_STATUS', status: response.status })
  if (!answer.has('interval') && !answer.has('peers') && !answer.has('peers6'))
    throw fail({ code: 'BAD_ANSWER', what: 'it holds neither peers nor an interval' })
  return {
    interval: answer.findInteger('interval'),
    minInterval: answer.findInteger('min interval'),
    seeds: answer.findInteger('complete'),
    leechers: answer.findInteger('incomplete'),
    peers: usablePeers(peersOf(answer)).slice(0, MAX_PEERS_IN_ANSWER),
    warning: trackerText(answer.findBytes('warning message') ?? ''),
    trackerId: answer.findBytes('tracker id', { min: 1, max: MAX_TRACKER_ID_BYTES })?.slice(),
  }
}

function dictionaryOf(body: Uint8Array): BencodeDictionary {
  return readDictionary(body, {
    maxBytes: MAX_ANSWER_BYTES,
    maxDepth: MAX_ANSWER_DEPTH,
    maxItems: MAX_ANSWER_ITEMS,
    allowDuplicateKeys: true,
    only: WANTED,
  }).dictionary
}

/** BEP 31: whole minutes, as an integer or as digits, or `never`. */
function retryMinutesOf(answer: BencodeDictionary): number | 'never' | undefined {
  const text = answer.findText('retry in', { max: 20 })
  if (text === 'never') return 'never'
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text)
  return answer.findInteger('retry in')
}

function peersOf(answer: BencodeDictionary): Endpoint[] {
  const compact = answer.findBytes('peers')
  const compact6 = answer.findBytes('peers6')
  return [
    ...(compact ? decodeEndpoints(compact, 4, MAX_PEERS_IN_ANSWER) : []),
    ...(answer.findList('peers') ?? []).slice(0, MAX_PEERS_IN_ANSWER).flatMap((value) => {
      const peer = asDictionary(value)
      const host = canonicalIp(peer?.findText('ip', { max: 80 }) ?? '')
      const port = peer?.findInteger('port', { min: 1, max: 65_535 })
      return host !== undefined && port !== undefined ? [{ host, port }] : []
    }),
    ...(compact6 ? decodeEndpoints(compact6, 6, MAX_PEERS_IN_ANSWER) : []),
  ]
}
