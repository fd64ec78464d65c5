/**
 * The three networks of Shoal. Their first blocks were mined once; their numbers never change.
 * Everything Bitcoin had to take up later holds here from block 1.
 */
import type { AddressPrefixes } from '../address/address.ts'
import { DESKTOP_RULE } from './difficulty.ts'
import { genesisBlock } from './genesis.ts'
import { allFrom, type ChainNetwork } from './network.ts'

export type NetworkName = 'main' | 'test' | 'local'

const GRAINS_PER_COIN = 100_000_000n
/** 2026-11-22 00:00:00 UTC. */
const GENESIS_TIME = 1_795_305_600
/** The target of bits 1d3fffff: some 2^26 hashes for a block, seconds of a desktop's processor. */
const DESKTOP_LIMIT = 0x3f_ffffn << 208n
const DESKTOP_LIMIT_BITS = 0x1d3f_ffff
/** The target of bits 207fffff: every second hash meets it. */
const LOCAL_LIMIT = 0x7f_ffffn << 232n
const LOCAL_LIMIT_BITS = 0x207f_ffff
const FIRST_SUBSIDY = 5n * GRAINS_PER_COIN
const LOCAL_FIRST_SUBSIDY = 50n * GRAINS_PER_COIN

const MAIN_ADDRESSES: AddressPrefixes = {
  title: "Shoal's main network",
  hrp: 'shl',
  publicKeyHash: 0x3f,
  scriptHash: 0x7d,
}
const TEST_ADDRESSES: AddressPrefixes = {
  title: "Shoal's test network",
  hrp: 'tshl',
  publicKeyHash: 0x6f,
  scriptHash: 0xc4,
}
/** Base58Check addresses are the test network's: both are worth nothing. */
const LOCAL_ADDRESSES: AddressPrefixes = { ...TEST_ADDRESSES, title: "Shoal's local network", hrp: 'lshl' }

/** For people. */
const main: ChainNetwork = {
  name: 'main',
  magic: Uint8Array.of(0xfa, 0x53, 0x48, 0x4c),
  port: 9_533,
  addresses: MAIN_ADDRESSES,
  genesis: genesisBlock({
    sentence: 'Shoal main, 22/Nov/2026: many small fish, one way',
    time: GENESIS_TIME,
    bits: DESKTOP_LIMIT_BITS,
    nonce: 67_784_974,
    subsidy: FIRST_SUBSIDY,
  }),
  proofOfWork: { limit: DESKTOP_LIMIT, difficulty: DESKTOP_RULE },
  headerTime: { aboveParent: true, aboveMedian: true, furthestAhead: 600 },
  subsidy: { first: FIRST_SUBSIDY, halvingInterval: 2_100_000 },
  coinbaseMaturity: 100,
  minimumChainWork: 0n,
  maxTipAge: 24 * 60 * 60,
  activation: allFrom(1),
}

/** For trying things: as `main`, with coins that are worth nothing. */
const test: ChainNetwork = {
  ...main,
  name: 'test',
  magic: Uint8Array.of(0xfb, 0x53, 0x48, 0x4c),
  port: 19_533,
  addresses: TEST_ADDRESSES,
  genesis: genesisBlock({
    sentence: 'Shoal test, 22/Nov/2026: many small fish, one way',
    time: GENESIS_TIME,
    bits: DESKTOP_LIMIT_BITS,
    nonce: 139_544_460,
    subsidy: FIRST_SUBSIDY,
  }),
}

/** For tests, demonstrations and development: blocks cost nothing, the miner paces them. */
const local: ChainNetwork = {
  ...main,
  name: 'local',
  magic: Uint8Array.of(0xfc, 0x53, 0x48, 0x4c),
  port: 29_533,
  addresses: LOCAL_ADDRESSES,
  genesis: genesisBlock({
    sentence: 'Shoal local, 22/Nov/2026: many small fish, one way',
    time: GENESIS_TIME,
    bits: LOCAL_LIMIT_BITS,
    nonce: 4,
    subsidy: LOCAL_FIRST_SUBSIDY,
  }),
  proofOfWork: { limit: LOCAL_LIMIT, difficulty: { kind: 'fixed' } },
  headerTime: { aboveParent: true, aboveMedian: false, furthestAhead: 7_200 },
  subsidy: { first: LOCAL_FIRST_SUBSIDY, halvingInterval: 210_000 },
  maxTipAge: Number.POSITIVE_INFINITY,
}

export const networks: Readonly<Record<NetworkName, ChainNetwork>> = { main, test, local }

/** Bitcoin's addresses look much like ours: they are refused by name. Its test networks share two of our prefixes. */
const BITCOIN_ADDRESSES: readonly AddressPrefixes[] = [
  { title: 'Bitcoin', hrp: 'bc', publicKeyHash: 0x00, scriptHash: 0x05 },
  { title: "Bitcoin's test network", hrp: 'tb', publicKeyHash: 0x6f, scriptHash: 0xc4 },
]

/** Prefixes of every network whose addresses can be named where another's are asked for. */
export const knownAddresses: readonly AddressPrefixes[] = [
  MAIN_ADDRESSES,
  TEST_ADDRESSES,
  LOCAL_ADDRESSES,
  ...BITCOIN_ADDRESSES,
]
