/**
 * Getting and putting items (BEP 44). A put looks for the target first, for tokens, then writes to the nearest; where it
 * meets a version that it may not replace it writes nowhere, as nodes that have not heard of that one would take it.
 *
 * An immutable item is found with the first answer that holds it; of a mutable one the newest of all answers counts. Where
 * answers hold back a large item because we have not proven to be at our address, those that gave a token are asked once
 * more with it; other programs than this one ignore that and lose nothing.
 */

import { newer, versionFault } from '../items/item-rules.ts'
import type { Clock, Millis } from '../kernel/clock.ts'
import type { GetReport, Item, PutReport, RunningRequest, SearchCost } from '../kernel/key-value-store.ts'
import type { QueryArguments, Response } from '../rpc/krpc-message.ts'
import type { Contact } from './contact.ts'
import type { Contacts } from './contacts.ts'
import type { LookupObserver, PutOptions } from './dht.ts'
import { type ItemAnswer, ItemReader } from './item-answer.ts'
import type { ItemStore } from './item-store.ts'
import { targetOf } from './item-target.ts'
import type { Candidate, LookupResult } from './lookup-result.ts'
import type { LookupRunner } from './lookup-runner.ts'
import type { NodeId } from './node-id.ts'
import type { PeerStore } from './peer-store.ts'
import type { SizeEstimate } from './size-estimate.ts'
import { storersOf } from './storers.ts'
import { writeAt } from './write-at.ts'

export interface SearchParts {
  readonly clock: Clock
  readonly contacts: Contacts
  readonly runner: LookupRunner
  readonly size: SizeEstimate
  /** What others have stored here: a search does not ask ourselves. */
  readonly items: ItemStore
  readonly peers: PeerStore
  /** What is under way besides lookups, for whoever stops it all. */
  readonly open: Set<RunningRequest>
}

export interface GetOptions {
  readonly salt?: Uint8Array
  readonly stepped?: LookupObserver<ItemAnswer>['stepped']
}

/** Longest wait for those asked a second time. */
export const SECOND_ASKING: Millis = 2_000

export function getItem(
  parts: SearchParts,
  target: NodeId,
  options: GetOptions,
  done: (report: GetReport) => void,
): RunningRequest {
  const startedAt = parts.clock.now()
  const reader = new ItemReader(target, options.salt)
  let best: Item | undefined
  let running: RunningRequest
  const lookup = parts.runner.run(
    { target, method: 'get', args: { target: target.bytes, ...parts.contacts.want }, payload: (r) => reader.read(r) },
    {
      ...(options.stepped ? { stepped: options.stepped } : {}),
      found: ({ item }) => {
        best = newer(best, item)
        if (item?.kind === 'immutable') lookup.finish()
      },
      done: (result) => {
        running = askAgain(parts, result, { reader, best, stepped: options.stepped }, (answers) => {
          const holders = [...result.payloads.map(({ payload }) => payload), ...answers].filter(({ item }) => item)
          const own = parts.items.get(target, parts.clock.now())
          for (const item of [...answers.map((answer) => answer.item), own]) best = newer(best, item)
          const cost = costOf(result, parts.clock.now() - startedAt, answers.length)
          done({ target: target.bytes, item: best, holders: holders.length + (own ? 1 : 0), cost })
        })
      },
    },
  )
  running = lookup
  return { cancel: () => running.cancel() }
}

interface AskingAgain {
  readonly reader: ItemReader
  readonly best: Item | undefined
  readonly stepped: GetOptions['stepped'] | undefined
}

