/** Questions between hosts, as dictionaries. */

import { BencodeError } from '../../codec/bencode-error.ts'
import type { BencodeDictionary } from '../../codec/bencode-read.ts'
import { asDictionary } from '../../codec/bencode-read.ts'
import { assertNever } from '../../kernel/errors.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import { MAX_TOKEN_BYTES } from '../../rpc/krpc-message.ts'
import type { KrpcWriter } from '../../rpc/krpc-writer.ts'
import type { CopiedItem, CopiedPeer, HostQuestion, KeyRange } from '../host-messages.ts'
import { SLOTS } from '../position.ts'
import { readFlag, readId, type WriteEntries, writeFlag, writeId } from './body.ts'
import {
  type Family,
  familyOf,
  readCopiedPeers,
  readOneEndpoint,
  writeCopiedPeers,
  writeEndpoints,
} from './contact-bytes.ts'
import { readItem, readSequence, writeItem } from './item-entries.ts'
import { MAX_AGE_SECONDS, MAX_COPIED_PEERS, MAX_COPIED_PEERS6, MAX_COPIES_IN_MESSAGE, MAX_STEPS } from './limits.ts'

const MAX_PORT = 65_535

/** `chord_ping` is also a question for a virtual node: it is one for the host where it names no slot. */
export const hostQuestionNames: Readonly<Record<HostQuestion['kind'], string>> = {
  hello: 'chord_hello',
  reach: 'chord_reach',
  signal: 'chord_signal',
  ping: 'chord_ping',
  forward: 'chord_forward',
  read: 'chord_read',
  write: 'chord_write',
  announce: 'chord_announce',
  range: 'chord_range',
  copies: 'chord_copies',
  store: 'chord_store',
  storePeers: 'chord_store_peers',
}

export function hostQuestionEntries(question: HostQuestion): WriteEntries {
  return (to) => {
    switch (question.kind) {
      case 'hello':
      case 'ping':
        return
      case 'reach':
        to.text('port').integer(question.port)
        return
      case 'signal':
        writeEndpoints(to.text('at'), [question.to], 1)
        return
      case 'forward':
        to.text('steps').integer(question.steps)
        writeId(to, 'target', question.target)
        return
      case 'read':
        return writeRead(to, question)
      case 'write':
        if (question.cas !== undefined) to.text('cas').integer(question.cas)
        writeItemUnder(to.text('item'), question.item)
        to.text('token').bytes(question.token)
        return
      case 'announce':
        writeId(to, 'hash', question.infoHash)
        // 0: the one that the packet comes from.
        to.text('port').integer(question.port === 'implied' ? 0 : question.port)
        writeFlag(to, 'seed', question.seed)
        to.text('token').bytes(question.token)
        return
      case 'range':
        return writeRange(to, question.range)
      case 'copies':
        writeId(to, 'after', question.range.after)
        if (question.from) writeId(to, 'from', question.from)
        writeId(to, 'upto', question.range.upTo)
        return
      case 'store':
        return writeCopies(to.text('copies'), question.copies)
      case 'storePeers':
        writeId(to, 'hash', question.infoHash)
        writeCopiedPeers(to.text('peers'), question.peers, mostCopiedPeers(familyOfAll(question.peers)))
        return
      default:
        assertNever(question)
    }
  }
}

/** @throws BencodeError that names what is wrong */
export function readHostQuestion(kind: HostQuestion['kind'], body: BencodeDictionary, family: Family): HostQuestion {
  switch (kind) {
    case 'hello':
    case 'ping':
      return { kind }
    case 'reach':
      return { kind, port: body.integer('port', { min: 1, max: MAX_PORT }) }
    case 'signal':
      return { kind, to: readOneEndpoint(body, 'at', family) }
    case 'forward':
      return { kind, target: readId(body, 'target'), steps: body.integer('steps', { max: MAX_STEPS }) }
    case 'read':
      return readRead(body)
    case 'write':
      return {
        kind,
        item: readItem(body.dictionary('item')),
        ...(body.has('cas') ? { cas: readSequence(body, 'cas') } : {}),
        token: tokenIn(body),
      }
    case 'announce': {
      const port = body.integer('port', { max: MAX_PORT })
      const [infoHash, seed] = [readId(body, 'hash'), readFlag(body, 'seed')]
      return { kind, infoHash, port: port === 0 ? 'implied' : port, seed, token: tokenIn(body) }
    }
    case 'range':
      return { kind, range: rangeIn(body) }
    case 'copies':
      return { kind, range: rangeIn(body), ...(body.has('from') ? { from: readId(body, 'from') } : {}) }
    case 'store':
      return { kind, copies: readCopies(body, 'copies') }
    case 'storePeers':
      return {
        kind,
        infoHash: readId(body, 'hash'),
        peers: readCopiedPeers(body, 'peers', family, mostCopiedPeers(family)),
      }
    default:
      return assertNever(kind)
  }
}

