// The parts of bcoin that are used here. One of its dependencies has a compiled hash and a plain one: the plain one is put
// in its place before anything asks for it, so that nothing needs a compiler.
const Module = require('node:module')

const compiled = require.resolve('mrmr/lib/murmur3')
const plain = new Module(compiled)
plain.exports = require('mrmr/lib/murmur3-browser')
plain.loaded = true
require.cache[compiled] = plain

module.exports = {
  Address: require('bcoin/lib/primitives/address'),
  Block: require('bcoin/lib/primitives/block'),
  BlockTemplate: require('bcoin/lib/mining/template').BlockTemplate,
  Chain: require('bcoin/lib/blockchain/chain'),
  Coin: require('bcoin/lib/primitives/coin'),
  FullNode: require('bcoin/lib/node/fullnode'),
  Logger: require('blgr'),
  NetAddress: require('bcoin/lib/net/netaddress'),
  Network: require('bcoin/lib/protocol/network'),
  Peer: require('bcoin/lib/net/peer'),
  Script: require('bcoin/lib/script/script'),
  TX: require('bcoin/lib/primitives/tx'),
  WorkerPool: require('bcoin/lib/workers/workerpool'),
  consensus: require('bcoin/lib/protocol/consensus'),
  networks: require('bcoin/lib/protocol/networks'),
  policy: require('bcoin/lib/protocol/policy'),
  revHex: require('bcoin/lib/utils/util').revHex,
  tcp: require('btcp'),
  thresholdStates: require('bcoin/lib/blockchain/common').thresholdStates,
}
