// bcoin's full node, in memory and on loopback only: it dials nobody but whom it is told to, resolves no names, opens no
// port of a router and serves no HTTP. What it refuses, and why, is told as an event wherever it came from.
const { FullNode, Logger, NetAddress, tcp } = require('./bcoin.cjs')
const { displayHash } = require('./network.cjs')

const LOOPBACK = '127.0.0.1'
const MAX_PEERS = 32
const nothing = async () => {}

/** @param tell called with each event: see `BcoinEvent` in test/interop/support/bcoin-protocol.ts */
exports.openNode = async function openNode({ network, port, bloom, log }, tell) {
  const node = new FullNode({
    network: network.type,
    memory: true,
    workers: false,
    logger: loggerTo(process.stderr, log),
    listen: true,
    host: LOOPBACK,
    maxOutbound: MAX_PEERS,
    maxInbound: MAX_PEERS,
    persistentMempool: false,
    replaceByFee: true,
    rejectAbsurdFees: false,
    bip37: bloom,
    upnp: false,
    createSocket: dialLoopback,
  })
  // Given as an option it could not be 0, which is any that is free.
  node.pool.options.port = port
  node.http.open = nothing
  node.http.close = nothing
  stayAlone(node.pool)
  tellOf(node, tell)
  const listening = new Promise((resolve) => node.pool.once('listening', resolve))
  await node.open()
  await node.pool.connect()
  node.pool.startSync()
  return { node, port: (await listening).port }
}

/** Connects to a node. Resolves once both have shaken hands. @throws where it comes to nothing */
exports.dial = function dial({ pool, network }, host, port) {
  const peer = pool.createOutbound(NetAddress.fromHost(host, port, network))
  pool.peers.add(peer)
  return new Promise((resolve, reject) => {
    const opened = (other) => other === peer && settle(() => resolve())
    const closed = (other) => other === peer && settle(() => reject(new Error(`${host}:${port} closed the connection`)))
    const settle = (act) => {
      pool.off('peer open', opened)
      pool.off('peer close', closed)
      act()
    }
    pool.on('peer open', opened)
    pool.on('peer close', closed)
  })
}

function dialLoopback(port, host) {
  if (host !== LOOPBACK) throw new Error(`${host} is not ${LOOPBACK}`)
  return tcp.createSocket(port, host)
}

/** No peers but those of `dial` and those that come by themselves. */
function stayAlone(pool) {
  pool.discoverGateway = nothing
  pool.discoverExternal = nothing
  pool.discoverSeeds = nothing
  pool.getHost = () => null
}

function tellOf({ chain, mempool, pool }, tell) {
  const block = (event) => (entry) => tell({ event, hash: displayHash(entry.hash), height: entry.height })
  chain.on('connect', block('block'))
  chain.on('disconnect', block('disconnected'))
  mempool.on('tx', (tx) => tell({ event: 'tx', txid: tx.txid() }))
  tellOfRefusals(chain, 'add', (block, error, args) => reject('block', block.rhash(), error, args[1]))
  tellOfRefusals(mempool, 'addTX', (tx, error, args) => reject('tx', tx.txid(), error, args[0]))
  chain.on('bad orphan', (error, id) => reject('block', displayHash(error.hash), error, id))
  mempool.on('bad orphan', (error, id) => reject('tx', displayHash(error.hash), error, id))
  const reject = (what, hash, { reason, score }, id) =>
    tell({ event: 'reject', what, hash, reason, score, peer: pool.peers.find(id ?? -1)?.hostname() ?? null })
  pool.on('packet', (packet, peer) => {
    if (packet.cmd !== 'reject') return
    const { message, reason } = packet
    tell({ event: 'rejected', what: message, hash: packet.hash ? packet.rhash() : null, reason, peer: peer.hostname() })
  })
  tellOfPeers(pool, tell)
}

function tellOfPeers(pool, tell) {
  const errors = new WeakMap()
  const { bindPeer } = pool
  pool.bindPeer = (peer) => {
    bindPeer.call(pool, peer)
    peer.on('error', (error) => errors.set(peer, error.message))
  }
  pool.on('peer open', (peer) => {
    const { agent, version, services, height, outbound } = peer
    tell({ event: 'peer', peer: peer.hostname(), agent, version, services, height, outbound })
  })
  pool.on('peer close', (peer) => tell({ event: 'gone', peer: peer.hostname(), reason: errors.get(peer) ?? null }))
  pool.on('ban', (peer) => tell({ event: 'ban', peer: peer.hostname() }))
}

/** Calls `tell` for each call of a method that ends in a broken rule; the caller sees the same as before. */
function tellOfRefusals(object, method, tell) {
  const original = object[method]
  object[method] = async function refusing(item, ...args) {
    try {
      return await original.call(this, item, ...args)
    } catch (error) {
      if (error.type === 'VerifyError') tell(item, error, args)
      throw error
    }
  }
}

/** Standard output is for events and answers. */
function loggerTo(stream, level) {
  const logger = new Logger({ level, console: true, colors: false })
  logger.writeConsole = (number, module, [first, ...rest]) => {
    const text = first instanceof Error ? first.message : require('node:util').format(first, ...rest)
    return stream.write(`[${Logger.levelsByVal[number]}] (${module}) ${text}\n`)
  }
  return logger
}
