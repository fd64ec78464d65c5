/**
 * Answers what others ask of the keys that this host keeps. Reading and writing is for anybody, a write with the token that an
 * answer to that very address gave for that key (BEP 5); what moves between members is for hosts that are there, and is taken
 * only from those that have members. Nothing is taken for a key that is not ours to keep.
 */

import { isUnicastIp } from '../../codec/ip-address.ts'
import { reachOf } from '../../codec/ip-reach.ts'
import { itemKey } from '../../items/item.ts'
import { SECRET_BYTES, TokenIssuer } from '../../items/tokens.ts'
import { type Clock, type Millis, SECOND } from '../../kernel/clock.ts'
import { assertNever } from '../../kernel/errors.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { StoreHost, StoreQuestion } from '../host/host-store.ts'
import type { HostAnswer } from '../host-messages.ts'
import { RingId } from '../ring-id.ts'
import { MAX_PEERS_IN_MESSAGE, MAX_PEERS6_IN_MESSAGE, MAX_STRANGERS_BODY_BYTES } from '../wire/limits.ts'
import { hostAnswerBodySize } from '../wire/sizes.ts'
import type { Acquaintance, Standing } from './acquaintance.ts'
import { pageOf } from './copies-page.ts'
import type { HeldItem, ItemShelf } from './item-shelf.ts'
import type { PeerShelf } from './peer-shelf.ts'
import { isNeighbour, keeperOf, mayOwn, type Place } from './places.ts'
import { describeRange } from './range-digest.ts'

type Refused = Extract<HostAnswer, { readonly kind: 'refused' }>
type Reply = (answer: HostAnswer) => void
type Of<K extends StoreQuestion['kind']> = Extract<StoreQuestion, { readonly kind: K }>

/** Ids in tokens: nothing but address and port names who asks. */
const NOBODY = new Uint8Array(20)

export interface AnswersParts {
  readonly host: Pick<StoreHost, 'isOwn' | 'isMember' | 'proven'> & {
    readonly clock: Pick<Clock, 'now'>
    readonly random: Random
    members(): readonly Place[]
  }
  readonly items: ItemShelf
  readonly peers: PeerShelf
  readonly acquaintance: Acquaintance
  /** Copies what was written at a member of ours to its replicas; `done` is told how many have it. Once, in bounded time. */
  readonly spread: (keeper: Place, held: HeldItem, done: (copies: number) => void) => void
}

export class StoreAnswers {
  private readonly parts: AnswersParts
  private readonly tokens: TokenIssuer

  constructor(parts: AnswersParts) {
    this.parts = parts
    const { random, clock } = parts.host
    this.tokens = new TokenIssuer(() => random.bytes(SECRET_BYTES), clock.now())
  }

  answer(from: Endpoint, question: StoreQuestion, reply: Reply): void {
    switch (question.kind) {
      case 'read':
        reply(this.read(from, question))
        break
      case 'write':
        this.write(from, question, reply)
        break
      case 'announce':
        reply(this.announce(from, question))
        break
      case 'range':
        this.forHost(from, 'host', reply, () => this.range(from, question))
        break
      case 'copies':
        this.forHost(from, 'host', reply, () => this.copies(question))
        break
      case 'store':
        this.forHost(from, 'member', reply, () => this.store(from, question))
        break
      case 'storePeers':
        this.forHost(from, 'member', reply, () => this.storePeers(from, question))
        break
      default:
        assertNever(question)
    }
  }

  private read(from: Endpoint, { key, seq, peers, slot, token }: Of<'read'>): HostAnswer {
    const { host, items } = this.parts
    // Whoever comes to write here by a list that still names a place which we have left is to go to the next.
    if (slot !== undefined && !host.members().some(({ self }) => self.slot === slot)) return NOT_OURS
    const given = this.tokens.issue(this.use(from, key), this.now)
    const isProven = (token !== undefined && this.accepts(token, from, key)) || host.isOwn(from) || host.isMember(from)
    if (peers) return { kind: 'read', token: given, peers: this.peersFor(from, key, peers.noSeeds) }
    const item = items.get(key, this.now)?.item
    if (!item) return { kind: 'read', token: given }
    if (item.kind === 'mutable' && seq !== undefined && item.seq <= seq) {
      return { kind: 'read', token: given, seq: item.seq }
    }
    const answer = { kind: 'read', token: given, item } as const
    if (isProven || hostAnswerBodySize(answer) <= MAX_STRANGERS_BODY_BYTES) return answer
    return { kind: 'read', token: given, isTooLarge: true, ...(item.kind === 'mutable' ? { seq: item.seq } : {}) }
  }

  private peersFor(from: Endpoint, key: RingId, noSeeds: boolean): readonly Endpoint[] {
    const family = from.host.includes(':') ? 6 : 4
    const limit = family === 4 ? MAX_PEERS_IN_MESSAGE : MAX_PEERS6_IN_MESSAGE
    return this.parts.peers.peers(key, { limit, family, noSeeds, least: reachOf(from.host) }, this.now)
  }

