/**
 * One round of one implementation in a process of its own, so that its processor time is its own. Argument: `shoal`,
 * `bittorrent-dht` or `ping-pong`. Prints its figures as one line of JSON.
 */
import { randomBytes } from 'node:crypto'
import { median } from '../report.ts'
import { BittorrentDhtNetwork } from './bittorrent-dht-network.ts'
import type { DhtNetwork, Found } from './dht-network.ts'
import { pingPong } from './ping-pong.ts'
import { ShoalNetwork } from './shoal-network.ts'

export interface NetworkFigures {
  readonly joinSeconds: number
  readonly joinCpuSeconds: number
  readonly firstPeerMs: Percentiles
  readonly wholeMs: Percentiles
  /** Lookups of both parts that found no peer. */
  readonly misses: number
  readonly lookupsPerSecond: number
  readonly lookupsPerCpuSecond: number
  readonly messagesPerCpuSecond: number
  readonly messagesPerLookup: number
}

export interface Percentiles {
  readonly p50: number
  readonly p95: number
}

export interface PingPongFigures {
  readonly messagesPerSecond: number
  readonly messagesPerCpuSecond: number
}

const NODES = 300
const JOINING_AT_ONCE = 16
const INFO_HASHES = 50
const ANNOUNCING_AT_ONCE = 8
const SINGLE_LOOKUPS = 150
/** Not measured: until the code is compiled, which takes the same time however long the program then runs. */
const WARM_UP_LOOKUPS = 1_200
const LOADED_LOOKUPS = 2_400
const LOADED_AT_ONCE = 16
const ROUND_TRIPS = 100_000
/** What nodes still do by themselves after joining, before anything is measured. */
const REST_MS = 1_000

async function measureNetwork(network: DhtNetwork): Promise<NetworkFigures> {
  const joinFrom = mark(network)
  await network.join(0, undefined)
  await atOnce(NODES - 1, JOINING_AT_ONCE, (i) => network.join(i + 1, 0))
  const join = since(network, joinFrom)
  const infoHashes = Array.from({ length: INFO_HASHES }, () => new Uint8Array(randomBytes(20)))
  const hashOf = (i: number) => infoHashes[i % INFO_HASHES] as Uint8Array
  await atOnce(INFO_HASHES, ANNOUNCING_AT_ONCE, (i) => network.announce((i * 7) % NODES, hashOf(i), 7_000 + i))
  await rest()
  const single = await atOnce(SINGLE_LOOKUPS, 1, (i) => network.getPeers((i * 11 + 5) % NODES, hashOf(i)))
  await rest()
  // Another key each time a node's turn comes: asking for the same one again and again meets the pacing towards its holders.
  const loadedLookup = (i: number) => network.getPeers((i * 13 + 1) % NODES, hashOf(i + 7 * Math.floor(i / NODES)))
  await atOnce(WARM_UP_LOOKUPS, LOADED_AT_ONCE, loadedLookup)
  const loadFrom = mark(network)
  const loaded = await atOnce(LOADED_LOOKUPS, LOADED_AT_ONCE, loadedLookup)
  const load = since(network, loadFrom)
  await network.close()
  const misses = [...single, ...loaded].filter(({ firstPeerMs }) => firstPeerMs === undefined).length
  return {
    joinSeconds: join.seconds,
    joinCpuSeconds: join.cpuSeconds,
    firstPeerMs: percentiles(single, ({ firstPeerMs }) => firstPeerMs ?? Number.POSITIVE_INFINITY),
    wholeMs: percentiles(single, ({ wholeMs }) => wholeMs),
    misses,
    lookupsPerSecond: LOADED_LOOKUPS / load.seconds,
    lookupsPerCpuSecond: LOADED_LOOKUPS / load.cpuSeconds,
    messagesPerCpuSecond: load.messages / load.cpuSeconds,
    messagesPerLookup: load.messages / LOADED_LOOKUPS,
  }
}

interface Mark {
  readonly at: number
  readonly cpu: NodeJS.CpuUsage
  readonly messages: number
}

function mark(network: DhtNetwork): Mark {
  return { at: performance.now(), cpu: process.cpuUsage(), messages: network.messages }
}

function since(network: DhtNetwork, from: Mark): { seconds: number; cpuSeconds: number; messages: number } {
  const { user, system } = process.cpuUsage(from.cpu)
  return {
    seconds: (performance.now() - from.at) / 1_000,
    cpuSeconds: (user + system) / 1e6,
    messages: network.messages - from.messages,
  }
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST_MS))
}

/** Does `count` things, at most `width` of them at once. */
async function atOnce<T>(count: number, width: number, act: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async () => {
    while (next < count) {
      const index = next++
      results[index] = await act(index)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}

function percentiles(all: readonly Found[], value: (found: Found) => number): Percentiles {
  const sorted = all.map(value).sort((a, b) => a - b)
  return { p50: median(sorted), p95: sorted[Math.ceil(sorted.length * 0.95) - 1] as number }
}

async function figures(name: string): Promise<NetworkFigures | PingPongFigures> {
  if (name === 'shoal') return measureNetwork(new ShoalNetwork())
  if (name === 'bittorrent-dht') return measureNetwork(new BittorrentDhtNetwork())
  await pingPong(ROUND_TRIPS / 10)
  const { messages, seconds, cpuSeconds } = await pingPong(ROUND_TRIPS)
  return { messagesPerSecond: messages / seconds, messagesPerCpuSecond: messages / cpuSeconds }
}

console.log(JSON.stringify(await figures(process.argv[2] ?? '')))
process.exit(0)
