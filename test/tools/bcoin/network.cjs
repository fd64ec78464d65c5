// One of our networks as bcoin knows networks: parameters as data, and the few rules that it has built in put in their
// place. A process knows one such network, for some of these are bcoin's globals. Only networks whose difficulty never
// changes: then each target is the limit.
const BN = require('bn.js')
const bcoin = require('./bcoin.cjs')

const { Block, BlockTemplate, Chain, Network, Peer, consensus, networks, policy, revHex, thresholdStates } = bcoin

/** Bits that announce these are locked in and in force, from the first block on. */
const ACTIVE_DEPLOYMENTS = ['csv', 'segwit']
const SEQUENCE_BELOW_FINAL = 0xfffffffe
/** Between two announcements of transactions to a peer; bcoin's own is 5,000. */
const TRICKLE_MS = 200

/**
 * @param parameters see `BcoinParameters` in test/interop/support/bcoin-protocol.ts
 * @returns bcoin's network
 */
exports.defineNetwork = function defineNetwork(parameters) {
  const type = `shoal-${parameters.name}`
  networks.types.push(type)
  networks[type] = { ...networks.regtest, ...fieldsOf(type, parameters) }
  setRules(parameters)
  return Network.get(type)
}

function fieldsOf(type, { magic, port, genesis, bits, limit, addresses, requireStandard }) {
  const block = Block.fromRaw(genesis, 'hex')
  return {
    type,
    seeds: [],
    magic: Buffer.from(magic, 'hex').readUInt32LE(0),
    port,
    genesis: {
      version: block.version,
      hash: block.hash('hex'),
      prevBlock: block.prevBlock,
      merkleRoot: block.merkleRoot,
      time: block.time,
      bits: block.bits,
      nonce: block.nonce,
      height: 0,
    },
    genesisBlock: genesis,
    pow: { ...networks.regtest.pow, limit: new BN(limit, 16), bits, chainwork: new BN(0), targetReset: false },
    block: { ...networks.regtest.block, bip34height: 1, bip65height: 1, bip66height: 1 },
    addressPrefix: {
      ...networks.regtest.addressPrefix,
      pubkeyhash: addresses.publicKeyHash,
      scripthash: addresses.scriptHash,
      bech32: addresses.hrp,
    },
    requireStandard,
  }
}

function setRules({ bits, firstSubsidy, halvingInterval, coinbaseMaturity }) {
  consensus.COINBASE_MATURITY = coinbaseMaturity
  consensus.getReward = (height) => Math.floor(firstSubsidy / 2 ** Math.floor(height / halvingInterval))
  Chain.prototype.getTarget = async () => bits
  Chain.prototype.getState = async (_previous, { name }) =>
    ACTIVE_DEPLOYMENTS.includes(name) ? thresholdStates.ACTIVE : thresholdStates.DEFINED
  // No relay for free by the age of coins, which Bitcoin Core has given up; no long trickle, for which tests would wait.
  policy.FREE_THRESHOLD = Infinity
  Peer.INV_INTERVAL = TRICKLE_MS
  keepToBip54()
}

/** Coinbases of its miner: locktime and sequence as BIP 54 wants them. */
function keepToBip54() {
  const { createCoinbase } = BlockTemplate.prototype
  BlockTemplate.prototype.createCoinbase = function createTimelockedCoinbase(commitment) {
    const coinbase = createCoinbase.call(this, commitment)
    coinbase.locktime = this.height - 1
    coinbase.inputs[0].sequence = SEQUENCE_BELOW_FINAL
    coinbase.refresh()
    return coinbase
  }
}

/** bcoin keeps hashes in internal order; people read them the other way round. */
exports.displayHash = revHex
