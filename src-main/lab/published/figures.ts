/**
 * All figures of others that the Lab draws beside its own. Nothing is here that is not known from where it says; what is
 * remembered is marked as such, and pages are left out where nobody has noted them.
 */
import type { Publication, Published } from './published.ts'

const CHORD_2001: Publication = {
  authors: 'Stoica, Morris, Karger, Kaashoek and Balakrishnan',
  title: 'Chord: A Scalable Peer-to-peer Lookup Service for Internet Applications',
  venue: 'SIGCOMM',
  year: 2001,
}

const CHORD_2003: Publication = {
  authors: 'Stoica, Morris, Liben-Nowell, Karger, Kaashoek, Dabek and Balakrishnan',
  title: 'Chord: A Scalable Peer-to-peer Lookup Protocol for Internet Applications',
  venue: 'IEEE/ACM Transactions on Networking',
  year: 2003,
}

const PASTRY_2001: Publication = {
  authors: 'Rowstron and Druschel',
  title: 'Pastry: Scalable, Decentralized Object Location and Routing for Large-Scale Peer-to-Peer Systems',
  venue: 'Middleware',
  year: 2001,
}

const KADEMLIA_2002: Publication = {
  authors: 'Maymounkov and Mazières',
  title: 'Kademlia: A Peer-to-peer Information System Based on the XOR Metric',
  venue: 'IPTPS',
  year: 2002,
}

const BAMBOO_2004: Publication = {
  authors: 'Rhea, Geels, Roscoe and Kubiatowicz',
  title: 'Handling Churn in a DHT',
  venue: 'USENIX',
  year: 2004,
}

const CHURN_2005: Publication = {
  authors: 'Li, Stribling, Morris, Kaashoek and Gil',
  title: 'A Performance vs. Cost Framework for Evaluating DHT Design Tradeoffs under Churn',
  venue: 'INFOCOM',
  year: 2005,
}

const STATIC_OVERLAYS =
  'A calculation apart from this simulation: perfect tables, uniform identifiers, mean of 400 to 5,000 lookups'
const STATIC_GRAPHS =
  'A calculation apart from this simulation: breadth first over static random graphs of mean degree 4, mean of 400 to 5,000 searches'

/** Steps of a lookup: half of log2 N, as half of the bits of a random distance are ones. */
export const CHORD_PATH: Published<{ readonly log2Share: number }> = {
  ...{ in: CHORD_2001, place: 'path length, 2^3 to 2^14 nodes', known: 'read' },
  rows: [{ log2Share: 0.5 }],
}

/** The number of steps that lookups take most often. */
export const CHORD_PEAK: Published<{ readonly nodes: number; readonly hops: number }> = {
  ...{ in: CHORD_2001, place: 'distribution of the path length, 2^12 nodes', known: 'read' },
  rows: [{ nodes: 2 ** 12, hops: 6 }],
}

/** Keys of a node in multiples of the mean: 10,000 nodes and 1,000,000 keys. */
export const CHORD_LOAD: Published<{ readonly virtualNodes: number; readonly p1: number; readonly p99: number }> = {
  ...{ in: CHORD_2001, place: 'load balance with virtual nodes, 10,000 nodes and 1,000,000 keys', known: 'read' },
  rows: [
    { virtualNodes: 1, p1: 0, p99: 4.8 },
    { virtualNodes: 20, p1: 0.5, p99: 1.6 },
  ],
}

/** Part of the lookups that fail for each part of the nodes that has failed: the keys that are lost with them. */
export const CHORD_LOST_KEYS: Published<{ readonly lostPerFailed: number }> = {
  ...{ in: CHORD_2001, place: 'simultaneous node failures, 10,000 nodes and 1,000,000 keys', known: 'read' },
  rows: [{ lostPerFailed: 1 }],
}

/** Failed lookups in percent for each failure between two rounds of stabilising: 500 nodes, a round in 30 s, nothing tried again. */
export const CHORD_CHURN_RULE: Published<{ readonly nodes: number; readonly percentPerFailure: number }> = {
  ...{ in: CHORD_2001, place: 'lookups during stabilisation, rule of thumb 5 k / 500', known: 'read' },
  rows: [{ nodes: 500, percentPerFailure: 1 }],
}

/** Right after a part of the nodes has failed: 1,000 nodes, lists of 20, 10,000 lookups, all of which succeed. */
export const CHORD_FAILURES: Published<{
  readonly failed: number
  readonly path: number
  readonly timeouts: number
}> = {
  ...{ in: CHORD_2003, place: 'table of simultaneous failures, 1,000 nodes with lists of 20', known: 'memory' },
  rows: [
    { failed: 0, path: 3.84, timeouts: 0 },
    { failed: 0.1, path: 4.03, timeouts: 0.6 },
    { failed: 0.2, path: 4.22, timeouts: 1.17 },
    { failed: 0.3, path: 4.44, timeouts: 2.02 },
    { failed: 0.4, path: 4.69, timeouts: 3.23 },
    { failed: 0.5, path: 5.09, timeouts: 5.1 },
  ],
}

/** Of 1,000 nodes so many join and leave a second; a round in 30 s. The ends of the table. */
export const CHORD_CHURN: Published<{
  readonly nodes: number
  readonly rate: number
  readonly path: number
  readonly timeouts: number
  readonly failedPer10000: number
}> = {
  ...{ in: CHORD_2003, place: 'table of lookups during stabilisation, 1,000 nodes', known: 'memory' },
  rows: [
    { nodes: 1_000, rate: 0.05, path: 3.8, timeouts: 0.05, failedPer10000: 0 },
    { nodes: 1_000, rate: 0.4, path: 4.1, timeouts: 0.46, failedPer10000: 15.5 },
  ],
}

