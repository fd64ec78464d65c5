// What the process can be asked to do: see `BcoinCommands` in test/interop/support/bcoin-protocol.ts for arguments and results.
const { Address, Block, Coin, Script, TX, revHex } = require('./bcoin.cjs')
const { dial, openNode } = require('./oracle-node.cjs')

/** Longest time for one command, so that nothing is ever waited for in vain. */
exports.LIMIT_MS = 60_000

/** @param options as `openNode` takes them */
exports.openCommands = async function openCommands(options, tell) {
  let { node, port } = await openNode(options, tell)

  return {
    port,
    commands: {
      info: async () => ({
        height: node.chain.height,
        tip: revHex(node.chain.tip.hash),
        chainwork: node.chain.tip.chainwork.toString('hex', 64),
        peers: peersOf(node.pool),
      }),
      mine: async ({ blocks, address }) => {
        const hashes = []
        for (let i = 0; i < blocks; i++) hashes.push(await mineOne(node, address))
        return hashes
      },
      addTx: ({ tx }) =>
        attempt(async () => ({ accepted: (await node.mempool.addTX(TX.fromRaw(tx, 'hex'))) === null })),
      mempool: async () => [...node.mempool.map.values()].map(({ tx }) => tx.txid()),
      block: async ({ at }) => {
        const block = await node.chain.getBlock(typeof at === 'number' ? at : revHex(at))
        return block ? block.toRaw().toString('hex') : null
      },
      facts: async ({ at }) => {
        const block = await node.chain.getBlock(typeof at === 'number' ? at : revHex(at))
        return block ? factsOf(block) : null
      },
      inject: ({ block }) => attempt(() => inject(node.chain, Block.fromRaw(block, 'hex'))),
      verifyTx: async ({ tx, spent, flags }) => verifyTx(TX.fromRaw(tx, 'hex'), spent, flags),
      connect: async ({ host, port: at }) => {
        await dial(node, host, at)
        return true
      },
      disconnect: async () => {
        for (let peer = node.pool.peers.head(); peer; peer = peer.next) peer.destroy()
        node.pool.hosts.clearBanned()
        return true
      },
      /** A new node, with nothing but genesis, on the same port. */
      reset: async () => {
        await node.close()
        node = (await openNode({ ...options, port }, tell)).node
        return true
      },
    },
  }
}

async function mineOne(node, address) {
  const job = await node.miner.createJob(null, Address.fromString(address, node.network))
  // Our rule is stricter than bcoin's: greater than the parent's, not only than the median.
  job.attempt.time = Math.max(node.network.now(), node.chain.tip.time + 1)
  const block = job.mine()
  await node.chain.add(block)
  return block.rhash()
}

async function inject(chain, block) {
  const entry = await chain.add(block)
  if (entry === null) return { accepted: false, orphan: true }
  return { accepted: true, height: entry.height, best: chain.tip.hash === entry.hash }
}

/** The result, or the rule that was broken. */
async function attempt(act) {
  try {
    return await act()
  } catch (error) {
    if (error.type === 'VerifyError') return { accepted: false, reason: error.reason, score: error.score }
    if (error.type === 'EncodingError' || error.name === 'EncodingError')
      return { accepted: false, reason: 'malformed' }
    throw error
  }
}

/** The first input that may not spend, and why; null where all may. */
function verifyTx(tx, spent, flags) {
  const bits = flags.reduce((all, name) => all | flagOf(name), 0)
  for (const [input, { value, script }] of spent.entries()) {
    const coin = new Coin()
    coin.value = value
    coin.script = Script.fromRaw(script, 'hex')
    try {
      tx.checkInput(input, coin, bits)
    } catch (error) {
      if (error.type !== 'ScriptError') throw error
      return { input, code: error.code }
    }
  }
  return null
}

function flagOf(name) {
  const flag = Script.flags[`VERIFY_${name}`]
  if (flag === undefined) throw new Error(`bcoin knows no flag ${name}`)
  return flag
}

/** All worked out anew by bcoin, not read off the block. */
function factsOf(block) {
  return {
    hash: block.rhash(),
    merkleRoot: revHex(block.createMerkleRoot('hex')),
    commitment: block.getCommitmentHash() ? block.createCommitmentHash('hex') : null,
    weight: block.getWeight(),
    transactions: block.txs.map((tx) => ({ txid: tx.txid(), wtxid: tx.rwhash(), weight: tx.getWeight() })),
  }
}

function peersOf(pool) {
  const peers = []
  for (let peer = pool.peers.head(); peer; peer = peer.next)
    peers.push({ peer: peer.hostname(), open: peer.handshake, outbound: peer.outbound })
  return peers
}
