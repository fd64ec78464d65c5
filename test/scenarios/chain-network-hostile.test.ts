/** Peers of the chain that stall, lie or flood: what they get, and that the rest goes on. */
import { describe, expect, test } from 'vitest'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import { InventoryType } from '../../src-main/chain/network/messages/index.ts'
import { MAX_UNTAKEN_BYTES, MAX_WAITING_ITEMS, TAKING_LIMIT } from '../../src-main/chain/network/serving/answers.ts'
import { FIRST_STALL_LIMIT } from '../../src-main/chain/network/sync/download-limits.ts'
import { REST_AFTER_FAILURE } from '../../src-main/chain/network/sync/full-block-sync.ts'
import {
  BEHIND_LIMIT,
  HEADERS_TIME_LIMIT,
  MAX_UNCONNECTED_HEADERS,
  STALE_TIP_AFTER,
} from '../../src-main/chain/network/sync/header-sync.ts'
import { Block, MAX_BLOCK_BYTES } from '../../src-main/chain/primitives/block.ts'
import { BlockHeader, type BlockHeaderFields } from '../../src-main/chain/primitives/header.ts'
import { FREE_SCRIPT, free, pay, spend } from '../../src-main/chain/test-support/mempool-fixture.ts'
import {
  NetworkWorld,
  nextTime,
  type ScriptedPeer,
  type WorldNode,
} from '../../src-main/chain/test-support/network-world.ts'
import { recentChain, SIMULATED_START } from '../../src-main/chain/test-support/recent-chain.ts'
import { TestChain } from '../../src-main/chain/test-support/test-chain.ts'
import { withFields } from '../../src-main/chain/test-support/test-keys.ts'
import { concatBytes } from '../../src-main/kernel/bytes.ts'

/** Why the node let go of a peer, by its log. */
function endOf({ host }: WorldNode, peer: ScriptedPeer): string | undefined {
  const entries = host.log.entries.filter(({ event }) => event.endsWith('connection ended'))
  return entries.find(({ facts }) => String(facts?.peer).startsWith(`${peer.host.address}:`))?.facts?.reason as string
}

function fieldsOf({ version, previous, merkleRoot, time, bits, nonce }: BlockHeader): BlockHeaderFields {
  return { version, previous, merkleRoot, time, bits, nonce }
}

describe('while catching up', () => {
  test('a peer that keeps blocks back and holds up the window is given up at once', async () => {
    const world = new NetworkWorld({ seed: 31 })
    const chain = recentChain(1_300)
    const staller = await world.listeningPeer()
    staller.serve(chain, { blocks: false })
    const honest = await world.node(chain.blocks.slice(1))
    const fresh = await world.node()
    fresh.node.connect(staller.endpoint)
    await world.until(() => staller.all('getdata').length > 0)
    world.connect(fresh, honest)
    const began = world.simulation.elapsed
    await world.until(() => endOf(fresh, staller) !== undefined)
    expect(endOf(fresh, staller)).toBe('it holds up the download of blocks')
    expect(world.simulation.elapsed - began).toBeGreaterThan(FIRST_STALL_LIMIT)
    expect(world.simulation.elapsed - began).toBeLessThan(20_000)
    await world.until(() => world.haveTip([fresh], chain.tip.hash))
    await world.stop()
  })

  test('a block that does not come in time is asked of another', async () => {
    const world = new NetworkWorld({ seed: 32 })
    const chain = recentChain(100)
    const staller = await world.listeningPeer()
    staller.serve(chain, { blocks: false })
    const honest = await world.node(chain.blocks.slice(1))
    const fresh = await world.node()
    fresh.node.connect(staller.endpoint)
    await world.until(() => staller.all('getdata').length > 0)
    world.connect(fresh, honest)
    await world.until(() => world.haveTip([fresh], chain.tip.hash), 200_000)
    expect(endOf(fresh, staller)).toBe('a block took too long')
    await world.stop()
  })

  test('what one peer has not got is asked of another at once', async () => {
    const world = new NetworkWorld({ seed: 33 })
    const chain = recentChain(100)
    const poor = await world.listeningPeer()
    poor.serve(chain, { blocks: false })
    const { answer } = poor
    poor.answer = (message) => {
      if (message.command === 'getdata') poor.send({ command: 'notfound', items: message.items })
      else answer(message)
    }
    const fresh = await world.node()
    fresh.node.connect(poor.endpoint)
    await world.until(() => poor.all('getdata').length > 0)
    const honest = await world.node(chain.blocks.slice(1))
    world.connect(fresh, honest)
    await world.until(() => world.haveTip([fresh], chain.tip.hash), 10_000)
    expect(poor.closed).toBeUndefined()
    await world.stop()
  })

  test('who does not tell headers loses the turn to another', async () => {
    const world = new NetworkWorld({ seed: 34 })
    const chain = recentChain(100)
    const silent = await world.listeningPeer()
    const honest = await world.node(chain.blocks.slice(1))
    const fresh = await world.node()
    fresh.node.connect(silent.endpoint)
    await world.until(() => silent.all('getheaders').length > 0)
    world.connect(fresh, honest)
    await world.run(10_000)
    expect(fresh.chain.state.bestHeader.height).toBe(0)
    await world.until(() => world.haveTip([fresh], chain.tip.hash), 40_000)
    await world.stop()
  })
})

