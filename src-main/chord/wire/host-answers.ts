/** Answers between hosts, as dictionaries. A refusal is none: it is an error of KRPC. */
import { BencodeError } from '../../codec/bencode-error.ts'
import type { BencodeDictionary } from '../../codec/bencode-read.ts'
import { assertNever } from '../../kernel/errors.ts'
import { MAX_TOKEN_BYTES } from '../../rpc/krpc-message.ts'
import type { KrpcWriter } from '../../rpc/krpc-writer.ts'
import type { HostAnswer, HostQuestion } from '../host-messages.ts'
import { RingId } from '../ring-id.ts'
import { readFlag, readId, type WriteEntries, writeFlag, writeId } from './body.ts'
import {
  type Family,
  familyOf,
  readContacts,
  readCopiedPeers,
  readEndpoints,
  writeContacts,
  writeCopiedPeers,
  writeEndpoints,
} from './contact-bytes.ts'
import { dictionariesIn, familyOfAll, mostCopiedPeers, readCopies, writeCopies } from './host-questions.ts'
import { readItem, readSequence, writeItem } from './item-entries.ts'
import {
  DIGEST_BYTES,
  MAX_INFO_HASHES_IN_MESSAGE,
  MAX_KEYS_IN_MESSAGE,
  MAX_MEMBERS_IN_MESSAGE,
  MAX_OWNERS_IN_MESSAGE,
  MAX_PEERS_IN_MESSAGE,
  MAX_PEERS6_IN_MESSAGE,
  MAX_STEPS,
  RANGE_PARTS,
} from './limits.ts'

const KEY_BYTES = 20
const KEY_AND_DIGEST_BYTES = KEY_BYTES + DIGEST_BYTES
/** Hosts that hold an item: the owner and its replicas. */
const MAX_STORED = 255

/** An answer that has a dictionary. */
export type HostBody = Exclude<HostAnswer, { kind: 'refused' }>

/** Lists are cut to what a message may have. */
export function hostAnswerEntries(answer: HostBody): WriteEntries {
  return (to) => {
    switch (answer.kind) {
      case 'hello':
        writeContacts(to.text('members'), answer.members, MAX_MEMBERS_IN_MESSAGE)
        return
      case 'done':
        return
      case 'forward':
        to.text('hops').integer(answer.hops)
        writeContacts(to.text('owners'), answer.owners, MAX_OWNERS_IN_MESSAGE)
        return
      case 'read':
        return writeRead(to, answer)
      case 'written':
        to.text('stored').integer(answer.stored)
        return
      case 'range':
        return writeDigests(to, answer)
      case 'copies':
        return writeCopied(to, answer)
      default:
        assertNever(answer)
    }
  }
}

/** `asked`: the question that it answers. @throws BencodeError that names what is wrong */
export function readHostAnswer(asked: HostQuestion['kind'], body: BencodeDictionary, family: Family): HostBody {
  switch (asked) {
    case 'hello':
      return { kind: 'hello', members: readContacts(body, 'members', family, MAX_MEMBERS_IN_MESSAGE) }
    case 'reach':
    case 'signal':
    case 'ping':
    case 'announce':
    case 'store':
    case 'storePeers':
      return { kind: 'done' }
    case 'forward':
      return {
        kind: 'forward',
        hops: body.integer('hops', { max: MAX_STEPS }),
        owners: readContacts(body, 'owners', family, MAX_OWNERS_IN_MESSAGE),
      }
    case 'read':
      return readRead(body, family)
    case 'write':
      return { kind: 'written', stored: body.integer('stored', { max: MAX_STORED }) }
    case 'range':
      return readDigests(body)
    case 'copies':
      return readCopied(body, family)
    default:
      return assertNever(asked)
  }
}

type Read = Extract<HostAnswer, { kind: 'read' }>
type Digests = Extract<HostAnswer, { kind: 'range' }>
type Copied = Extract<HostAnswer, { kind: 'copies' }>

function writeRead(to: KrpcWriter, { item, isTooLarge, peers, seq, token }: Read): void {
  if (item) {
    writeItem(to.text('item').openDictionary(), item)
    to.close()
  }
  writeFlag(to, 'large', isTooLarge ?? false)
  if (peers) writeEndpoints(to.text('peers'), peers, mostPeers(peers[0] ? familyOf(peers[0]) : 4))
  if (seq !== undefined) to.text('seq').integer(seq)
  to.text('token').bytes(token)
}

function readRead(body: BencodeDictionary, family: Family): Read {
  return {
    kind: 'read',
    token: body.bytes('token', { max: MAX_TOKEN_BYTES }).slice(),
    ...(body.has('item') ? { item: readItem(body.dictionary('item')) } : {}),
    ...(readFlag(body, 'large') ? { isTooLarge: true as const } : {}),
    ...(body.has('seq') ? { seq: readSequence(body, 'seq') } : {}),
    ...(body.has('peers') ? { peers: readEndpoints(body, 'peers', family, mostPeers(family)) } : {}),
  }
}

function mostPeers(family: Family): number {
  return family === 4 ? MAX_PEERS_IN_MESSAGE : MAX_PEERS6_IN_MESSAGE
}

function writeDigests(to: KrpcWriter, { parts, keys }: Digests): void {
  if (keys) {
    const some = keys.slice(0, MAX_KEYS_IN_MESSAGE)
    to.text('keys').head(some.length * KEY_AND_DIGEST_BYTES)
    for (const { key, digest } of some) to.raw(key.bytes).raw(digest)
  }
  if (parts) {
    to.text('parts').head(parts.length * DIGEST_BYTES)
    for (const part of parts) to.raw(part)
  }
}

/** Exactly one of both. */
function readDigests(body: BencodeDictionary): Digests {
  if (body.has('parts')) {
    const bytes = body.bytes('parts', RANGE_PARTS * DIGEST_BYTES)
    return { kind: 'range', parts: slices(bytes, DIGEST_BYTES) }
  }
  const bytes = body.bytes('keys', { max: MAX_KEYS_IN_MESSAGE * KEY_AND_DIGEST_BYTES })
  if (bytes.length % KEY_AND_DIGEST_BYTES !== 0) {
    throw new BencodeError({ code: 'OUT_OF_RANGE', key: 'keys', expected: 'keys with their digests' })
  }
  const keys = slices(bytes, KEY_AND_DIGEST_BYTES).map((pair) => ({
    key: RingId.of(pair.subarray(0, KEY_BYTES)),
    digest: pair.slice(KEY_BYTES),
  }))
  return { kind: 'range', keys }
}

function slices(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.slice(i * size, (i + 1) * size))
}

function writeCopied(to: KrpcWriter, { items, peers, next }: Copied): void {
  writeCopies(to.text('items'), items)
  if (next) writeId(to, 'next', next)
  to.text('peers').openList()
  for (const of of peers.slice(0, MAX_INFO_HASHES_IN_MESSAGE)) {
    writeId(to.openDictionary(), 'hash', of.infoHash)
    writeCopiedPeers(to.text('peers'), of.peers, mostCopiedPeers(familyOfAll(of.peers)))
    to.close()
  }
  to.close()
}

function readCopied(body: BencodeDictionary, family: Family): Copied {
  const swarms = dictionariesIn(body, 'peers', MAX_INFO_HASHES_IN_MESSAGE)
  return {
    kind: 'copies',
    items: readCopies(body, 'items'),
    peers: swarms.map((swarm) => ({
      infoHash: readId(swarm, 'hash'),
      peers: readCopiedPeers(swarm, 'peers', family, mostCopiedPeers(family)),
    })),
    next: body.has('next') ? readId(body, 'next') : undefined,
  }
}
