/**
 * Datagrams of the mainline DHT to messages. Nothing is trusted: every field is checked for type, length and range, and
 * nothing is thrown, whatever the bytes.
 *
 * Lenient where real programs are: transaction ids of 1 to 20 bytes, keys that we do not know, `values` with or without
 * `nodes` and of both families mixed, `nodes` of a broken length (then none of them are taken), an odd `ip` or `v`.
 * What is kept of a message is copied out of the datagram.
 */

import { BencodeError } from '../codec/bencode-error.ts'
import { asBytes, type BencodeDictionary, readDictionary } from '../codec/bencode-read.ts'
import { type ByteSpan, byteText, scanBencode } from '../codec/bencode-scan.ts'
import { textOf } from '../kernel/bytes.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Endpoint } from '../kernel/network.ts'
import { readEndpoint } from './compact-endpoint.ts'
import { nodeAt } from './known-nodes.ts'
import { decodeArguments, decodeSequence } from './krpc-arguments.ts'
import {
  BLOOM_FILTER_BYTES,
  type ErrorMessage,
  ID_BYTES,
  type KrpcMessage,
  MAX_MESSAGE_BYTES,
  MAX_TOKEN_BYTES,
  MAX_TRANSACTION_BYTES,
  MIN_MESSAGE_BYTES,
  type NodeContact,
  type Query,
  type Response,
  type ResponseFields,
} from './krpc-message.ts'
import { quickMessage } from './krpc-quick.ts'

export const MAX_MESSAGE_DEPTH = 16
export const MAX_MESSAGE_ITEMS = 2_000
const MAX_ERROR_TEXT_BYTES = 256
const MAX_ERROR_CODE = 65_535
const MAX_VERSION_BYTES = 16
/** Six hours (BEP 51). */
const MAX_SAMPLE_INTERVAL = 21_600

/** What is no message. With a transaction it was at least a query: it gets error 203, all else silence. */
export interface KrpcFault {
  readonly kind: 'fault'
  readonly transaction: Uint8Array | undefined
  /** For the log. */
  readonly reason: string
}

/** Whether the bytes can be a message at all, at next to no cost. */
export function looksLikeMessage(bytes: Uint8Array): boolean {
  return bytes.length >= MIN_MESSAGE_BYTES && bytes.length <= MAX_MESSAGE_BYTES && bytes[0] === DICTIONARY
}

const DICTIONARY = 0x64

export function decodeMessage(bytes: Uint8Array): KrpcMessage | KrpcFault {
  if (!looksLikeMessage(bytes))
    return { kind: 'fault', transaction: undefined, reason: 'not a message of this protocol' }
  const quick = quickMessage(bytes)
  if (quick !== undefined) return quick
  return closelyRead(bytes)
}

/** Every kind of message, with the reason where it is none. What `quickMessage` reads too, it reads alike. */
export function closelyRead(bytes: Uint8Array): KrpcMessage | KrpcFault {
  let queryTransaction: Uint8Array | undefined
  try {
    const envelope = openEnvelope(bytes)
    if (envelope.type === 'q') queryTransaction = envelope.transaction
    return messageIn(envelope)
  } catch (error) {
    if (error instanceof BencodeError) {
      return { kind: 'fault', transaction: queryTransaction, reason: messageOf(error) }
    }
    throw error
  }
}

/** The outermost dictionary, with what every message has. */
interface Envelope {
  readonly bytes: Uint8Array
  readonly dictionary: BencodeDictionary
  readonly spans: ReadonlyMap<string, ByteSpan>
  readonly transaction: Uint8Array
  readonly type: string
}

function openEnvelope(bytes: Uint8Array): Envelope {
  const { dictionary, spans } = readDictionary(bytes, {
    maxDepth: MAX_MESSAGE_DEPTH,
    maxItems: MAX_MESSAGE_ITEMS,
    spansOf: ['a', 'r'],
  })
  const transaction = dictionary.bytes('t', { min: 1, max: MAX_TRANSACTION_BYTES }).slice()
  return { bytes, dictionary, spans, transaction, type: byteText(dictionary.bytes('y', 1)) }
}

function messageIn(envelope: Envelope): KrpcMessage {
  switch (envelope.type) {
    case 'q':
      return queryIn(envelope)
    case 'r':
      return responseIn(envelope)
    case 'e':
      return errorIn(envelope)
    default:
      throw new BencodeError({ code: 'OUT_OF_RANGE', key: 'y', expected: 'q, r or e' })
  }
}

function queryIn({ bytes, dictionary, spans, transaction }: Envelope): Query {
  const args = dictionary.dictionary('a')
  const head = {
    kind: 'query',
    transaction,
    id: args.bytes('id', ID_BYTES).slice(),
    readOnly: dictionary.findInteger('ro') === 1,
    ...versionIn(dictionary),
  } as const
  const method = byteText(dictionary.bytes('q', { min: 1, max: MAX_MESSAGE_BYTES }))
  const span = spans.get('a')
  const raw = { v: rawIn('v', args, bytes, span), c: dictionaryIn(args, bytes, span) }
  return { ...head, ...decodeArguments(method, args, raw) }
}

