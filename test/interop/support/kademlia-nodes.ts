/** Our node and those of `bittorrent-dht` on loopback, each on a /24 of its own, as production rules allow one a network. */
import { once } from 'node:events'
import { Client } from 'bittorrent-dht'
import { createClock } from '../../../src-main/host/clock.ts'
import { createDatagrams } from '../../../src-main/host/datagrams.ts'
import { createRandom } from '../../../src-main/host/random.ts'
import { isSigned } from '../../../src-main/items/ed25519.ts'
import { KademliaNode } from '../../../src-main/kademlia/kademlia-node.ts'
import { NodeId } from '../../../src-main/kademlia/node-id.ts'
import type { KademliaNodeOptions } from '../../../src-main/kademlia/node-options.ts'
import { silentLog } from '../../../src-main/kernel/log.ts'
import type { Endpoint } from '../../../src-main/kernel/network.ts'
import { datagramTransport } from '../../../src-main/rpc/message-transport.ts'
import { Rpc } from '../../../src-main/rpc/rpc.ts'

/** Part of the test context of Vitest. */
interface Ending {
  onTestFinished(end: () => Promise<void>): void
}

export interface OurNode {
  readonly node: KademliaNode
  readonly rpc: Rpc
  readonly endpoint: Endpoint
}

const clock = createClock()
const random = createRandom()

/** The address of the n-th node of a test: 127.0.n.1. */
export function loopback(n: number): string {
  return `127.0.${n}.1`
}

/** A running node of ours that serves at once. */
export async function ourNode(
  context: Ending,
  n: number,
  bootstrap: readonly Endpoint[] = [],
  options: Partial<KademliaNodeOptions> = {},
): Promise<OurNode> {
  const transport = datagramTransport(createDatagrams(), { host: loopback(n), port: 0 })
  const rpc = await Rpc.open(transport, { clock, random, id: NodeId.random(random).bytes })
  const routers = (found: (endpoints: readonly Endpoint[]) => void) => found(bootstrap)
  const node = new KademliaNode(rpc, { clock, random, log: silentLog }, { mode: 'on', routers, ...options })
  node.start()
  context.onTestFinished(async () => {
    node.stop()
    await rpc.close()
  })
  return { node, rpc, endpoint: rpc.local }
}

/** A running node of `bittorrent-dht`. */
export async function npmNode(context: Ending, n: number, bootstrap: readonly Endpoint[] = []): Promise<Client> {
  const names = bootstrap.map(({ host, port }) => `${host}:${port}`)
  const client = new Client({
    bootstrap: names.length > 0 ? names : false,
    verify: (signature, message, key) => isSigned(key, message, signature),
  })
  context.onTestFinished(() => new Promise((resolve) => client.destroy(resolve)))
  const listening = once(client, 'listening')
  client.listen(0, loopback(n), () => {})
  await listening
  return client
}

export function endpointOf(client: Client, n: number): Endpoint {
  return { host: loopback(n), port: client.address().port }
}

/** What a function with a callback for its end reports. */
export function reported<R>(start: (done: (report: R) => void) => unknown): Promise<R> {
  return new Promise((resolve) => {
    start(resolve)
  })
}

/** What a function of Node's kind reports. */
export function answered<R>(start: (done: (error: Error | null, value: R) => void) => unknown): Promise<R> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)))
  })
}

/** Looks each 50 ms whether it holds, for at most so long. */
export async function eventually(holds: () => boolean, limit: number, what: string): Promise<void> {
  const end = clock.now() + limit
  while (!holds()) {
    if (clock.now() > end) throw new Error(`${what} does not hold after ${limit} ms`)
    await new Promise<void>((resolve) => clock.after(50, resolve))
  }
}