  private write(from: Endpoint, { item, cas, token }: Of<'write'>, reply: Reply): void {
    const { host, items, spread } = this.parts
    const key = RingId.of(itemKey(item))
    const isAccepted = this.accepts(token, from, key)
    const keeper = keeperOf(host.members(), key)
    if (!isAccepted || !keeper) {
      reply(isAccepted ? NOT_OURS : BAD_TOKEN)
      return
    }
    const outcome = items.write(item, { host: from.host, ...(cas === undefined ? {} : { cas }) }, this.now)
    if (outcome.ok) spread(keeper, outcome.held, (copies) => reply({ kind: 'written', stored: 1 + copies }))
    else reply(refusal(outcome))
  }

  private announce(from: Endpoint, { infoHash, port, seed, token }: Of<'announce'>): HostAnswer {
    const { host, peers } = this.parts
    if (!this.accepts(token, from, infoHash)) return BAD_TOKEN
    if (!keeperOf(host.members(), infoHash)) return NOT_OURS
    const endpoint = { host: from.host, port: port === 'implied' ? from.port : port }
    if (!isPossible(endpoint)) return { kind: 'refused', code: 203, message: 'No such port' }
    return peers.announce(infoHash, endpoint, seed, this.now) ? { kind: 'done' } : NO_ROOM
  }

  private range(from: Endpoint, { range }: Of<'range'>): HostAnswer {
    const { host, items } = this.parts
    const keeper = keeperOf(host.members(), range.upTo)
    // Who could not own them does not count on our copies, whatever it asks.
    if (keeper && mayOwn(from.host, range.upTo, keeper)) {
      for (const held of items.inRange(range, this.now)) held.confirmedAt = this.now
    }
    return describeRange(items, range, this.now)
  }

  private copies({ range, from }: Of<'copies'>): HostAnswer {
    return pageOf(this.parts.items, this.parts.peers, range, from, this.now)
  }

  private store(from: Endpoint, { copies }: Of<'store'>): HostAnswer {
    const { host, items } = this.parts
    const members = host.members()
    let refused: Refused | undefined
    for (const copy of copies) {
      if (!keeperOf(members, RingId.of(itemKey(copy.item)))) refused = NOT_OURS
      else {
        const outcome = items.adopt(copy, from.host, this.now)
        if ('code' in outcome) refused = refusal(outcome)
      }
    }
    return refused ?? { kind: 'done' }
  }

  private storePeers(from: Endpoint, { infoHash, peers }: Of<'storePeers'>): HostAnswer {
    const { host } = this.parts
    const members = host.members()
    const keeper = keeperOf(members, infoHash)
    if (!keeper) return NOT_OURS
    // Who has its copies here may stand farther before us than we can see.
    const isTaken = isNeighbour(members, from) || mayOwn(from.host, infoHash, keeper)
    if (!isTaken) return { kind: 'refused', code: 203, message: 'Not a neighbour' }
    for (const { endpoint, seed, age } of peers) {
      const announcedAt = this.now - Math.max(0, age) * SECOND
      if (isPossible(endpoint)) this.parts.peers.adopt(infoHash, { endpoint, seed, announcedAt }, this.now, from.host)
    }
    return { kind: 'done' }
  }

  /** Answers where the asker is what it has to be. */
  private forHost(from: Endpoint, wanted: 'member' | 'host', reply: Reply, answer: () => HostAnswer): void {
    const { host, acquaintance } = this.parts
    const tell = (standing: Standing) => {
      const isEnough = standing === 'member' || (standing === 'host' && wanted === 'host')
      reply(isEnough ? answer() : { kind: 'refused', code: 203, message: 'Only for members of the ring' })
    }
    if (host.isOwn(from)) tell('member')
    else acquaintance.standingOf(from, wanted, tell)
  }

  /** Whoever shows a token of ours receives what we send to its address. */
  private accepts(token: Uint8Array, from: Endpoint, key: RingId): boolean {
    const isValid = this.tokens.isValid(token, this.use(from, key), this.now)
    if (isValid) this.parts.host.proven(from)
    return isValid
  }

  private use(endpoint: Endpoint, { bytes }: RingId) {
    return { endpoint, id: NOBODY, target: bytes }
  }

  private get now(): Millis {
    return this.parts.host.clock.now()
  }
}

const BAD_TOKEN: Refused = { kind: 'refused', code: 203, message: 'Bad token' }
const NOT_OURS: Refused = { kind: 'refused', code: 203, message: 'Not a key of ours' }
const NO_ROOM: Refused = { kind: 'refused', code: 202, message: 'No room for this peer' }

function refusal({ code, message }: { readonly code: number; readonly message: string }): Refused {
  return { kind: 'refused', code, message }
}

/** Whether connections can be made to it. */
export function isPossible({ host, port }: Endpoint): boolean {
  return port >= 1 && port <= 65_535 && isUnicastIp(host)
}