function responseIn({ bytes, dictionary, spans, transaction }: Envelope): Response {
  const fields = dictionary.dictionary('r')
  return {
    kind: 'response',
    transaction,
    id: fields.bytes('id', ID_BYTES).slice(),
    ...outsideAddressIn(dictionary),
    ...versionIn(dictionary),
    ...fieldsIn(fields, bytes, spans.get('r')),
  }
}

function errorIn({ dictionary, transaction }: Envelope): ErrorMessage {
  const [code, text] = dictionary.list('e')
  const message = asBytes(text)
  if (typeof code !== 'number' || code < 0 || code > MAX_ERROR_CODE || message === undefined) {
    throw new BencodeError({ code: 'WRONG_TYPE', key: 'e', expected: 'a list of an error code and a text' })
  }
  return {
    kind: 'error',
    transaction,
    code,
    message: textOf(message.subarray(0, MAX_ERROR_TEXT_BYTES)),
    ...outsideAddressIn(dictionary),
    ...versionIn(dictionary),
  }
}

function fieldsIn(from: BencodeDictionary, bytes: Uint8Array, span: ByteSpan | undefined): ResponseFields {
  const fields: { -readonly [K in keyof ResponseFields]: ResponseFields[K] } = {}
  const v = rawIn('v', from, bytes, span)
  const c = dictionaryIn(from, bytes, span)
  if (c !== undefined) fields.c = c
  if (from.has('nodes')) fields.nodes = nodesOf(from.bytes('nodes'), 6)
  if (from.has('nodes6')) fields.nodes6 = nodesOf(from.bytes('nodes6'), 18)
  if (from.has('values')) fields.values = peersOf(from.list('values'))
  if (from.has('token')) fields.token = from.bytes('token', { max: MAX_TOKEN_BYTES }).slice()
  if (v !== undefined) fields.v = v
  if (from.has('k')) fields.k = from.bytes('k', 32).slice()
  if (from.has('sig')) fields.sig = from.bytes('sig', 64).slice()
  if (from.has('seq')) fields.seq = decodeSequence(from, 'seq')
  if (from.has('BFsd')) fields.seedFilter = from.bytes('BFsd', BLOOM_FILTER_BYTES).slice()
  if (from.has('BFpe')) fields.peerFilter = from.bytes('BFpe', BLOOM_FILTER_BYTES).slice()
  if (from.has('samples')) fields.samples = samplesOf(from.bytes('samples'))
  if (from.has('num')) fields.num = from.integer('num')
  if (from.has('interval')) fields.interval = from.integer('interval', { max: MAX_SAMPLE_INTERVAL })
  return fields
}

/** A value, such as an item's, as it stands in the arguments or fields, which stand at `span` of the datagram. */
function rawIn(
  key: 'v' | 'c',
  holder: BencodeDictionary,
  bytes: Uint8Array,
  span: ByteSpan | undefined,
): Uint8Array | undefined {
  if (!holder.has(key) || span === undefined) return undefined
  const raw = bytes.subarray(span.start, span.end)
  const value = scanBencode(raw, { spansOf: [key] }).spans.get(key)
  return value && raw.slice(value.start, value.end)
}

/** Of another protocol; undefined where it is no dictionary, since others may mean something else by the key. */
function dictionaryIn(
  holder: BencodeDictionary,
  bytes: Uint8Array,
  span: ByteSpan | undefined,
): Uint8Array | undefined {
  return holder.findDictionary('c') && rawIn('c', holder, bytes, span)
}

function nodesOf(bytes: Uint8Array, endpointSize: 6 | 18): NodeContact[] {
  const size = ID_BYTES + endpointSize
  if (bytes.length % size !== 0) return []
  const nodes: NodeContact[] = []
  for (let at = 0; at < bytes.length; at += size) {
    const node = endpointSize === 6 ? nodeAt(bytes, at) : node6At(bytes, at)
    if (node) nodes.push(node)
  }
  return nodes
}

function node6At(bytes: Uint8Array, at: number): NodeContact | undefined {
  const endpoint = readEndpoint(bytes, at + ID_BYTES, 18)
  return endpoint && { id: bytes.slice(at, at + ID_BYTES), endpoint }
}

function peersOf(values: readonly unknown[]): Endpoint[] {
  return values.flatMap((value) => (value instanceof Uint8Array ? (endpointOf(value) ?? []) : []))
}

function samplesOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.floor(bytes.length / ID_BYTES)
  return Array.from({ length: count }, (_, i) => bytes.slice(i * ID_BYTES, (i + 1) * ID_BYTES))
}

/** 6 or 18 bytes with a port; undefined for all else. */
function endpointOf(bytes: Uint8Array): Endpoint | undefined {
  return bytes.length === 6 || bytes.length === 18 ? readEndpoint(bytes, 0, bytes.length) : undefined
}

function outsideAddressIn(dictionary: BencodeDictionary): { readonly ip?: Endpoint } {
  const bytes = dictionary.findBytes('ip')
  const ip = bytes && endpointOf(bytes)
  return ip ? { ip } : {}
}

function versionIn(dictionary: BencodeDictionary): { readonly version?: Uint8Array } {
  const version = dictionary.findBytes('v', { max: MAX_VERSION_BYTES })
  return version ? { version: version.slice() } : {}
}