/** Items with their ages, the first of as many as a message may have. */
export function writeCopies(to: KrpcWriter, copies: readonly CopiedItem[]): void {
  to.openList()
  for (const { item, age } of copies.slice(0, MAX_COPIES_IN_MESSAGE)) {
    to.openDictionary()
      .text('age')
      .integer(Math.min(MAX_AGE_SECONDS, Math.max(0, Math.floor(age))))
    writeItem(to, item)
    to.close()
  }
  to.close()
}

/** @throws BencodeError where it is no list of at most `MAX_COPIES_IN_MESSAGE` items */
export function readCopies(body: BencodeDictionary, key: string): CopiedItem[] {
  return dictionariesIn(body, key, MAX_COPIES_IN_MESSAGE).map((copy) => ({
    item: readItem(copy),
    age: copy.integer('age', { max: MAX_AGE_SECONDS }),
  }))
}

/** @throws BencodeError where it is no list of at most `most` dictionaries */
export function dictionariesIn(body: BencodeDictionary, key: string, most: number): BencodeDictionary[] {
  const list = body.list(key)
  if (list.length > most) {
    throw new BencodeError({ code: 'OUT_OF_RANGE', key, expected: `a list of at most ${most} dictionaries` })
  }
  return list.map((value) => {
    const dictionary = asDictionary(value)
    if (!dictionary) throw new BencodeError({ code: 'WRONG_TYPE', key, expected: 'a list of dictionaries' })
    return dictionary
  })
}

export function mostCopiedPeers(family: Family): number {
  return family === 4 ? MAX_COPIED_PEERS : MAX_COPIED_PEERS6
}

export function familyOfAll(peers: readonly CopiedPeer[]): Family {
  return peers[0] ? familyOf(peers[0].endpoint) : 4
}

function writeItemUnder(to: KrpcWriter, item: Item): void {
  writeItem(to.openDictionary(), item)
  to.close()
}

function writeRead(to: KrpcWriter, { key, seq, peers, slot, token }: Extract<HostQuestion, { kind: 'read' }>): void {
  writeId(to, 'key', key)
  writeFlag(to, 'noseed', peers?.noSeeds ?? false)
  writeFlag(to, 'peers', peers !== undefined)
  if (seq !== undefined) to.text('seq').integer(seq)
  if (slot !== undefined) to.text('slot').integer(slot)
  if (token !== undefined) to.text('token').bytes(token)
}

function readRead(body: BencodeDictionary): HostQuestion {
  return {
    kind: 'read',
    key: readId(body, 'key'),
    ...(body.has('seq') ? { seq: readSequence(body, 'seq') } : {}),
    ...(readFlag(body, 'peers') ? { peers: { noSeeds: readFlag(body, 'noseed') } } : {}),
    ...(body.has('slot') ? { slot: body.integer('slot', { max: SLOTS - 1 }) } : {}),
    ...(body.has('token') ? { token: tokenIn(body) } : {}),
  }
}

function writeRange(to: KrpcWriter, { after, upTo }: KeyRange): void {
  writeId(to, 'after', after)
  writeId(to, 'upto', upTo)
}

function rangeIn(body: BencodeDictionary): KeyRange {
  return { after: readId(body, 'after'), upTo: readId(body, 'upto') }
}

function tokenIn(body: BencodeDictionary): Uint8Array {
  return body.bytes('token', { max: MAX_TOKEN_BYTES }).slice()
}
