/** Our DHT node and `bittorrent-dht` over loopback, with the rules of production: bootstrap, peers and items, both ways. */
import type { Client } from 'bittorrent-dht'
import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { publicKeyOf, signWith } from '../../src-main/items/ed25519.ts'
import { signItem } from '../../src-main/items/item.ts'
import type { AnnounceReport, GetPeersReply } from '../../src-main/kademlia/dht.ts'
import { mutableTarget, targetOf } from '../../src-main/kademlia/item-target.ts'
import type { LookupResult } from '../../src-main/kademlia/lookup-result.ts'
import { NodeId } from '../../src-main/kademlia/node-id.ts'
import { utf8 } from '../../src-main/kernel/bytes.ts'
import type { GetReport, Item, PutReport } from '../../src-main/kernel/key-value-store.ts'
import { formatEndpoint } from '../../src-main/kernel/network.ts'
import { askEverything } from './support/chord-questions.ts'
import { answered, endpointOf, eventually, npmNode, type OurNode, ourNode, reported } from './support/kademlia-nodes.ts'

const LIMIT = 30_000
const infoHash = new Uint8Array(20).fill(0x5a)
const seed = new Uint8Array(32).fill(9)
const publicKey = Buffer.from(publicKeyOf(seed))

type Context = Parameters<typeof npmNode>[0]

/** Three of theirs that know each other and three of ours that joined through them. */
async function mixed(context: Context): Promise<{ ours: OurNode[]; theirs: Client[] }> {
  const first = await npmNode(context, 1)
  const bootstrap = [endpointOf(first, 1)]
  const theirs = [first, await npmNode(context, 2, bootstrap), await npmNode(context, 3, bootstrap)]
  const ours: OurNode[] = []
  for (const n of [4, 5, 6]) ours.push(await ourNode(context, n, bootstrap))
  await eventually(() => ours.every(({ node }) => node.facts.nodes >= 5), LIMIT, 'that ours know all')
  await eventually(() => theirs.every(({ nodes }) => nodes.toArray().length >= 5), LIMIT, 'that theirs know all')
  return { ours, theirs }
}

function get({ node }: OurNode, item: Item): Promise<GetReport> {
  const options = item.kind === 'mutable' ? { salt: item.salt } : {}
  return reported((done) => node.get(targetOf(item), options, done))
}