describe('one strike', () => {
  test('for a block that breaks a rule: its sender is let go and kept away', async () => {
    const world = new NetworkWorld({ seed: 35 })
    const chain = recentChain(20)
    const node = await world.node(chain.blocks.slice(1))
    const bad = chain.next({
      outputs: [{ value: 100n * 10n ** 8n, scriptPubKey: FREE_SCRIPT }],
      header: { time: SIMULATED_START },
    })
    const liar = await world.peerOf(node)
    liar.answer = (message) => {
      if (message.command === 'getdata') liar.send({ command: 'block', payload: bad.bytes() })
    }
    liar.send({ command: 'headers', headers: bad.header.bytes() })
    await world.until(() => liar.closed !== undefined)
    expect(endOf(node, liar)).toBe('it misbehaved: bad-cb-amount')
    expect(node.chain.state.tip.height).toBe(20)
    const again = await world.peerOf(node, { host: liar.host })
    expect(again.closed).toMatchObject({ code: expect.stringMatching(/REMOTE_CLOSED|NETWORK/) })
    await world.stop()
  })

  test('for a block that turns out bad only when its parent is here', async () => {
    const world = new NetworkWorld({ seed: 30 })
    const chain = recentChain(20)
    const node = await world.node(chain.blocks.slice(1))
    const parent = chain.mine({ header: { time: SIMULATED_START } })
    const outputs = [{ value: 100n * 10n ** 8n, scriptPubKey: FREE_SCRIPT }]
    const bad = chain.next({ outputs, header: { time: SIMULATED_START + 1 } })
    const [liar, honest] = [await world.peerOf(node), await world.peerOf(node)]
    liar.send({ command: 'headers', headers: concatBytes([parent.header.bytes(), bad.header.bytes()]) })
    await world.until(() => liar.all('getdata').length > 0)
    liar.send({ command: 'block', payload: bad.bytes() })
    await world.run(5_000)
    expect(liar.closed).toBeUndefined()
    honest.send({ command: 'block', payload: parent.bytes() })
    await world.until(() => liar.closed !== undefined)
    expect(endOf(node, liar)).toBe('it misbehaved: bad-cb-amount')
    expect(honest.closed).toBeUndefined()
    expect(world.haveTip([node], parent.hash)).toBe(true)
    await world.stop()
  })

  test('for a header without proof of work', async () => {
    const world = new NetworkWorld({ seed: 36 })
    const chain = recentChain(5)
    const node = await world.node(chain.blocks.slice(1))
    const liar = await world.peerOf(node)
    const { header } = chain.next({ header: { time: SIMULATED_START } })
    let unsolved = header
    for (let nonce = 0; unsolved.hasProofOfWork(networks.local.proofOfWork.limit); nonce++)
      unsolved = new BlockHeader({ ...fieldsOf(header), nonce })
    liar.send({ command: 'headers', headers: unsolved.bytes() })
    await world.until(() => liar.closed !== undefined)
    expect(endOf(node, liar)).toBe('it misbehaved: high-hash')
    await world.stop()
  })

  test('a changed block does not poison the good one', async () => {
    const world = new NetworkWorld({ seed: 37 })
    const chain = recentChain(110, { payTo: FREE_SCRIPT })
    const node = await world.node(chain.blocks.slice(1))
    const good = chain.mine({ transactions: [pay([chain.reward(1)], 1_000)], header: { time: SIMULATED_START } })
    const mutated = new Block(good.header, [...good.transactions, ...good.transactions.slice(-1)])
    const liar = await world.peerOf(node)
    liar.answer = (message) => {
      if (message.command === 'getdata') liar.send({ command: 'block', payload: mutated.bytes() })
    }
    liar.send({ command: 'headers', headers: good.header.bytes() })
    await world.until(() => liar.closed !== undefined)
    const honest = await world.peerOf(node)
    honest.serve(chain)
    honest.send({ command: 'headers', headers: good.header.bytes() })
    await world.until(() => world.haveTip([node], good.hash))
    await world.stop()
  })

  test('for a transaction that no block may hold, none for one that is only not relayed', async () => {
    const world = new NetworkWorld({ seed: 38 })
    const chain = recentChain(110, { payTo: FREE_SCRIPT })
    const node = await world.node(chain.blocks.slice(1))
    const cheap = pay([chain.reward(1)], 1)
    const unsigned = withFields(spend([chain.reward(2)], [free(1_000)]), {
      inputs: [{ previous: chain.reward(2).outpoint, scriptSig: Uint8Array.of(1, 0x51), sequence: 0, witness: [] }],
    })
    const broken = withFields(unsigned, { outputs: [free(51n * 10n ** 8n)] })
    const poor = await world.peerOf(node)
    poor.send({ command: 'tx', payload: cheap.bytes() })
    const liar = await world.peerOf(node)
    liar.send({ command: 'tx', payload: broken.bytes() })
    await world.until(() => liar.closed !== undefined)
    expect(endOf(node, liar)).toBe('it misbehaved: bad-txns-in-belowout')
    expect(poor.closed).toBeUndefined()
    expect(node.chain.mempool.size).toBe(0)
    await world.stop()
  })

  test('for a compact block that is none, and for asking for transactions that no block has', async () => {
    const world = new NetworkWorld({ seed: 39 })
    const chain = recentChain(10)
    const node = await world.node(chain.blocks.slice(1))
    const first = await world.peerOf(node)
    first.send({ command: 'cmpctblock', payload: new Uint8Array(200).fill(0xff) })
    await world.until(() => first.closed !== undefined)
    expect(endOf(node, first)).toBe('it misbehaved: bad-cmpctblock')
    const second = await world.peerOf(node)
    second.send({ command: 'getblocktxn', payload: concatBytes([chain.tip.hash, Uint8Array.of(1, 9)]) })
    await world.until(() => second.closed !== undefined)
    expect(endOf(node, second)).toBe('it misbehaved: it asks for transactions that no block has')
    await world.stop()
  })
})

