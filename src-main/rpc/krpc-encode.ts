/**
 * Messages of the mainline DHT to bytes: canonical bencoding, keys in byte order, only what is there (BEP 5, 32, 33, 42, 43,
 * 44, 51). Endpoints that have no compact form (a name, port 0, the other family) are left out.
 */

import { bytesOfText } from '../codec/bencode.ts'
import { ipv4Number } from '../codec/ip-address.ts'
import { utf8 } from '../kernel/bytes.ts'
import type { Endpoint } from '../kernel/network.ts'
import { compactEndpoint, isPort } from './compact-endpoint.ts'
import {
  ID_BYTES,
  type KrpcMessage,
  MAX_ANSWER_BYTES,
  type NodeContact,
  type Query,
  type QueryArguments,
  type Response,
  type ResponseFields,
  type UnknownQuery,
} from './krpc-message.ts'
import { KrpcWriter } from './krpc-writer.ts'

/** @param size what `encodedSize` has said, where the caller knows it */
export function encodeMessage(message: KrpcMessage, size = encodedSize(message)): Uint8Array {
  const bytes = new Uint8Array(size)
  write(message, new KrpcWriter(bytes))
  return bytes
}

/** Bytes that the message takes, without making them. */
export function encodedSize(message: KrpcMessage): number {
  const counter = new KrpcWriter()
  write(message, counter)
  return counter.length
}

/** A message and the bytes that it takes. */
export interface Sized {
  readonly message: KrpcMessage
  readonly size: number
}

/**
 * The response cut to at most `limit` bytes: peers go first, then samples, filters, IPv6 nodes and IPv4 nodes, the last of
 * each list before the first; at the very end an item, whole, since half of one is none.
 */
export function fitResponse(response: Response, limit = MAX_ANSWER_BYTES): Response {
  return fitted(response, limit).message as Response
}

/** As `fitResponse`, with the size of what comes of it. */
export function fitted(response: Response, limit: number): Sized {
  // The size of a list that could never fit is not even reckoned.
  if (!lists.some((field) => isTooLong(response[field], limit))) {
    const size = encodedSize(response)
    if (size <= limit) return { message: response, size }
  }
  const message: Fitted = { ...response }
  for (const field of lists) keepAtMost(message, field, limit)
  let size = encodedSize(message)
  const cuts = [
    () => shorten(message, 'values', size - limit),
    () => shorten(message, 'samples', size - limit),
    () => drop(message, ['seedFilter', 'peerFilter']),
    () => shorten(message, 'nodes6', size - limit),
    () => shorten(message, 'nodes', size - limit),
    () => drop(message, ['v', 'k', 'sig']),
  ]
  for (const cut of cuts) {
    while (size > limit && cut()) size = encodedSize(message)
  }
  return { message, size }
}

const lists = ['values', 'samples', 'nodes', 'nodes6'] as const

type Fitted = { -readonly [K in keyof Response]: Response[K] }

/** The most bytes that one element takes; of `values` the least is 8. */
const elementBytes = { values: 21, samples: 20, nodes: 26, nodes6: 38 } as const
const LEAST_ELEMENT_BYTES = 8

function isTooLong(list: readonly unknown[] | undefined, limit: number): boolean {
  return list !== undefined && list.length * LEAST_ELEMENT_BYTES > limit
}

function keepAtMost(response: Fitted, field: keyof typeof elementBytes, limit: number): void {
  const list: readonly unknown[] | undefined = response[field]
  const most = Math.ceil(limit / LEAST_ELEMENT_BYTES)
  if (list !== undefined && list.length > most) Object.assign(response, { [field]: list.slice(0, most) })
}

/**
 * As many elements less as `excess` bytes surely hold, at least one; false once there is none. The empty list stays, because it
 * says that the question was understood.
 */
function shorten(response: Fitted, field: keyof typeof elementBytes, excess: number): boolean {
  const list: readonly unknown[] = response[field] ?? []
  if (list.length === 0) return false
  const fewer = Math.max(1, Math.floor(excess / elementBytes[field]))
  Object.assign(response, { [field]: list.slice(0, Math.max(0, list.length - fewer)) })
  return true
}

function drop(response: Fitted, fields: readonly (keyof ResponseFields)[]): boolean {
  const present = fields.filter((field) => response[field] !== undefined)
  for (const field of present) delete response[field]
  return present.length > 0
}

function write(message: KrpcMessage, to: KrpcWriter): void {
  to.openDictionary()
  if (message.kind === 'query') {
    writeArguments(message, to.text('a'))
    to.text('q')
    if (message.method === 'unknown') to.bytes(bytesOfText(message.name))
    else to.text(message.method)
    if (message.readOnly) to.text('ro').integer(1)
  } else {
    if (message.kind === 'error') {
      const { code, message: text } = message
      to.text('e').openList().integer(code).bytes(utf8(text)).close()
    }
    if (message.ip && isNameable(message.ip)) writeEndpoint(message.ip, to.text('ip'))
    if (message.kind === 'response') writeFields(message, to.text('r'))
  }
  to.text('t').bytes(message.transaction)
  bytesEntry(to, 'v', message.version)
  to.text('y').text(typeLetter[message.kind]).close()
}

