/**
 * Reads the messages that make up nearly all of the traffic (ping, find_node, get_peers, their answers) in one pass over the
 * bytes. Whatever is not in the one canonical form, or has anything else in it, is left to the decoder that checks and names
 * every fault: this one answers undefined. Where it answers, it answers the same (a test holds it to that).
 */
import type { Endpoint } from '../kernel/network.ts'
import { readEndpoint } from './compact-endpoint.ts'
import { NODE_BYTES, nodeAt } from './known-nodes.ts'
import {
  ID_BYTES,
  type KrpcMessage,
  MAX_TOKEN_BYTES,
  MAX_TRANSACTION_BYTES,
  type NodeContact,
  type Query,
  type Response,
} from './krpc-message.ts'

const [INTEGER, LIST, DICTIONARY, END, COLON, ZERO, NINE] = [0x69, 0x6c, 0x64, 0x65, 0x3a, 0x30, 0x39]
const [LETTER_A, LETTER_Q, LETTER_R, LETTER_T, LETTER_V, LETTER_Y] = [0x61, 0x71, 0x72, 0x74, 0x76, 0x79]
const ENDPOINT_BYTES = 6
const MAX_VERSION_BYTES = 16

/** What has been read so far; which of it must be there depends on the kind of message. */
interface Parts {
  transaction: Uint8Array | undefined
  version: Uint8Array | undefined
  ip: Endpoint | undefined
  readOnly: boolean
  method: string | undefined
  type: number
  /** Of the arguments or of the answer's fields. */
  inner: number
  id: Uint8Array | undefined
  infoHash: Uint8Array | undefined
  target: Uint8Array | undefined
  nodes: NodeContact[] | undefined
  token: Uint8Array | undefined
  values: Endpoint[] | undefined
}

/** The message; undefined where the bytes have to be looked at more closely. */
export function quickMessage(bytes: Uint8Array): KrpcMessage | undefined {
  return new QuickReader(bytes).message()
}

class QuickReader {
  private readonly bytes: Uint8Array
  private at = 0
  /** Content of the string read last. */
  private start = 0
  private readonly parts: Parts = {
    transaction: undefined,
    version: undefined,
    ip: undefined,
    readOnly: false,
    method: undefined,
    type: 0,
    inner: 0,
    id: undefined,
    infoHash: undefined,
    target: undefined,
    nodes: undefined,
    token: undefined,
    values: undefined,
  }

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  message(): KrpcMessage | undefined {
    const { bytes, parts } = this
    if (!this.skip(DICTIONARY)) return undefined
    let before = 0
    while (bytes[this.at] !== END) {
      const key = this.key()
      // In order, and so none twice.
      if (key <= before || !this.entry(key)) return undefined
      before = key
    }
    if (this.at + 1 !== bytes.length || parts.transaction === undefined || parts.id === undefined) return undefined
    if (parts.type === LETTER_Q && parts.inner === LETTER_A) return this.query(parts.transaction, parts.id)
    if (parts.type === LETTER_R && parts.inner === LETTER_R) return this.response(parts.transaction, parts.id)
    return undefined
  }

  private query(transaction: Uint8Array, id: Uint8Array): Query | undefined {
    const { method, infoHash, target, readOnly, version, ip } = this.parts
    if (ip !== undefined) return undefined
    const head = { kind: 'query', transaction, id, readOnly, ...(version ? { version } : {}) } as const
    if (method === 'get_peers' && infoHash && !target) return { ...head, method, args: { infoHash } }
    if (method === 'find_node' && target && !infoHash) return { ...head, method, args: { target } }
    return method === 'ping' && !target && !infoHash ? { ...head, method, args: {} } : undefined
  }

  private response(transaction: Uint8Array, id: Uint8Array): Response | undefined {
    const { ip, version, nodes, token, values, method, readOnly } = this.parts
    if (method !== undefined || readOnly) return undefined
    const response: { -readonly [K in keyof Response]: Response[K] } = { kind: 'response', transaction, id }
    if (ip) response.ip = ip
    if (version) response.version = version
    if (nodes) response.nodes = nodes
    if (token) response.token = token
    if (values) response.values = values
    return response
  }

  /** A key of one or two letters as a number that grows as keys do; -1 for all others. */
  private key(): number {
    const { bytes, at } = this
    const length = (bytes[at] as number) - ZERO
    if (bytes[at + 1] !== COLON || length < 1 || length > 2) return -1
    this.at = at + 2 + length
    const first = bytes[at + 2] as number
    if (length === 1) return first << 8
    // A zero would make it look like the key of one letter.
    return (first << 8) | ((bytes[at + 3] as number) || -1)
  }