describe('floods', () => {
  test(`headers that follow nothing: ${MAX_UNCONNECTED_HEADERS} in a row, not more`, async () => {
    const world = new NetworkWorld({ seed: 40 })
    const node = await world.node(recentChain(5).blocks.slice(1))
    const peer = await world.peerOf(node)
    peer.answer = (message) => {
      if (message.command === 'getheaders') peer.send({ command: 'headers', headers: new Uint8Array(0) })
    }
    const elsewhere = new TestChain()
    elsewhere.mineMany(3, { extraNonce: 9 })
    const headers = elsewhere.tip.header.bytes()
    for (let i = 0; i < MAX_UNCONNECTED_HEADERS; i++) peer.send({ command: 'headers', headers })
    await world.run(5_000)
    expect(peer.closed).toBeUndefined()
    peer.send({ command: 'headers', headers })
    await world.until(() => peer.closed !== undefined)
    expect(endOf(node, peer)).toBe('it misbehaved: headers that follow nothing')
    await world.stop()
  })

  test('headers of little work are kept up to a number, without a strike, and asked for no more', async () => {
    const world = new NetworkWorld({ seed: 41 })
    const chain = recentChain(400)
    const node = await world.node(chain.blocks.slice(1), { headerLimits: { perSource: 100, inAll: 150 } })
    const peer = await world.peerOf(node)
    const weak = new TestChain()
    weak.mineMany(200, { extraNonce: 3 })
    const known = node.chain.chainstate.headers.size
    for (let at = 1; at <= 200; at += 40) {
      const headers = concatBytes(weak.blocks.slice(at, at + 40).map(({ header }) => header.bytes()))
      peer.send({ command: 'headers', headers })
    }
    await world.run(5_000)
    expect(node.chain.chainstate.headers.size - known).toBe(80)
    expect(peer.closed).toBeUndefined()
    const asked = peer.all('getheaders').length
    const fresh = chain.mine({ header: { time: nextTime(node, chain) } })
    peer.send({ command: 'inv', items: [{ type: InventoryType.BLOCK, hash: fresh.hash }] })
    await world.run(5_000)
    expect(peer.all('getheaders')).toHaveLength(asked)
    await world.stop()
  })

  test('blocks that nobody asked for and that cannot matter are not kept', async () => {
    const world = new NetworkWorld({ seed: 42 })
    const chain = recentChain(400)
    const node = await world.node(chain.blocks.slice(1))
    const peer = await world.peerOf(node)
    const weak = new TestChain()
    for (const block of weak.mineMany(20, { extraNonce: 3 })) peer.send({ command: 'block', payload: block.bytes() })
    await world.run(5_000)
    expect(node.chain.chainstate.knowledgeOf(weak.blockAt(5).hash)).not.toBe('block')
    expect(peer.closed).toBeUndefined()
    await world.stop()
  })

  test(`questions: what waits for an answer is at most ${MAX_WAITING_ITEMS} items, and one reader's sloth holds up nobody else`, async () => {
    const world = new NetworkWorld({ seed: 43 })
    const chain = recentChain(300)
    const node = await world.node(chain.blocks.slice(1))
    const slow = await world.peerOf(node)
    const items = chain.blocks.slice(1).map(({ hash }) => ({ type: InventoryType.WITNESS_BLOCK, hash }))
    slow.link.pauseReading()
    for (let i = 0; i < 10; i++) slow.send({ command: 'getdata', items })
    const quick = await world.peerOf(node)
    quick.send({ command: 'getdata', items })
    await world.until(() => quick.all('block').length === 300)
    expect(slow.closed).toBeUndefined()
    const [link] = [...node.node.connections].filter(({ endpoint }) => endpoint.host === slow.host.address)
    expect(link?.link.bufferedBytes).toBeLessThanOrEqual(MAX_UNTAKEN_BYTES + MAX_BLOCK_BYTES)
    for (let i = 0; i < 60; i++) slow.send({ command: 'getdata', items })
    await world.run(5_000)
    expect(endOf(node, slow)).toBe('it asks for more than it takes')
    await world.stop()
  })
})

