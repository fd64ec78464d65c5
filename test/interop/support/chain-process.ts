/** Run as a process of its own: a full node of the local network on the real host, driven by lines on standard input. */
import { join } from 'node:path'
import type { BlockOutcome, TransactionOutcome } from '../../../src-main/chain/chain.ts'
import { networks } from '../../../src-main/chain/consensus/networks.ts'
import { AddressManager } from '../../../src-main/chain/network/addrman/address-manager.ts'
import { PeerToPeerNode } from '../../../src-main/chain/network/peer-to-peer-node.ts'
import { openFullChain } from '../../../src-main/chain/node/open-full-chain.ts'
import { displayHash } from '../../../src-main/chain/primitives/hashes.ts'
import { createClock } from '../../../src-main/host/clock.ts'
import { createDatabases } from '../../../src-main/host/database.ts'
import { createFileStore } from '../../../src-main/host/files.ts'
import { createLog, standardErrorSink } from '../../../src-main/host/log.ts'
import { createRandom } from '../../../src-main/host/random.ts'
import { createSignatureVerifier } from '../../../src-main/host/signature-verifier.ts'
import { createStreams } from '../../../src-main/host/streams.ts'
import { fromHex } from '../../../src-main/kernel/bytes.ts'
import { encodeLine, LineReader } from '../../../src-main/serving/json-lines.ts'
import type { ChainNodeOptions, FromChainNode, ToChainNode } from './chain-protocol.ts'

const LOOPBACK = '127.0.0.1'
const COIN_CACHE_BYTES = 32_000_000
const MEMPOOL_BYTES = 50_000_000

const { folder, userAgent } = JSON.parse(process.argv[2] ?? '{}') as ChainNodeOptions
const network = networks.local
const clock = createClock()
const random = createRandom()
const log = createLog({ level: 'debug', format: 'text', sink: standardErrorSink() })
const verifier = createSignatureVerifier()
const say = (message: FromChainNode) => process.stdout.write(encodeLine(message))

const chain = await openFullChain(
  {
    network: 'local',
    path: join(folder, 'chain.db'),
    mode: 'archive',
    keepBlocks: 288,
    coinCacheBytes: COIN_CACHE_BYTES,
    mempoolBytes: MEMPOOL_BYTES,
    signatureThreads: 0,
  },
  {
    ...{ clock, random, log, verifier },
    databases: createDatabases(),
    files: createFileStore(),
    batches: { verifyAll: async (checks) => checks.map((check) => verifier.verify(check)) },
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  },
)
const node = new PeerToPeerNode({
  ...{ network, chain, clock, random, log, userAgent },
  streams: createStreams(),
  addresses: new AddressManager({ clock, random }),
  listen: { host: LOOPBACK, port: 0 },
  servesFilters: true,
})

function sayState(): void {
  const { tip, mempool } = chain.state
  const { transactions } = mempool
  say({ kind: 'state', tip: displayHash(tip.hash), height: tip.height, transactions, peers: node.peerCount })
}

function sayOutcome(outcome: BlockOutcome | TransactionOutcome): void {
  if (outcome.status !== 'refused') say({ kind: 'outcome', outcome: outcome.status })
  else say({ kind: 'outcome', outcome: `refused: ${'fault' in outcome ? outcome.fault.reason : outcome.reason}` })
}

async function obey(order: ToChainNode): Promise<void> {
  switch (order.kind) {
    case 'connect':
      node.connect({ host: LOOPBACK, port: order.port })
      return
    case 'forget':
      node.forget({ host: LOOPBACK, port: order.port })
      return
    case 'block':
      return sayOutcome(await chain.acceptBlock(fromHex(order.bytes), 'miner', true))
    case 'transaction':
      return sayOutcome(await chain.acceptTransaction(fromHex(order.bytes), undefined))
    case 'stop':
      await node.stop()
      await chain.close()
      say({ kind: 'stopped' })
  }
}

chain.watch({
  tipChanged: ({ disconnected }) => {
    for (const { hash } of disconnected) say({ kind: 'disconnected', hash: displayHash(hash) })
    sayState()
  },
  transactionAdded: ({ txid }) => say({ kind: 'added', txid: displayHash(txid) }),
  stateChanged: sayState,
})
await node.start()
const lines = new LineReader()
let last = Promise.resolve()
process.stdin.on('data', (chunk: Uint8Array) =>
  lines.push(chunk, (message) => {
    last = last.then(() => obey(message as ToChainNode))
  }),
)
process.stdin.on('end', () => process.exit(0))
say({ kind: 'ready', port: node.listening?.port ?? 0 })
sayState()