  private entry(key: number): boolean {
    const { parts } = this
    switch (key) {
      case LETTER_A << 8:
        parts.inner = LETTER_A
        return this.arguments()
      case IP: {
        const length = this.string()
        if (length === ENDPOINT_BYTES) parts.ip = readEndpoint(this.bytes, this.start, ENDPOINT_BYTES)
        return parts.ip !== undefined
      }
      case LETTER_Q << 8:
        parts.method = this.method()
        return parts.method !== undefined
      case LETTER_R << 8:
        parts.inner = LETTER_R
        return this.fields()
      case RO:
        parts.readOnly = this.skip(INTEGER) && this.skip(ZERO + 1) && this.skip(END)
        return parts.readOnly
      case LETTER_T << 8:
        parts.transaction = this.copy(1, MAX_TRANSACTION_BYTES)
        return parts.transaction !== undefined
      case LETTER_V << 8:
        parts.version = this.copy(0, MAX_VERSION_BYTES)
        return parts.version !== undefined
      case LETTER_Y << 8:
        parts.type = this.string() === 1 ? (this.bytes[this.start] as number) : 0
        return parts.type !== 0
      default:
        return false
    }
  }

  private arguments(): boolean {
    const { parts } = this
    if (!this.skip(DICTIONARY) || !this.isKey(ID_KEY)) return false
    parts.id = this.copy(ID_BYTES, ID_BYTES)
    if (parts.id === undefined) return false
    if (this.isKey(INFO_HASH_KEY)) {
      parts.infoHash = this.copy(ID_BYTES, ID_BYTES)
      if (parts.infoHash === undefined) return false
    } else if (this.isKey(TARGET_KEY)) {
      parts.target = this.copy(ID_BYTES, ID_BYTES)
      if (parts.target === undefined) return false
    }
    return this.skip(END)
  }

  private fields(): boolean {
    const { parts } = this
    if (!this.skip(DICTIONARY) || !this.isKey(ID_KEY)) return false
    parts.id = this.copy(ID_BYTES, ID_BYTES)
    if (parts.id === undefined) return false
    if (this.isKey(NODES_KEY)) {
      parts.nodes = this.nodes()
      if (parts.nodes === undefined) return false
    }
    if (this.isKey(TOKEN_KEY)) {
      parts.token = this.copy(0, MAX_TOKEN_BYTES)
      if (parts.token === undefined) return false
    }
    if (this.isKey(VALUES_KEY)) {
      parts.values = this.values()
      if (parts.values === undefined) return false
    }
    return this.skip(END)
  }

  private nodes(): NodeContact[] | undefined {
    const length = this.string()
    if (length < 0 || length % NODE_BYTES !== 0) return undefined
    const nodes: NodeContact[] = []
    for (let at = this.start; at < this.at; at += NODE_BYTES) {
      const node = nodeAt(this.bytes, at)
      if (node) nodes.push(node)
    }
    return nodes
  }

  private values(): Endpoint[] | undefined {
    if (!this.skip(LIST)) return undefined
    const values: Endpoint[] = []
    while (!this.skip(END)) {
      if (this.string() !== ENDPOINT_BYTES) return undefined
      const endpoint = readEndpoint(this.bytes, this.start, ENDPOINT_BYTES)
      if (endpoint) values.push(endpoint)
    }
    return values
  }

  private method(): string | undefined {
    for (const [name, encoded] of METHODS) if (this.isKey(encoded)) return name
    return undefined
  }

  /** Passes a byte string: its length, with `start` where its content begins; -1 where there is none. */
  private string(): number {
    const { bytes } = this
    let at = this.at
    let length = (bytes[at] as number) - ZERO
    if (!(length >= 0 && length <= 9)) return -1
    for (at++; (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE; at++) {
      // No zero in front, and no length beyond the message.
      if (length === 0 || length > bytes.length) return -1
      length = length * 10 + (bytes[at] as number) - ZERO
    }
    if (bytes[at] !== COLON || at + 1 + length > bytes.length) return -1
    this.start = at + 1
    this.at = this.start + length
    return length
  }

  private copy(least: number, most: number): Uint8Array | undefined {
    const length = this.string()
    if (length < least || length > most) return undefined
    const { bytes, start } = this
    const copied = new Uint8Array(length)
    for (let i = 0; i < length; i++) copied[i] = bytes[start + i] as number
    return copied
  }

  /** Passes these bytes, if they are what comes next. */
  private isKey(encoded: Uint8Array): boolean {
    const { bytes, at } = this
    for (let i = 0; i < encoded.length; i++) if (bytes[at + i] !== encoded[i]) return false
    this.at = at + encoded.length
    return true
  }

  private skip(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false
    this.at++
    return true
  }
}

/** A key or a method as it stands in a message. */
function encoded(text: string): Uint8Array {
  return Uint8Array.from(`${text.length}:${text}`, (character) => character.charCodeAt(0))
}

const ID_KEY = encoded('id')
const INFO_HASH_KEY = encoded('info_hash')
const TARGET_KEY = encoded('target')
const NODES_KEY = encoded('nodes')
const TOKEN_KEY = encoded('token')
const VALUES_KEY = encoded('values')
const METHODS = (['get_peers', 'find_node', 'ping'] as const).map((name) => [name, encoded(name)] as const)
/** The keys of two letters. */
const IP = (0x69 << 8) | 0x70
const RO = (0x72 << 8) | 0x6f