const typeLetter = { query: 'q', response: 'r', error: 'e' } as const

/** Every argument that some method has; no two methods use one name differently. */
type AnyArguments = Partial<
  QueryArguments['find_node'] &
    QueryArguments['get_peers'] &
    QueryArguments['announce_peer'] &
    QueryArguments['get'] &
    QueryArguments['put'] &
    UnknownQuery['args']
>

function writeArguments(query: Query, to: KrpcWriter): void {
  const args: AnyArguments = query.args
  to.openDictionary()
  if (args.c) to.text('c').raw(args.c)
  integerEntry(to, 'cas', args.cas)
  to.text('id').bytes(query.id)
  if (args.impliedPort) to.text('implied_port').integer(1)
  bytesEntry(to, 'info_hash', args.infoHash)
  bytesEntry(to, 'k', args.k)
  flagEntry(to, 'noseed', args.noseed)
  integerEntry(to, 'port', args.port)
  bytesEntry(to, 'salt', args.salt)
  flagEntry(to, 'scrape', args.scrape)
  flagEntry(to, 'seed', args.seed)
  integerEntry(to, 'seq', args.seq)
  bytesEntry(to, 'sig', args.sig)
  bytesEntry(to, 'target', args.target)
  bytesEntry(to, 'token', args.token)
  if (args.v) to.text('v').raw(args.v)
  if (args.want) {
    to.text('want').openList()
    for (const family of args.want) to.text(family)
    to.close()
  }
  to.close()
}

function writeFields(response: Response, to: KrpcWriter): void {
  to.openDictionary()
  bytesEntry(to, 'BFpe', response.peerFilter)
  bytesEntry(to, 'BFsd', response.seedFilter)
  if (response.c) to.text('c').raw(response.c)
  to.text('id').bytes(response.id)
  integerEntry(to, 'interval', response.interval)
  bytesEntry(to, 'k', response.k)
  nodesEntry(to, 'nodes', response.nodes, 6)
  nodesEntry(to, 'nodes6', response.nodes6, 18)
  integerEntry(to, 'num', response.num)
  if (response.samples) {
    to.text('samples').head(response.samples.length * ID_BYTES)
    for (const sample of response.samples) to.raw(sample)
  }
  integerEntry(to, 'seq', response.seq)
  bytesEntry(to, 'sig', response.sig)
  bytesEntry(to, 'token', response.token)
  if (response.v) to.text('v').raw(response.v)
  if (response.values) writeValues(response.values, to)
  to.close()
}

function writeValues(values: readonly Endpoint[], to: KrpcWriter): void {
  to.text('values').openList()
  for (const value of values) if (isNameable(value)) writeEndpoint(value, to)
  to.close()
}

/** Whether it has a compact form. */
function isNameable(endpoint: Endpoint): boolean {
  return ipv4Number(endpoint.host) === undefined ? compactEndpoint(endpoint) !== undefined : isPort(endpoint.port)
}

function writeEndpoint(endpoint: Endpoint, to: KrpcWriter): void {
  const address = ipv4Number(endpoint.host)
  if (address !== undefined) to.endpoint(address, endpoint.port)
  else to.bytes(compactEndpoint(endpoint) as Uint8Array)
}

function nodesEntry(to: KrpcWriter, key: string, nodes: readonly NodeContact[] | undefined, size: number): void {
  if (nodes === undefined) return
  const each = ID_BYTES + size
  let length = 0
  for (const node of nodes) if ((node.packed ?? packedNode(node))?.length === each) length += each
  to.text(key).head(length)
  if (to.counts) {
    to.skip(length)
    return
  }
  for (const node of nodes) {
    const packed = node.packed ?? packedNode(node)
    if (packed?.length === each) to.raw(packed)
  }
}

/** A node as it stands in `nodes` or `nodes6`; undefined where its endpoint has no compact form. */
export function packedNode({ id, endpoint }: NodeContact): Uint8Array | undefined {
  const compact = compactEndpoint(endpoint)
  if (compact === undefined || id.length !== ID_BYTES) return undefined
  const packed = new Uint8Array(ID_BYTES + compact.length)
  packed.set(id)
  packed.set(compact, ID_BYTES)
  return packed
}

function bytesEntry(to: KrpcWriter, key: string, value: Uint8Array | undefined): void {
  if (value !== undefined) to.text(key).bytes(value)
}

function integerEntry(to: KrpcWriter, key: string, value: number | bigint | undefined): void {
  if (value !== undefined) to.text(key).integer(value)
}

function flagEntry(to: KrpcWriter, key: string, value: boolean | undefined): void {
  if (value !== undefined) to.text(key).integer(value ? 1 : 0)
}
