/**
 * Answers the queries of others (BEP 5, 32, 33, 44, 51) from the routing table and from what has been stored here.
 *
 * A write is taken only with a token that we gave to that very address, port and id for that target. Every answer but
 * ping's names nodes nearer to the target; the RPC layer cuts what does not fit. Private addresses, of nodes and of peers, are
 * named only to those who are themselves in such a network. While we are read-only nothing is answered (BEP 43).
 */
import { mayName, reachOf } from '../codec/ip-reach.ts'
import { SECRET_BYTES, TokenIssuer } from '../items/tokens.ts'
import type { Millis } from '../kernel/clock.ts'
import type { Item } from '../kernel/key-value-store.ts'
import type { Endpoint } from '../kernel/network.ts'
import {
  errorCode,
  type KnownQuery,
  MAX_ANSWER_BYTES,
  type NodeContact,
  type Query,
  type ResponseFields,
  type Want,
} from '../rpc/krpc-message.ts'
import type { Answer } from '../rpc/rpc-port.ts'
import type { Contact } from './contact.ts'
import type { Contacts } from './contacts.ts'
import type { KademliaNodePort } from './dht.ts'
import type { ItemStore } from './item-store.ts'
import { targetOf } from './item-target.ts'
import { NodeId } from './node-id.ts'
import type { NodeParts } from './node-options.ts'
import type { PeerStore } from './peer-store.ts'

/** Peers of an answer before it is cut to its size. */
export const MAX_PEERS_GIVEN = 100
/** Of an answer with peers: all that is not peers, nodes or filters, with the longest transaction; and the two filters. */
const ENVELOPE_BYTES = 160
const FILTERS_BYTES = 532
const SECOND = 1_000

/** While it is put together; quicker than joining objects, and most queries are answered with one. */
type Writable<T> = { -readonly [K in keyof T]: T[K] }
type QueryOf<M extends KnownQuery['method']> = Extract<KnownQuery, { method: M }>

export interface AnswerParts extends Pick<NodeParts, 'clock' | 'random'> {
  readonly contacts: Contacts
  readonly peers: PeerStore
  readonly items: ItemStore
  readonly sibling?: () => KademliaNodePort | undefined
}

export class QueryAnswers {
  private readonly parts: AnswerParts
  private readonly tokens: TokenIssuer

  constructor(parts: AnswerParts) {
    this.parts = parts
    this.tokens = new TokenIssuer(() => parts.random.bytes(SECRET_BYTES), parts.clock.now())
  }

  answer(query: Query, from: Endpoint): Answer {
    switch (query.method) {
      case 'ping':
        return { kind: 'response' }
      case 'find_node':
        return { kind: 'response', ...this.nodes(query.args.target, query, from) }
      case 'get_peers':
        return this.getPeers(query, from)
      case 'announce_peer':
        return this.announcePeer(query, from)
      case 'get':
        return this.getItem(query, from)
      case 'put':
        return this.putItem(query, from)
      case 'sample_infohashes':
        return this.sample(query, from)
      default:
        // Only asked where there is a target.
        return { kind: 'response', ...(query.args.target ? this.nodes(query.args.target, query, from) : {}) }
    }
  }

  /** Good nodes nearest to `target` that are worth naming to somebody at `host`. */
  nodesFor(target: NodeId, n: number, host: string): Contact[] {
    const least = reachOf(host)
    return this.parts.contacts.table.closest(target, n, (contact, fails) => {
      return fails === 0 && mayName(least, contact.reach)
    })
  }

  private getPeers({ id, args }: QueryOf<'get_peers'>, from: Endpoint): Answer {
    const { peers } = this.parts
    const now = this.now()
    const infoHash = NodeId.over(args.infoHash)
    const filters = args.scrape ? peers.scrape(infoHash, now) : undefined
    const nodes = this.nodes(args.infoHash, { id, args }, from)
    const limit = peersThatFit(nodes, filters !== undefined, this.parts.contacts.family)
    const values = peers.peers(infoHash, { limit, noSeeds: args.noseed ?? false, least: reachOf(from.host) }, now)
    const answer: Writable<Extract<Answer, { kind: 'response' }>> = { kind: 'response' }
    answer.token = this.token(from, id, infoHash)
    if (nodes.nodes) answer.nodes = nodes.nodes
    if (nodes.nodes6) answer.nodes6 = nodes.nodes6
    if (values.length > 0) answer.values = values
    if (filters) {
      answer.seedFilter = filters.seeds.bytes
      answer.peerFilter = filters.peers.bytes
    }
    return answer
  }

  private announcePeer({ id, args }: QueryOf<'announce_peer'>, from: Endpoint): Answer {
    const infoHash = NodeId.over(args.infoHash)
    if (!this.isValid(args.token, from, id, infoHash)) return BAD_TOKEN
    const port = args.impliedPort ? from.port : args.port
    const isKept = this.parts.peers.announce(infoHash, { host: from.host, port }, args.seed ?? false, this.now())
    return isKept ? { kind: 'response' } : { kind: 'error', code: errorCode.server, message: 'No room for this peer' }
  }

