/** Our DHT node and aria2 over loopback: bootstrap both ways, and each finds the peer that the other announced. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import type { AnnounceReport, GetPeersReply } from '../../src-main/kademlia/dht.ts'
import type { LookupResult } from '../../src-main/kademlia/lookup-result.ts'
import { NodeId } from '../../src-main/kademlia/node-id.ts'
import { type Endpoint, formatEndpoint } from '../../src-main/kernel/network.ts'
import { askEverything } from './support/chord-questions.ts'
import { eventually, loopback, type OurNode, ourNode, reported } from './support/kademlia-nodes.ts'
import { requirePeers } from './support/peers.ts'
import { Program } from './support/program.ts'

const LIMIT = 60_000
const ARIA2 = { host: loopback(31), dht: 46_881, tcp: 46_882 } as const
type Context = Parameters<typeof ourNode>[0]

beforeAll(requirePeers)

interface Torrent {
  readonly infoHash: NodeId
  readonly folder: string
  /** Of the .torrent file. */
  readonly path: string
}

/** A torrent of one piece that nobody has. */
async function absentTorrent(context: Context): Promise<Torrent> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-aria2-'))
  context.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const info = { length: 16_384, name: 'absent.bin', 'piece length': 16_384, pieces: new Uint8Array(20).fill(1) }
  const path = join(folder, 'absent.torrent')
  await writeFile(path, encodeBencode({ info }))
  return { infoHash: NodeId.of(createHash('sha1').update(encodeBencode(info)).digest()), folder, path }
}

function startAria2(context: Context, { folder, path }: Torrent, entry: Endpoint): void {
  const options = [
    '--no-conf=true',
    '--enable-dht=true',
    '--enable-dht6=false',
    '--enable-peer-exchange=false',
    '--bt-enable-lpd=false',
    `--interface=${ARIA2.host}`,
    `--dht-listen-port=${ARIA2.dht}`,
    `--listen-port=${ARIA2.tcp}`,
    `--dht-entry-point=${formatEndpoint(entry)}`,
    `--dht-file-path=${join(folder, 'dht.dat')}`,
    `--dir=${folder}`,
    '--log=-',
    '--log-level=info',
  ]
  const program = new Program('aria2', ['aria2c', ...options, path], { env: { HOME: folder } }, () => {})
  context.onTestFinished(() => program.kill())
}

/** A TCP port that notes the info-hashes of the handshakes that come. */
async function listener(context: Context): Promise<{ port: number; asked: Set<string> }> {
  const asked = new Set<string>()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (bytes) => {
      asked.add(bytes.subarray(28, 48).toString('hex'))
      socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, loopback(32), resolve))
  context.onTestFinished(() => new Promise((resolve) => server.close(() => resolve())))
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, asked }
}

function knowsAria2({ node }: OurNode): boolean {
  const live = node.buckets().flatMap((bucket) => bucket.live)
  return live.some(({ contact: { endpoint } }) => endpoint.host === ARIA2.host && endpoint.port === ARIA2.dht)
}

test('aria2 and our nodes bootstrap at each other and find each other’s peers', async (context) => {
  const first = await ourNode(context, 30)
  const second = await ourNode(context, 32, [first.endpoint])
  await eventually(() => second.node.ready, LIMIT, 'that ours have joined')
  const torrent = await absentTorrent(context)
  const { infoHash } = torrent
  const { port, asked } = await listener(context)
  const announced = await reported<AnnounceReport>((done) =>
    second.node.announce(infoHash, { port, seed: false }, { done }),
  )
  expect(announced.stored).toBe(1)
  startAria2(context, torrent, first.endpoint)
  await eventually(() => knowsAria2(first), LIMIT, 'that aria2 has bootstrapped at ours')
  const third = await ourNode(context, 33, [{ host: ARIA2.host, port: ARIA2.dht }])
  await eventually(() => third.node.ready && knowsAria2(third), LIMIT, 'that ours has bootstrapped at aria2')
  await eventually(() => asked.has(infoHash.toString()), LIMIT, 'that aria2 has dialled the peer that ours announced')
  const found = new Set<string>()
  const search = () =>
    reported<LookupResult<GetPeersReply>>((done) =>
      third.node.getPeers(
        infoHash,
        {},
        { found: ({ peers }) => peers.map((peer) => found.add(formatEndpoint(peer))), done },
      ),
    )
  const sought = formatEndpoint({ host: ARIA2.host, port: ARIA2.tcp })
  for (let attempt = 0; attempt < 20 && !found.has(sought); attempt++) {
    await search()
    const before = first.node.facts.counters.queriesReceived
    if (!found.has(sought))
      await eventually(() => first.node.facts.counters.queriesReceived > before + 2, LIMIT, 'more traffic')
  }
  expect([...found]).toContain(sought)
})

test('questions of Chord that aria2 does not know leave it as it was', async (context) => {
  const ours = await ourNode(context, 34)
  startAria2(context, await absentTorrent(context), ours.endpoint)
  await eventually(() => knowsAria2(ours), LIMIT, 'that aria2 has bootstrapped at ours')
  const aria2 = { host: ARIA2.host, port: ARIA2.dht }
  const outcomes = await askEverything(context, 36, aria2)
  const later = await ourNode(context, 35, [aria2])
  await eventually(() => later.node.ready && knowsAria2(later), LIMIT, 'that another bootstraps at aria2 afterwards')
  await eventually(() => knowsAria2(ours), LIMIT, 'that ours still knows aria2')
  expect(outcomes.answered).toEqual([])
  for (const code of outcomes.errors) expect([203, 204]).toContain(code)
})
