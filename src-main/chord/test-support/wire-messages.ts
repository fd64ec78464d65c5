/** Every kind of message of Chord with anything in it that may be, for tests by fast-check. */
import fc from 'fast-check'
import { ipText } from '../../codec/ip-address.ts'
import type { Item } from '../../kernel/key-value-store.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import type { CopiedItem, CopiedPeer, HostQuestion } from '../host-messages.ts'
import type { Answer, Busy, Question } from '../messages.ts'
import { RingId } from '../ring-id.ts'
import type { Family } from '../wire/contact-bytes.ts'
import type { HostBody } from '../wire/host-answers.ts'

export interface WireMessages {
  readonly contact: fc.Arbitrary<ChordContact>
  readonly question: fc.Arbitrary<Question>
  readonly answer: fc.Arbitrary<Answer | Busy>
  readonly hostQuestion: fc.Arbitrary<HostQuestion>
  readonly hostAnswer: fc.Arbitrary<HostBody>
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
export const ringId = bytes(20).map((id) => RingId.of(id))
const flag = fc.boolean()
const token = fc.uint8Array({ maxLength: 128 })
const seq = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
const age = fc.integer({ min: 0, max: 65_535 })
const value = fc
  .oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 60 }) }, fc.integer({ min: 0, max: 996 }))
  .map((length) => new TextEncoder().encode(`${length}:${'v'.repeat(length)}`))

export const item: fc.Arbitrary<Item> = fc.oneof(
  value.map((value): Item => ({ kind: 'immutable', value })),
  fc.record({
    kind: fc.constant('mutable' as const),
    value,
    publicKey: bytes(32),
    salt: fc.uint8Array({ maxLength: 64 }),
    seq,
    signature: bytes(64),
  }),
)

const copy: fc.Arbitrary<CopiedItem> = fc.record({ item, age: fc.integer({ min: 0, max: 2_592_000 }) })
const range = fc.record({ after: ringId, upTo: ringId })

function endpointOf(family: Family): fc.Arbitrary<Endpoint> {
  const address =
    family === 4
      ? fc.tuple(fc.integer({ min: 1, max: 223 }), bytes(3)).map(([first, rest]) => [first, ...rest].join('.'))
      : bytes(15).map((rest) => ipText(Uint8Array.of(0x20, ...rest)))
  return fc.record({ host: address, port: fc.integer({ min: 1, max: 65_535 }) })
}

/** As they are in a ring of this family. */
export function wireMessages(family: Family): WireMessages {
  const endpoint = endpointOf(family)
  const contact = fc
    .tuple(endpoint, fc.integer({ min: 0, max: 63 }))
    .map(([at, slot]) => contactAt(at, slot) as ChordContact)
  const upTo = (most: number) => fc.array(contact, { maxLength: most })
  const peer: fc.Arbitrary<CopiedPeer> = fc.record({ endpoint, seed: flag, age })
  const peers = (most: number) => fc.array(peer, { maxLength: most })
  return {
    contact,
    question: fc.oneof(
      fc.constantFrom(...(['ping', 'state', 'notify', 'leaving'] as const)).map((kind): Question => ({ kind })),
      ringId.map((target): Question => ({ kind: 'route', target })),
    ),
    answer: fc.oneof(
      fc.constantFrom(...(['alive', 'absent', 'busy'] as const)).map((kind): Answer | Busy => ({ kind })),
      fc.record({
        kind: fc.constant('state' as const),
        predecessor: contact,
        successors: fc.array(contact, { minLength: 1, maxLength: 16 }),
      }),
      fc.record({ kind: fc.constant('route' as const), closer: upTo(8), successors: upTo(16) }),
    ),
    hostQuestion: hostQuestionOf(endpoint, peers(family === 4 ? 100 : 50)),
    hostAnswer: hostAnswerOf(upTo, fc.array(endpoint, { maxLength: 40 }), peers(20)),
  }
}

function hostQuestionOf(
  endpoint: fc.Arbitrary<Endpoint>,
  peers: fc.Arbitrary<CopiedPeer[]>,
): fc.Arbitrary<HostQuestion> {
  const port = fc.integer({ min: 1, max: 65_535 })
  return fc.oneof(
    fc.constantFrom(...(['hello', 'ping'] as const)).map((kind): HostQuestion => ({ kind })),
    port.map((port): HostQuestion => ({ kind: 'reach', port })),
    endpoint.map((to): HostQuestion => ({ kind: 'signal', to })),
    fc.record({ kind: fc.constant('forward' as const), target: ringId, steps: fc.integer({ min: 0, max: 255 }) }),
    fc.record(
      { kind: fc.constant('read' as const), key: ringId, seq, peers: fc.record({ noSeeds: flag }), token },
      { requiredKeys: ['kind', 'key'] },
    ),
    fc.record(
      { kind: fc.constant('write' as const), item, cas: seq, token },
      { requiredKeys: ['kind', 'item', 'token'] },
    ),
    fc.record({
      kind: fc.constant('announce' as const),
      infoHash: ringId,
      port: fc.oneof(port, fc.constant('implied' as const)),
      seed: flag,
      token,
    }),
    fc.record({ kind: fc.constant('range' as const), range }),
    fc.record({ kind: fc.constant('copies' as const), range, from: ringId }, { requiredKeys: ['kind', 'range'] }),
    fc.record({ kind: fc.constant('store' as const), copies: fc.array(copy, { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('storePeers' as const), infoHash: ringId, peers }),
  )
}

function hostAnswerOf(
  upTo: (most: number) => fc.Arbitrary<ChordContact[]>,
  endpoints: fc.Arbitrary<Endpoint[]>,
  peers: fc.Arbitrary<CopiedPeer[]>,
): fc.Arbitrary<HostBody> {
  const digest = bytes(8)
  return fc.oneof(
    fc.constant<HostBody>({ kind: 'done' }),
    fc.record({ kind: fc.constant('hello' as const), members: upTo(32) }),
    fc.record({ kind: fc.constant('forward' as const), owners: upTo(16), hops: fc.integer({ min: 0, max: 255 }) }),
    fc.record(
      {
        kind: fc.constant('read' as const),
        token,
        item,
        isTooLarge: fc.constant(true as const),
        seq,
        peers: endpoints,
      },
      { requiredKeys: ['kind', 'token'] },
    ),
    fc.record({ kind: fc.constant('written' as const), stored: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ kind: fc.constant('range' as const), parts: fc.array(digest, { minLength: 16, maxLength: 16 }) }),
    fc.record({
      kind: fc.constant('range' as const),
      keys: fc.array(fc.record({ key: ringId, digest }), { maxLength: 40 }),
    }),
    fc.record({
      kind: fc.constant('copies' as const),
      items: fc.array(copy, { maxLength: 4 }),
      peers: fc.array(fc.record({ infoHash: ringId, peers }), { maxLength: 3 }),
      next: fc.option(ringId, { nil: undefined }),
    }),
  )
}
