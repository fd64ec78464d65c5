/** Every question of Chord, put to a program that may not know them. */

import type { HostQuestion } from '../../../src-main/chord/host-messages.ts'
import type { Question } from '../../../src-main/chord/messages.ts'
import { RingId } from '../../../src-main/chord/ring-id.ts'
import { CHORD_WORD, encodeHostQuestion, encodeQuestion, type NamedBody } from '../../../src-main/chord/wire/codec.ts'
import { encodeBencode } from '../../../src-main/codec/bencode.ts'
import { createClock } from '../../../src-main/host/clock.ts'
import { createDatagrams } from '../../../src-main/host/datagrams.ts'
import { createRandom } from '../../../src-main/host/random.ts'
import type { Endpoint } from '../../../src-main/kernel/network.ts'
import { datagramTransport } from '../../../src-main/rpc/message-transport.ts'
import { Rpc } from '../../../src-main/rpc/rpc.ts'
import { DEFAULT_RPC_LIMITS, type RpcLimits } from '../../../src-main/rpc/rpc-limits.ts'
import { loopback } from './kademlia-nodes.ts'

/** Part of the test context of Vitest. */
interface Ending {
  onTestFinished(end: () => Promise<void>): void
}

const key = RingId.of(new Uint8Array(20).fill(0x33))
const range = { after: key, upTo: key }
const token = new Uint8Array(8).fill(1)
const item = { kind: 'immutable', value: encodeBencode('of the ring') } as const

const ofMembers: { readonly [K in Question['kind']]: Extract<Question, { readonly kind: K }> } = {
  ping: { kind: 'ping' },
  state: { kind: 'state' },
  notify: { kind: 'notify' },
  leaving: { kind: 'leaving' },
  route: { kind: 'route', target: key },
}

const ofHosts = (
  of: Endpoint,
): { readonly [K in HostQuestion['kind']]: Extract<HostQuestion, { readonly kind: K }> } => ({
  hello: { kind: 'hello' },
  reach: { kind: 'reach', port: of.port },
  signal: { kind: 'signal', to: of },
  ping: { kind: 'ping' },
  forward: { kind: 'forward', target: key, steps: 8 },
  read: { kind: 'read', key },
  write: { kind: 'write', item, token },
  announce: { kind: 'announce', infoHash: key, port: 'implied', seed: false, token },
  range: { kind: 'range', range },
  copies: { kind: 'copies', range },
  store: { kind: 'store', copies: [{ item, age: 1 }] },
  storePeers: { kind: 'storePeers', infoHash: key, peers: [{ endpoint: of, seed: true, age: 1 }] },
})

function everyQuestion(of: Endpoint): NamedBody[] {
  const members = Object.values(ofMembers).map((question) => encodeQuestion({ to: 0, from: 1, question }))
  return [...members, ...Object.values(ofHosts(of)).map(encodeHostQuestion)]
}

export interface Outcomes {
  /** Names of the questions that were answered with more than an error. */
  readonly answered: string[]
  /** Codes of errors. */
  readonly errors: number[]
}

/** Faster than we ask in production, where a stranger is asked four things at once. */
const UNHURRIED = { perSecond: 1_000, burst: 1_000 }
const LIMITS: RpcLimits = {
  ...DEFAULT_RPC_LIMITS,
  ...{ maxOutstandingPerEndpoint: 64, outgoing: UNHURRIED, outgoingPerSender: UNHURRIED },
}

/** Puts every question to the program at `to`, from 127.0.`n`.1. What comes of them is told as it comes. */
export async function askEverything(context: Ending, n: number, to: Endpoint): Promise<Outcomes> {
  const transport = datagramTransport(createDatagrams(), { host: loopback(n), port: 0 })
  const random = createRandom()
  const rpc = await Rpc.open(transport, { clock: createClock(), random, id: random.bytes(20), limits: LIMITS })
  context.onTestFinished(() => rpc.close())
  const outcomes: Outcomes = { answered: [], errors: [] }
  const extension = rpc.extension(CHORD_WORD)
  for (const { name, body } of everyQuestion(rpc.local))
    extension.query(to, name, body, {
      replied: () => {
        outcomes.answered.push(name)
        return 'over'
      },
      failed: (_, error) => {
        if (error) outcomes.errors.push(error.code)
      },
    })
  return outcomes
}
