/**
 * Bitcoin's own networks as parameters, for vectors that come from there. The product does not know them.
 * Heights: Bitcoin Core's chain parameters. BIP 54 is not in force.
 */

import { allFrom, type ChainNetwork } from '../consensus/network.ts'
import { bitcoinMainGenesis, bitcoinRegtestGenesis } from './bitcoin-genesis.ts'

const GRAINS = 100_000_000n

export const bitcoinMain: ChainNetwork = {
  name: 'bitcoin-main',
  magic: Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9),
  port: 8_333,
  addresses: { title: 'Bitcoin', hrp: 'bc', publicKeyHash: 0x00, scriptHash: 0x05 },
  genesis: bitcoinMainGenesis,
  proofOfWork: { limit: 0xffffn << 208n, difficulty: { kind: 'period', spacing: 600, blocks: 2_016 } },
  headerTime: { aboveParent: false, aboveMedian: true, furthestAhead: 7_200 },
  subsidy: { first: 50n * GRAINS, halvingInterval: 210_000 },
  coinbaseMaturity: 100,
  minimumChainWork: 0n,
  maxTipAge: 24 * 60 * 60,
  activation: {
    bip16: 173_805,
    bip34: 227_931,
    bip54: Infinity,
    bip65: 388_381,
    bip66: 363_725,
    bip68: 419_328,
    bip112: 419_328,
    bip113: 419_328,
    bip141: 481_824,
    bip143: 481_824,
    bip147: 481_824,
  },
}

/** As btcd has it, whose generator made the full-block vectors: no BIP 34, nothing after BIP 66 but BIP 65. */
export const bitcoinRegtest: ChainNetwork = {
  ...bitcoinMain,
  name: 'bitcoin-regtest',
  magic: Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda),
  port: 18_444,
  addresses: { title: 'a Bitcoin network for tests', hrp: 'bcrt', publicKeyHash: 0x6f, scriptHash: 0xc4 },
  genesis: bitcoinRegtestGenesis,
  proofOfWork: { limit: 0x7f_ffffn << 232n, difficulty: { kind: 'fixed' } },
  subsidy: { first: 50n * GRAINS, halvingInterval: 150 },
  activation: { ...allFrom(Infinity), bip16: 0, bip65: 1_351, bip66: 1_251 },
}