describe.concurrent('our node and bittorrent-dht', () => {
  test('bootstrap at each other', async (context) => {
    const ours = await ourNode(context, 11)
    const theirs = await npmNode(context, 12, [ours.endpoint])
    await eventually(() => ours.node.facts.phase === 'joined', LIMIT, 'that ours has joined')
    await eventually(() => theirs.nodes.toArray().length === 1, LIMIT, 'that theirs knows ours')
    expect(Buffer.from(theirs.nodeId).toString('hex')).toBe(
      ours.node.buckets().flatMap(({ live }) => live.map(({ contact }) => contact.id.toString()))[0],
    )
    const second = await ourNode(context, 13, [endpointOf(theirs, 12)])
    await eventually(() => second.node.facts.nodes === 2, LIMIT, 'that ours has joined through theirs')
  })

  test('find the peers that the other announced', async (context) => {
    const { ours, theirs } = await mixed(context)
    const [a, b] = ours as [OurNode, OurNode]
    const [x, y] = theirs as [Client, Client]
    const report = await reported<AnnounceReport>((done) =>
      a.node.announce(NodeId.of(infoHash), { port: 4_001, seed: false }, { done }),
    )
    expect(report.stored).toBe(5)
    const heard = new Set<string>()
    x.on('peer', (peer: { host: string; port: number }) => heard.add(formatEndpoint(peer)))
    await answered((done) => x.lookup(infoHash, done))
    expect([...heard]).toEqual([`${a.endpoint.host}:4001`])
    await answered((done) => y.announce(infoHash, 4_002, done))
    const found = new Set<string>()
    await reported<LookupResult<GetPeersReply>>((done) =>
      b.node.getPeers(
        NodeId.of(infoHash),
        {},
        { found: ({ peers }) => peers.map((peer) => found.add(formatEndpoint(peer))), done },
      ),
    )
    expect([...found].sort()).toEqual([`${a.endpoint.host}:4001`, '127.0.2.1:4002'].sort())
  })

  test('find the items that the other stored', async (context) => {
    const { ours, theirs } = await mixed(context)
    const [a, b] = ours as [OurNode, OurNode]
    const [x, y] = theirs as [Client, Client]
    const immutable = { kind: 'immutable', value: encodeBencode('from Shoal') } as const
    expect((await reported<PutReport>((done) => a.node.put(immutable, {}, done))).stored).toBe(5)
    const read = await answered<{ v: Uint8Array } | null>((done) =>
      x.get(Buffer.from(targetOf(immutable).bytes), {}, done),
    )
    expect(read && Buffer.from(read.v).toString()).toBe('from Shoal')
    await answered((done) => y.put({ v: Buffer.from('from npm') }, done))
    const theirItem: Item = { kind: 'immutable', value: encodeBencode('from npm') }
    expect((await get(b, theirItem)).item).toEqual(theirItem)
  })

  test.for(['', 'a salt'])('find and replace the mutable items of the other (salt "%s")', async (text, context) => {
    const { ours, theirs } = await mixed(context)
    const [a, b] = ours as [OurNode, OurNode]
    const [x, y] = theirs as [Client, Client]
    const salt = utf8(text)
    const target = Buffer.from(mutableTarget(publicKey, salt).bytes)
    const options = text === '' ? {} : { salt: Buffer.from(salt) }
    const first = signItem(seed, { value: encodeBencode('one'), seq: 1n, salt })
    expect((await reported<PutReport>((done) => a.node.put(first, {}, done))).stored).toBe(5)
    const read = await answered<{ v: Uint8Array; seq?: number } | null>((done) => x.get(target, { ...options }, done))
    expect(read && [Buffer.from(read.v).toString(), read.seq]).toEqual(['one', 1])
    const sign = (bytes: Uint8Array) => Buffer.from(signWith(seed, bytes))
    await answered((done) => y.put({ v: Buffer.from('two'), k: publicKey, seq: 2, cas: 1, sign, ...options }, done))
    const second = signItem(seed, { value: encodeBencode('two'), seq: 2n, salt })
    expect((await get(b, second)).item).toEqual(second)
    const old = await reported<PutReport>((done) => b.node.put(first, {}, done))
    expect([old.stored, [...old.refused.keys()]]).toEqual([0, [302]])
  })

  test('questions of Chord that it does not know leave it as it was', async (context) => {
    const theirs = await npmNode(context, 21)
    const complaints: unknown[] = []
    theirs.on('error', (error: unknown) => complaints.push(error))
    theirs.on('warning', (error: unknown) => complaints.push(error))
    const ours = await ourNode(context, 22, [endpointOf(theirs, 21)])
    await eventually(() => ours.node.facts.phase === 'joined', LIMIT, 'that ours has joined')
    const outcomes = await askEverything(context, 23, endpointOf(theirs, 21))
    // Its socket hears this after all of them.
    const report = await reported<AnnounceReport>((done) =>
      ours.node.announce(NodeId.of(infoHash), { port: 4_003, seed: false }, { done }),
    )
    expect(report.stored).toBe(1)
    const heard = new Set<string>()
    theirs.on('peer', (peer: { host: string; port: number }) => heard.add(formatEndpoint(peer)))
    await answered((done) => theirs.lookup(infoHash, done))
    expect([...heard]).toEqual([`${ours.endpoint.host}:4003`])
    expect(theirs.nodes.toArray()).toHaveLength(1)
    expect(ours.node.facts.nodes).toBe(1)
    expect([complaints, outcomes.answered]).toEqual([[], []])
  })
})
