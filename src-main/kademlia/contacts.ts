/**
 * The nodes that this node knows, and every question to them: each answer and each silence is noted in the routing table
 * here, whoever asked, and each answer's word on our own address is counted as a vote (BEP 42).
 *
 * Nothing from an unsolicited packet enters the table: who asks us becomes a prospect (`prospects.ts`).
 */
import { mayName, reachOf } from '../codec/ip-reach.ts'
import { bytesEqual } from '../kernel/bytes.ts'
import type { Millis } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'
import { ExternalAddress } from '../rpc/external-address.ts'
import type { ErrorMessage, Method, QueryArguments, Response } from '../rpc/krpc-message.ts'
import type { QueryCallbacks, QueryFailure, RunningQuery } from '../rpc/rpc-port.ts'
import { Contact } from './contact.ts'
import { commonPrefixLength, NodeId } from './node-id.ts'
import type { KademliaNodeOptions, NodeParts, NodeRpc } from './node-options.ts'
import { Prospects } from './prospects.ts'
import { usableOf } from './reach.ts'
import { RoutingTable } from './routing-table.ts'

/** What the rest of the node wants to hear of. Called from the event loop. */
export interface ContactEvents {
  /** Somebody has answered, and there are nodes in the table. */
  reached(): void
  /** One of those near our own id has gone. */
  lostNeighbour(): void
  /** We ask somebody at this address. */
  sentTo(host: string): void
}

export class Contacts {
  table: RoutingTable
  readonly external = new ExternalAddress()
  readonly family: 4 | 6
  readonly rpc: NodeRpc
  /** When anybody last answered us; -Infinity for never. */
  lastAnswer: Millis = -Infinity
  /** Questions to nodes of the table without an answer since then. */
  unanswered = 0
  /** All questions without an answer to nodes that we knew. */
  silences = 0
  private readonly parts: NodeParts
  private readonly options: KademliaNodeOptions
  private readonly events: ContactEvents
  private readonly open = new Set<RunningQuery>()
  private readonly prospects: Prospects

  constructor(rpc: NodeRpc, parts: NodeParts, options: KademliaNodeOptions, events: ContactEvents) {
    this.rpc = rpc
    this.parts = parts
    this.options = options
    this.events = events
    this.family = rpc.local.host.includes(':') ? 6 : 4
    this.table = this.tableOf(NodeId.of(rpc.id))
    this.prospects = new Prospects(parts.clock, this)
  }

  get self(): NodeId {
    return this.table.self
  }

  /** Strangers waiting for a question. */
  get waiting(): number {
    return this.prospects.waiting
  }

  /** Takes another id: the table is built anew around it with the same entries. */
  changeId(id: NodeId): void {
    const entries = this.table.view().flatMap(({ live, spares }) => [...live, ...spares])
    entries.sort((a, b) => a.lastReply - b.lastReply)
    this.rpc.id = id.bytes
    this.table = this.tableOf(id)
    for (const { contact, rtt, lastReply } of entries) this.table.offer(contact, rtt, lastReply)
    this.prospects.clear()
  }

  /** Asks a node that we know by id. `lookup`: the one that led us to it, if one has. */
  ask<M extends Method>(
    to: Contact,
    method: M,
    args: QueryArguments[M],
    callbacks: QueryCallbacks,
    lookup?: number,
  ): RunningQuery {
    this.table.sent(to.id, this.parts.clock.now())
    return this.query(to.endpoint, method, args, {
      replied: (response, rtt) => {
        const isSame = bytesEqual(response.id, to.id.bytes)
        this.answered(isSame ? to : new Contact(NodeId.over(response.id), to.endpoint), response, rtt, lookup)
        callbacks.replied(response, rtt)
      },
      failed: (reason, error) => {
        if (reason === 'timeout') this.silent(to)
        callbacks.failed(reason, error)
      },
      stalled: () => callbacks.stalled?.(),
    })
  }

  /** Asks an address whose node we do not know yet. */
  askEndpoint<M extends Method>(
    to: Endpoint,
    method: M,
    args: QueryArguments[M],
    callbacks: {
      replied(from: Contact, response: Response): void
      failed(reason: QueryFailure, error?: ErrorMessage): void
      stalled?(): void
    },
  ): RunningQuery {
    return this.query(to, method, args, {
      replied: (response, rtt) => {
        const from = new Contact(NodeId.over(response.id), to)
        this.answered(from, response, rtt)
        callbacks.replied(from, response)
      },
      failed: (reason, error) => callbacks.failed(reason, error),
      stalled: () => callbacks.stalled?.(),
    })
  }