/** Asks those who may hold back what is better than `best` once more, with their token. */
function askAgain(
  { contacts, clock, open }: SearchParts,
  result: LookupResult<ItemAnswer>,
  { reader, best, stepped }: AskingAgain,
  done: (answers: readonly ItemAnswer[]) => void,
): RunningRequest {
  const bestSeq = best?.kind === 'mutable' ? best.seq : undefined
  const mayHoldBack = ({ token, item, seq }: ItemAnswer) =>
    token !== undefined &&
    !item &&
    (best === undefined || (seq !== undefined && bestSeq !== undefined && seq > bestSeq))
  const again = result.payloads.filter(({ payload }) => mayHoldBack(payload)).slice(0, contacts.table.k)
  const answers: ItemAnswer[] = []
  if (again.length === 0) {
    done(answers)
    return { cancel() {} }
  }
  let left = again.length
  let isOver = false
  const cancel = () => {
    isOver = true
    limit.cancel()
    open.delete(running)
  }
  const end = () => {
    if (isOver) return
    cancel()
    done(answers)
  }
  const limit = clock.after(SECOND_ASKING, end)
  const running = { cancel }
  open.add(running)
  const settle = (step: Candidate | undefined, state: Candidate['state'], answer?: ItemAnswer) => {
    if (isOver) return
    if (answer) answers.push(answer)
    if (step) {
      step.state = state
      if (state === 'replied') step.repliedAt = clock.now()
      stepped?.(step)
    }
    left--
    if (left === 0) end()
  }
  for (const { contact, payload } of again) {
    const args: QueryArguments['get'] = { target: result.target.bytes, token: payload.token as Uint8Array }
    const step = secondStep(result, contact, clock.now())
    contacts.ask(contact, 'get', args, {
      replied: (response) => settle(step, 'replied', reader.read(response)),
      failed: () => settle(step, 'failed'),
    })
    if (step) stepped?.(step)
  }
  return running
}

/** The second question to a node is a step of its own, which follows from the answer to the first. */
function secondStep({ asked }: LookupResult<ItemAnswer>, contact: Contact, now: Millis): Candidate | undefined {
  const first = asked.find((candidate) => candidate.contact === contact)
  return first && { ...first, state: 'asked', hop: first.hop + 1, from: first, askedAt: now, repliedAt: undefined }
}

export function putItem(
  parts: SearchParts,
  item: Item,
  { cas, nearest }: PutOptions,
  done: (report: PutReport) => void,
): RunningRequest {
  const startedAt = parts.clock.now()
  const target = targetOf(item)
  const reader = new ItemReader(target, item.kind === 'mutable' ? item.salt : undefined)
  const args = { target: target.bytes, ...parts.contacts.want }
  const plan = { target, method: 'get', args, payload: (response: Response) => reader.read(response) } as const
  let running: RunningRequest = parts.runner.run(plan, {
    done: (result) => {
      const report = (outcome: Pick<PutReport, 'stored' | 'refused'>, writes = 0, timeouts = 0) =>
        done({
          target: target.bytes,
          ...outcome,
          cost: costOf(result, parts.clock.now() - startedAt, writes, timeouts),
        })
      const refused = conflicts(item, result, cas)
      if (refused.size > 0) {
        report({ stored: 0, refused })
        return
      }
      const storers = storersOf(result, parts.contacts.table.k, parts.size)
      nearest?.(storers.map(({ contact }) => contact))
      const write = { method: 'put', args: (token: Uint8Array) => putArguments(item, token, cas) } as const
      running = writeAt(parts, storers, write, (outcome) => report(outcome, storers.length, outcome.timeouts))
    },
  })
  return { cancel: () => running.cancel() }
}

/** The codes with which those who have another version would refuse this one, each with their count. */
function conflicts(item: Item, { payloads }: LookupResult<ItemAnswer>, cas: bigint | undefined): Map<number, number> {
  const codes = new Map<number, number>()
  if (item.kind === 'immutable') return codes
  const newest = payloads.map(({ payload }) => payload.item).reduce(newer, undefined)
  for (const { payload } of payloads) {
    const fault = payload.item === undefined ? undefined : versionFault(item, newest, cas)
    if (fault) codes.set(fault.code, (codes.get(fault.code) ?? 0) + 1)
  }
  return codes
}

function putArguments(item: Item, token: Uint8Array, cas: bigint | undefined): QueryArguments['put'] {
  if (item.kind === 'immutable') return { token, v: item.value }
  const { value, publicKey, salt, seq, signature } = item
  return {
    token,
    v: value,
    k: publicKey,
    sig: signature,
    seq,
    ...(salt.length > 0 ? { salt } : {}),
    ...(cas === undefined ? {} : { cas }),
  }
}

export function costOf(result: LookupResult<unknown>, took: Millis, more = 0, moreTimeouts = 0): SearchCost {
  return { hops: result.hops, requests: result.requests + more, timeouts: result.timeouts + moreTimeouts, took }
}