  private getItem({ id, args }: QueryOf<'get'>, from: Endpoint): Answer {
    const target = NodeId.over(args.target)
    if (args.token) this.isValid(args.token, from, id, target)
    const item = this.parts.items.get(target, this.now())
    return {
      kind: 'response',
      token: this.token(from, id, target),
      ...this.nodes(args.target, { id, args }, from),
      ...(item ? fieldsOf(item, args.seq) : {}),
    }
  }

  private putItem({ id, args }: QueryOf<'put'>, from: Endpoint): Answer {
    const item = itemOf(args)
    if (!this.isValid(args.token, from, id, targetOf(item))) return BAD_TOKEN
    const options = { host: from.host, ...(args.cas === undefined ? {} : { cas: args.cas }) }
    const outcome = this.parts.items.put(item, options, this.now())
    return outcome.ok ? { kind: 'response' } : { kind: 'error', code: outcome.code, message: outcome.message }
  }

  private sample({ id, args }: QueryOf<'sample_infohashes'>, from: Endpoint): Answer {
    const { samples, total, freshIn } = this.parts.peers.sample(this.now())
    return {
      kind: 'response',
      interval: Math.ceil(freshIn / SECOND),
      ...this.nodes(args.target, { id, args }, from),
      num: total,
      samples: samples.map(({ bytes }) => bytes),
    }
  }

  /** Of the families asked for; of the one that the query came by where none is named (BEP 32). */
  private nodes(
    target: Uint8Array,
    { id, args }: { readonly id: Uint8Array; readonly args: { readonly want?: readonly Want[] } },
    from: Endpoint,
  ): ResponseFields {
    const { contacts, sibling } = this.parts
    const wanted = args.want && args.want.length > 0 ? args.want : [contacts.family === 4 ? 'n4' : 'n6']
    const key = NodeId.over(target)
    const asker = NodeId.over(id)
    const least = reachOf(from.host)
    const of = (family: 4 | 6): NodeContact[] => {
      const n = contacts.table.k + 1
      const ofSibling = () => (sibling?.()?.closest(key, n) ?? []).filter(({ reach }) => mayName(least, reach))
      const found = family === contacts.family ? this.nodesFor(key, n, from.host) : ofSibling()
      return found
        .filter((contact) => !contact.id.equals(asker))
        .slice(0, contacts.table.k)
        .map((contact) => contact.wire)
    }
    const fields: Writable<ResponseFields> = {}
    if (wanted.includes('n4')) fields.nodes = of(4)
    if (wanted.includes('n6')) fields.nodes6 = of(6)
    return fields
  }

  private token(endpoint: Endpoint, id: Uint8Array, target: NodeId): Uint8Array {
    return this.tokens.issue({ endpoint, id, target: target.bytes }, this.now())
  }

  /** Whoever shows a token of ours receives what we send to its address. */
  private isValid(token: Uint8Array, endpoint: Endpoint, id: Uint8Array, target: NodeId): boolean {
    const isValid = this.tokens.isValid(token, { endpoint, id, target: target.bytes }, this.now())
    if (isValid) this.parts.contacts.rpc.proven(endpoint)
    return isValid
  }

  private now(): Millis {
    return this.parts.clock.now()
  }
}

/** So many that what is cut off an answer is not always the same: those beyond are left out by lot. */
function peersThatFit({ nodes = [], nodes6 = [] }: ResponseFields, hasFilters: boolean, family: 4 | 6): number {
  const others = ENVELOPE_BYTES + nodes.length * 26 + nodes6.length * 38 + (hasFilters ? FILTERS_BYTES : 0)
  const room = Math.floor((MAX_ANSWER_BYTES - others) / (family === 4 ? 8 : 21))
  return Math.max(0, Math.min(MAX_PEERS_GIVEN, room))
}

const BAD_TOKEN: Answer = { kind: 'error', code: errorCode.protocol, message: 'Bad token' }

function itemOf({ v, k, sig, seq, salt }: QueryOf<'put'>['args']): Item {
  if (k === undefined || sig === undefined || seq === undefined) return { kind: 'immutable', value: v }
  return { kind: 'mutable', value: v, publicKey: k, salt: salt ?? new Uint8Array(), seq, signature: sig }
}

/** A mutable item that is not newer than what the asker has is named by its `seq` alone. */
function fieldsOf(item: Item, known: bigint | undefined): ResponseFields {
  if (item.kind === 'immutable') return { v: item.value }
  const { value, publicKey, signature, seq } = item
  return known !== undefined && seq <= known ? { seq } : { v: value, k: publicKey, sig: signature, seq }
}