/** Steps, the last one to the owner included, over fingers alone and over lists of 16 too. */
export const CHORD_STATIC: Published<{ readonly nodes: number; readonly fingers: number; readonly all: number }> = {
  ...{ place: STATIC_OVERLAYS, known: 'computed' },
  rows: [
    { nodes: 1_000, fingers: 5.88, all: 3.97 },
    { nodes: 4_096, fingers: 6.84, all: 4.97 },
    { nodes: 10_000, fingers: 7.5, all: 5.66 },
    { nodes: 100_000, fingers: 9.16, all: 7.29 },
  ],
}

/** ⌈log2^b N⌉ with b = 4: the mean is below it. */
export const PASTRY_BOUND: Published<{ readonly bits: number }> = {
  ...{ in: PASTRY_2001, place: 'number of routing steps', known: 'abstract' },
  rows: [{ bits: 4 }],
}

export const PASTRY_HOPS: Published<{ readonly nodes: number; readonly hops: number }> = {
  ...{ in: PASTRY_2001, place: 'experiments, about', known: 'memory' },
  rows: [
    { nodes: 1_000, hops: 2.5 },
    { nodes: 100_000, hops: 4 },
  ],
}

export const PASTRY_STATIC: Published<{ readonly nodes: number; readonly leaves: number; readonly hops: number }> = {
  ...{ place: `${STATIC_OVERLAYS}, b = 4`, known: 'computed' },
  rows: [
    { nodes: 1_000, leaves: 16, hops: 2.52 },
    { nodes: 10_000, leaves: 16, hops: 3.25 },
    { nodes: 100_000, leaves: 16, hops: 4.02 },
    { nodes: 1_000, leaves: 32, hops: 2.3 },
    { nodes: 10_000, leaves: 32, hops: 3.04 },
    { nodes: 100_000, leaves: 32, hops: 3.81 },
  ],
}

/** ⌈log2 N⌉ steps at most, each at least a bit nearer. */
export const KADEMLIA_BOUND: Published<{ readonly bits: number }> = {
  ...{ in: KADEMLIA_2002, place: 'number of steps', known: 'memory' },
  rows: [{ bits: 1 }],
}

/** Hops and requests with three at once. */
export const KADEMLIA_STATIC: Published<{
  readonly nodes: number
  readonly k: number
  readonly alpha: number
  readonly hops: number
  readonly requests: number
}> = {
  ...{ place: STATIC_OVERLAYS, known: 'computed' },
  rows: [
    { nodes: 1_000, k: 8, alpha: 3, hops: 2.2, requests: 10.8 },
    { nodes: 10_000, k: 8, alpha: 3, hops: 2.94, requests: 13 },
    { nodes: 1_000, k: 20, alpha: 3, hops: 1.87, requests: 21.4 },
    { nodes: 10_000, k: 20, alpha: 3, hops: 2.46, requests: 22.9 },
  ],
}

/** Connections of a node on average in `FLOODING_STATIC`. */
export const FLOODING_DEGREE = 4
/** What a query reaches, as a part of the nodes, and the copies of it. */
export const FLOODING_STATIC: Published<{
  readonly nodes: number
  readonly ttl: number
  readonly reached: number
  readonly messages: number
}> = {
  ...{ place: STATIC_GRAPHS, known: 'computed' },
  rows: [
    { nodes: 1_000, ttl: 4, reached: 0.19, messages: 206 },
    { nodes: 1_000, ttl: 5, reached: 0.5, messages: 654 },
    { nodes: 1_000, ttl: 6, reached: 0.89, messages: 1_741 },
    { nodes: 1_000, ttl: 7, reached: 0.99, messages: 2_747 },
    { nodes: 1_000, ttl: 8, reached: 1, messages: 2_983 },
    { nodes: 10_000, ttl: 4, reached: 0.024, messages: 245 },
    { nodes: 10_000, ttl: 5, reached: 0.076, messages: 783 },
    { nodes: 10_000, ttl: 6, reached: 0.22, messages: 2_474 },
    { nodes: 10_000, ttl: 7, reached: 0.55, messages: 7_404 },
    { nodes: 10_000, ttl: 8, reached: 0.93, messages: 19_873 },
  ],
}

/** What an overlay holds out at: the median session in minutes and the traffic of a node. */
export const BAMBOO_CHURN: Published<{
  readonly nodes: number
  readonly sessionMinutes: number
  readonly bytesPerSecond: number
}> = {
  ...{ in: BAMBOO_2004, place: 'works down to such sessions with less than such traffic', known: 'abstract' },
  rows: [{ nodes: 1_000, sessionMinutes: 1.4, bytesPerSecond: 900 }],
}

/** The setting of the plot of latency against traffic: lifetimes exponential in minutes, a lookup of each node in so many. */
export const CHURN_SETTING: Published<{
  readonly nodes: number
  readonly lifetimeMinutes: number
  readonly lookupMinutes: number
}> = {
  ...{ in: CHURN_2005, place: 'setting of the comparison', known: 'abstract' },
  rows: [{ nodes: 1_024, lifetimeMinutes: 60, lookupMinutes: 10 }],
}