  /** The nodes that an answer names and that we could ask, ourselves left out. Those of the other family are its sibling's. */
  nodesIn(response: Response, from: Endpoint): Contact[] {
    const sibling = this.options.sibling?.()
    const [ours, others] = this.family === 4 ? [response.nodes, response.nodes6] : [response.nodes6, response.nodes]
    if (sibling && others && sibling.phase !== 'joined') {
      sibling.suggest(usableOf(others, from, this.family === 4 ? 6 : 4).map(({ endpoint }) => endpoint))
    }
    const least = reachOf(from.host)
    const contacts: Contact[] = []
    for (const named of ours ?? []) {
      const contact = Contact.of(named)
      if (contact.isUsable(this.family) && mayName(least, contact.reach)) contacts.push(contact)
    }
    return contacts
  }

  /** The families of address to ask for (BEP 32): both while the sibling looks for its first nodes. */
  get want(): { readonly want?: readonly ('n4' | 'n6')[] } {
    const sibling = this.options.sibling?.()
    return sibling && sibling.phase !== 'joined' ? { want: ['n4', 'n6'] } : {}
  }

  /** Somebody has asked us something. */
  asked(contact: Contact, isReadOnly: boolean): void {
    this.table.queried(contact, this.parts.clock.now())
    if (isReadOnly || this.options.asksBack === false || !contact.isUsable(this.family)) return
    const known = this.table.get(contact.id)
    // One that did not answer the last time seems to be back; and so may we be.
    if (known && known.fails > 0 && known.contact.isAt(contact)) this.prospects.check(known.contact)
    else this.prospects.consider(contact, true)
  }

  /** A contact that we have heard of: asked now or at one of the next ticks, if the table has a place for it. */
  consider(contact: Contact): void {
    this.prospects.consider(contact, false)
  }

  tick(): void {
    this.prospects.tick()
  }

  /** Forgets every question under way. */
  stop(): void {
    for (const query of this.open) query.cancel()
    this.open.clear()
    this.prospects.stop()
  }

  private query<M extends Method>(
    to: Endpoint,
    method: M,
    args: QueryArguments[M],
    callbacks: QueryCallbacks,
  ): RunningQuery {
    this.events.sentTo(to.host)
    const running = this.rpc.query(to, method, args, {
      replied: (response, rtt) => {
        this.open.delete(running)
        this.heard()
        callbacks.replied(response, rtt)
      },
      failed: (reason, error) => {
        this.open.delete(running)
        if (reason === 'error') this.heard()
        callbacks.failed(reason, error)
      },
      stalled: () => callbacks.stalled?.(),
    })
    this.open.add(running)
    return {
      cancel: () => {
        this.open.delete(running)
        running.cancel()
      },
    }
  }

  /** Somebody has answered, if only with an error: the network is there. */
  private heard(): void {
    this.lastAnswer = this.parts.clock.now()
    this.unanswered = 0
  }

  private answered(from: Contact, response: Response, rtt: Millis, lookup?: number): void {
    if (response.ip) this.external.vote(from.endpoint.host, response.ip.host, lookup)
    const offer = this.table.offer(from, rtt, this.parts.clock.now())
    if (offer.outcome === 'full') this.prospects.check(offer.oldest)
    if (offer.outcome === 'id-changed') for (const doubtful of offer.doubtful) this.prospects.check(doubtful)
    if (this.table.size > 0) this.events.reached()
  }

  /** Only those who have answered before tell whether the network is there: strangers may name whom they like. */
  private silent(contact: Contact): void {
    this.silences++
    if (this.table.get(contact.id)) this.unanswered++
    const { removed } = this.table.failed(contact)
    if (removed && commonPrefixLength(this.self, contact.id) >= this.table.homeDepth) this.events.lostNeighbour()
  }

  private tableOf(id: NodeId): RoutingTable {
    const { k, enlarged, onePerNetwork, goodFor } = this.options
    return new RoutingTable(id, this.parts.clock.now(), {
      ...(k === undefined ? {} : { k }),
      ...(enlarged === undefined ? {} : { enlarged }),
      ...(onePerNetwork === undefined ? {} : { onePerNetwork }),
      ...(goodFor === undefined ? {} : { goodFor }),
    })
  }
}
