/**
 * A full node in a process of its own, on loopback: `node.ts '{"folder":"…"}'` listens and says where; with `dial` and
 * `height` it gets all blocks from there, says how long that took and ends.
 */
import { AddressManager } from '../../src-main/chain/network/addrman/address-manager.ts'
import { PeerToPeerNode } from '../../src-main/chain/network/peer-to-peer-node.ts'
import { createClock } from '../../src-main/host/clock.ts'
import { createRandom } from '../../src-main/host/random.ts'
import { createStreams } from '../../src-main/host/streams.ts'
import { network } from './chain-maker.ts'
import { log, measured, openChainThread } from './thread.ts'

const LOOPBACK = '127.0.0.1'

interface NodeOptions {
  readonly folder: string
  readonly dial?: number
  readonly height?: number
}

const { folder, dial, height = 0 } = JSON.parse(process.argv[2] ?? '{}') as NodeOptions
const clock = createClock()
const random = createRandom()
const chain = await openChainThread(folder)
const node = new PeerToPeerNode({
  ...{ network, chain, clock, random, log, userAgent: '/Shoal:bench/' },
  streams: createStreams(),
  addresses: new AddressManager({ clock, random }),
  listen: { host: LOOPBACK, port: 0 },
  servesFilters: true,
})
await node.start()
console.log(JSON.stringify({ port: node.listening?.port }))
if (dial !== undefined) {
  const work = await measured(() => synced(dial))
  console.log(JSON.stringify(work))
  await node.stop()
  await chain.close()
  process.exit(0)
}

function synced(port: number): Promise<void> {
  return new Promise((resolve) => {
    chain.watch({ tipChanged: () => chain.state.tip.height >= height && resolve() })
    node.connect({ host: LOOPBACK, port })
  })
}