test('bytes of another network end the connection', async () => {
  const world = new NetworkWorld({ seed: 44 })
  const node = await world.node()
  const stranger = await world.peerOf(node, { magic: networks.main.magic })
  expect(stranger.closed).toBeDefined()
  expect(node.node.peerCount).toBe(0)
  await world.stop()
})

describe('our own trouble', () => {
  test('while the chain takes nothing, blocks are not fetched again and again, and nobody is blamed', async () => {
    const world = new NetworkWorld({ seed: 45 })
    const chain = recentChain(40)
    const peer = await world.listeningPeer()
    peer.serve(chain)
    const node = await world.node()
    const { acceptBlock } = node.chain
    node.chain.acceptBlock = () => Promise.reject(new Error('the disk is full'))
    node.node.connect(peer.endpoint)
    await world.run(100_000)
    const fetched = peer.all('getdata').flatMap(({ items }) => items).length
    expect(fetched).toBeGreaterThan(16)
    // At most all of them each time.
    expect(fetched).toBeLessThanOrEqual(40 * (100_000 / REST_AFTER_FAILURE + 1))
    expect(peer.closed).toBeUndefined()
    node.chain.acceptBlock = acceptBlock
    await world.until(() => world.haveTip([node], chain.tip.hash))
    await world.stop()
  })

  test('while the chain is being opened, peers are not blamed for headers that nobody asked for', async () => {
    const world = new NetworkWorld({ seed: 46 })
    const chain = recentChain(40)
    const nodes = [await world.node(chain.blocks.slice(1)), await world.node(chain.blocks.slice(1))]
    const fresh = await world.node()
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const { locator } = fresh.chain
    fresh.chain.locator = () => opened.then(locator)
    for (const node of nodes) world.connect(fresh, node)
    await world.run(200_000)
    expect(fresh.node.peerCount).toBeGreaterThanOrEqual(2)
    open()
    await world.until(() => world.haveTip([fresh], chain.tip.hash))
    await world.stop()
  })
})

