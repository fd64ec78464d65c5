/** What a query of the mainline DHT is asked with, checked field by field. */

import { BencodeError } from '../codec/bencode-error.ts'
import type { BencodeDictionary } from '../codec/bencode-read.ts'
import { strictTextOf } from '../kernel/bytes.ts'
import {
  ID_BYTES,
  type KnownQuery,
  MAX_METHOD_NAME_BYTES,
  MAX_SEQUENCE,
  MAX_TOKEN_BYTES,
  type Method,
  type QueryArguments,
  type UnknownQuery,
  type Want,
} from './krpc-message.ts'

const MAX_PORT = 65_535

/** A query without what every query has. */
export type MethodAndArguments = Pick<UnknownQuery, 'method' | 'name' | 'args'> | PickEach<KnownQuery>
type PickEach<Q> = Q extends KnownQuery ? Pick<Q, 'method' | 'args'> : never

/** What is handed over as it stands in the message: an item's value, and the dictionary of another protocol. */
export interface RawArguments {
  readonly v: Uint8Array | undefined
  readonly c: Uint8Array | undefined
}

/** @throws BencodeError that names the first bad argument */
export function decodeArguments(method: string, args: BencodeDictionary, { v, c }: RawArguments): MethodAndArguments {
  switch (method as Method) {
    case 'ping':
      return { method: 'ping', args: {} }
    case 'find_node':
      return { method: 'find_node', args: { target: idIn(args, 'target'), ...wantIn(args) } }
    case 'sample_infohashes':
      return { method: 'sample_infohashes', args: { target: idIn(args, 'target'), ...wantIn(args) } }
    case 'get_peers':
      return { method: 'get_peers', args: getPeersIn(args) }
    case 'announce_peer':
      return { method: 'announce_peer', args: announceIn(args) }
    case 'get':
      return { method: 'get', args: getIn(args) }
    case 'put':
      return { method: 'put', args: putIn(args, v) }
    default:
      return unknownIn(method, args, c)
  }
}

/** @throws BencodeError where it is not from 0 to 2^63 - 1 */
export function decodeSequence(from: BencodeDictionary, key: 'seq' | 'cas'): bigint {
  return from.bigInteger(key, { min: 0n, max: MAX_SEQUENCE })
}

function getPeersIn(args: BencodeDictionary): QueryArguments['get_peers'] {
  return {
    infoHash: idIn(args, 'info_hash'),
    ...wantIn(args),
    ...(args.has('scrape') ? { scrape: flagIn(args, 'scrape') } : {}),
    ...(args.has('noseed') ? { noseed: flagIn(args, 'noseed') } : {}),
  }
}

function announceIn(args: BencodeDictionary): QueryArguments['announce_peer'] {
  const impliedPort = args.has('implied_port') && flagIn(args, 'implied_port')
  return {
    infoHash: idIn(args, 'info_hash'),
    impliedPort,
    port: impliedPort
      ? (args.findInteger('port', { max: MAX_PORT }) ?? 0)
      : args.integer('port', { min: 1, max: MAX_PORT }),
    token: tokenIn(args),
    ...(args.has('seed') ? { seed: flagIn(args, 'seed') } : {}),
  }
}

function getIn(args: BencodeDictionary): QueryArguments['get'] {
  return {
    target: idIn(args, 'target'),
    ...(args.has('seq') ? { seq: decodeSequence(args, 'seq') } : {}),
    ...wantIn(args),
    ...(args.has('token') ? { token: tokenIn(args) } : {}),
  }
}

/** Of an item without a key only the value counts; with one, all of `k`, `sig` and `seq` must be there. */
function putIn(args: BencodeDictionary, v: Uint8Array | undefined): QueryArguments['put'] {
  const token = tokenIn(args)
  if (v === undefined) throw new BencodeError({ code: 'MISSING', key: 'v' })
  if (!args.has('k')) return { token, v }
  return {
    token,
    v,
    k: args.bytes('k', 32).slice(),
    sig: args.bytes('sig', 64).slice(),
    seq: decodeSequence(args, 'seq'),
    ...(args.has('cas') ? { cas: decodeSequence(args, 'cas') } : {}),
    ...(args.has('salt') ? { salt: args.bytes('salt').slice() } : {}),
  }
}

function unknownIn(name: string, args: BencodeDictionary, c: Uint8Array | undefined): MethodAndArguments {
  const target = args.findBytes('target', ID_BYTES) ?? args.findBytes('info_hash', ID_BYTES)
  return {
    method: 'unknown',
    name: name.slice(0, MAX_METHOD_NAME_BYTES),
    args: { ...(target ? { target: target.slice(), ...wantIn(args) } : {}), ...(c ? { c } : {}) },
  }
}

function idIn(args: BencodeDictionary, key: string): Uint8Array {
  return args.bytes(key, ID_BYTES).slice()
}

function tokenIn(args: BencodeDictionary): Uint8Array {
  return args.bytes('token', { max: MAX_TOKEN_BYTES }).slice()
}

/** Any integer but 0 is yes. */
function flagIn(args: BencodeDictionary, key: string): boolean {
  return args.integer(key, { min: Number.MIN_SAFE_INTEGER }) !== 0
}

/** Each family once; what else is in the list is for others. */
function wantIn(args: BencodeDictionary): { readonly want?: readonly Want[] } {
  if (!args.has('want')) return {}
  const texts = args.list('want').map((item) => (item instanceof Uint8Array ? strictTextOf(item) : undefined))
  return { want: (['n4', 'n6'] as const).filter((family) => texts.includes(family)) }
}