test('who takes nothing of what it asked for is given up in the end', async () => {
  const world = new NetworkWorld({ seed: 47 })
  const chain = recentChain(300)
  const node = await world.node(chain.blocks.slice(1))
  const slow = await world.peerOf(node)
  slow.link.pauseReading()
  const items = chain.blocks.slice(1).map(({ hash }) => ({ type: InventoryType.WITNESS_BLOCK, hash }))
  for (let i = 0; i < 16; i++) slow.send({ command: 'getdata', items })
  await world.run(TAKING_LIMIT - 10_000)
  expect(endOf(node, slow)).toBeUndefined()
  await world.run(20_000)
  expect(endOf(node, slow)).toBe('it does not take what it asked for')
  await world.stop()
})

test('a node that we chose and that stays behind loses its place', async () => {
  const world = new NetworkWorld({ seed: 48 })
  const chain = recentChain(60)
  const behind = await world.listeningPeer()
  behind.serve(chain.fork(10))
  const node = await world.node(chain.blocks.slice(1))
  node.addresses.add([{ ...behind.endpoint, services: 9n, time: SIMULATED_START }], { origin: 'manual' })
  await world.until(() => behind.isReady)
  await world.run(BEHIND_LIMIT)
  expect(endOf(node, behind)).toBeUndefined()
  await world.run(2 * HEADERS_TIME_LIMIT)
  expect(endOf(node, behind)).toBe('it is behind our chain')
  await world.stop()
})

test('without a new block for long, peers are asked for headers again', async () => {
  const world = new NetworkWorld({ seed: 49 })
  const chain = recentChain(20)
  const peer = await world.listeningPeer()
  peer.serve(chain)
  const node = await world.node(chain.blocks.slice(1))
  node.node.connect(peer.endpoint)
  await world.run(60_000)
  const asked = peer.all('getheaders').length
  await world.run(STALE_TIP_AFTER)
  expect(peer.all('getheaders').length).toBeGreaterThan(asked)
  await world.stop()
})
