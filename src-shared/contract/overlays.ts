/** The overlays, Kademlia and Chord, for the Explorer and the command line. */
import { z } from 'zod'
import { ringState } from './overlays-ring.ts'
import { nothing, rows, service, value } from './service.ts'

export const overlayName = z.enum(['kademlia', 'chord'])
/** 40 hex digits: a node id, an info-hash or the target of an item. */
export const overlayKey = z.string().regex(/^[0-9a-f]{40}$/)
const hex = z.string().regex(/^([0-9a-f]{2})*$/)
export const MAX_VALUE_BYTES = 1_000
const itemValue = z.instanceof(Uint8Array).refine((bytes) => bytes.length <= MAX_VALUE_BYTES, 'over 1,000 bytes')

const counters = z.object({
  queriesSent: z.int(),
  queriesReceived: z.int(),
  answersReceived: z.int(),
  answersSent: z.int(),
  timeouts: z.int(),
  malformed: z.int(),
  packetsReceived: z.int(),
  packetsOverBudget: z.int(),
  bytesReceived: z.number(),
  bytesSent: z.number(),
})

export const tableContact = z.object({
  nodeId: overlayKey,
  address: z.string(),
  state: z.enum(['good', 'questionable', 'failing', 'spare']),
  rtt: z.number().optional(),
  /** Unix milliseconds. */
  lastSeen: z.number().optional(),
  secure: z.boolean(),
})
export type TableContact = z.infer<typeof tableContact>

export const bucketView = z.object({
  /** Leading bits that all of its nodes share with our id (in the home bucket: at least). */
  depth: z.int(),
  capacity: z.int(),
  /** Unix milliseconds. */
  lastChanged: z.number(),
  contacts: z.array(tableContact).max(200),
  spares: z.int(),
})
export type BucketView = z.infer<typeof bucketView>

/** One node of ours: one socket, one address family. */
export const overlayNode = z.object({
  nodeId: overlayKey,
  family: z.union([z.literal(4), z.literal(6)]),
  listening: z.string(),
  /** How others see us, once enough of them have said the same. */
  external: z.string().optional(),
  phase: z.enum(['stopped', 'joining', 'joined', 'isolated']),
  /** Answers others (BEP 43). */
  serving: z.boolean(),
  nodes: z.int(),
  /** Nodes of the whole network, estimated from our lookups. */
  estimatedSize: z.number().optional(),
  storedInfoHashes: z.int(),
  storedItems: z.int(),
  /** Seconds until it tries to join again, while `isolated`. */
  retryIn: z.number().optional(),
  counters,
  /** Far ones first, home bucket last. */
  buckets: z.array(bucketView).max(161),
})
export type OverlayNode = z.infer<typeof overlayNode>

export const overlayState = z.object({
  state: z.enum(['off', 'running']),
  mode: z.enum(['auto', 'on', 'off', 'read-only']),
  nodes: z.array(overlayNode).max(16),
})
export type OverlayState = z.infer<typeof overlayState>

/** How a stored value is written: its text, its bencoding, or the bytes of a byte string in hexadecimal. */
const valueForm = z.enum(['text', 'bencode', 'hex'])
export type ValueForm = z.infer<typeof valueForm>

export const storedItemRow = z.object({
  /** The target. */
  id: overlayKey,
  kind: z.enum(['immutable', 'mutable']),
  /** Bytes of the bencoded value. */
  size: z.int(),
  /** The first 100 characters of its value in this form: from outside. */
  preview: z.string().max(100),
  form: valueForm,
  publicKey: hex.optional(),
  salt: hex.optional(),
  seq: z.bigint().optional(),
  /** Whether we put it and keep it alive. */
  own: z.boolean(),
  /** Of Chord: whether a place of ours owns the key; else it is a copy, or we only put it. */
  owned: z.boolean().optional(),
})
export type StoredItemRow = z.infer<typeof storedItemRow>

/** A node asked in a search. One that is asked twice is two steps, the second with itself as `from`. */
export const searchStep = z.object({
  nodeId: overlayKey,
  address: z.string(),
  state: z.enum(['asked', 'stalled', 'replied', 'failed']),
  /** 1 for nodes of our own table. */
  hop: z.int(),
  /** The node that told us of it; undefined for those of our own table. */
  from: overlayKey.optional(),
  /** Milliseconds since the search began. */
  askedAt: z.number(),
  repliedAt: z.number().optional(),
})
export type SearchStep = z.infer<typeof searchStep>

export const searchCost = z.object({
  target: overlayKey,
  hops: z.int(),
  requests: z.int(),
  timeouts: z.int(),
  /** Milliseconds. */
  took: z.number(),
  /** `host:port`, from a node of our own table to the nearest. */
  path: z.array(z.string()).max(100),
  closest: z.array(z.object({ nodeId: overlayKey, address: z.string() })).max(100),
})
export type SearchCost = z.infer<typeof searchCost>

export const searchMethod = z.enum(['find_node', 'get_peers', 'get', 'sample_infohashes'])

/** A search as it goes on. */
export const searchState = z.object({
  id: z.string().max(64),
  overlay: overlayName,
  target: overlayKey,
  method: searchMethod,
  /** Of the mutable item that is looked for, where the search was begun by them. */
  publicKey: hex.optional(),
  salt: hex.optional(),
  state: z.enum(['running', 'done', 'cancelled']),
  /** In the order of asking, at most 200. */
  steps: z.array(searchStep).max(200),
  /** What was found so far: `host:port` of peers, info-hashes, or the value. */
  found: z.array(z.string().max(2_000)).max(1_000),
  /** Of a value that was found. */
  form: valueForm.optional(),
  result: searchCost.optional(),
})
export type SearchState = z.infer<typeof searchState>

const on = z.object({ overlay: overlayName.default('kademlia') })
/** A key, or a mutable item by public key and salt. `BAD_KEY` without either. */
const sought = on.extend({
  target: overlayKey.optional(),
  publicKey: hex.length(64).optional(),
  salt: hex.max(128).optional(),
})
const search = z.object({ search: z.string().max(64) })

export const overlays = service({
  name: 'overlays',
  calls: {
    info: { args: on, result: overlayState },
    /**
     * Begins a search that the feed `search` follows. `OVERLAY_OFF` where the overlay is not running, `NO_SUCH_SEARCH` where it
     * has no such method (Chord: `sample_infohashes`).
     */
    startSearch: { args: sought.extend({ method: searchMethod }), result: search },
    cancelSearch: { args: search, result: nothing },
    /** Finds the nodes nearest to a key; of Chord, its owner and those behind it. `recursive`: each asks the next (Chord). */
    lookup: { args: on.extend({ target: overlayKey, recursive: z.boolean().optional() }), result: searchCost },
    /** Announces that this engine has what the key stands for, at `port` or where it listens for peers. */
    announce: {
      args: on.extend({ target: overlayKey, port: z.int().min(1).max(65_535).optional() }),
      result: searchCost.extend({ stored: z.int() }),
    },
    peers: {
      args: on.extend({ target: overlayKey }),
      result: searchCost.extend({ peers: z.array(z.string()).max(5_000) }),
    },
    /**
     * Stores a bencoded value: immutable without `seed`, else signed with that ed25519 private key (32 bytes hex). `seq`:
     * one more than what is there when left out. `keep`: puts it again each hour until the engine stops.
     */
    put: {
      args: on.extend({
        value: itemValue,
        seed: hex.length(64).optional(),
        salt: hex.max(128).optional(),
        seq: z.bigint().nonnegative().optional(),
        cas: z.bigint().nonnegative().optional(),
        keep: z.boolean().default(false),
      }),
      result: searchCost.extend({
        value: itemValue,
        seq: z.bigint().optional(),
        publicKey: hex.optional(),
        stored: z.int(),
      }),
    },
    /** By target, or by public key and salt. `NOT_FOUND` where nobody has it. */
    get: {
      args: sought,
      result: searchCost.extend({
        value: itemValue,
        seq: z.bigint().optional(),
        publicKey: hex.optional(),
        holders: z.int(),
      }),
    },
    /** Our hosts on Chord's ring, as the feed `ring` has them. */
    ringInfo: { args: nothing, result: ringState },
    /** Joins anew with what is known, now. */
    rejoin: { args: on, result: nothing },
  },
  feeds: {
    state: value(overlayState, on),
    items: rows(storedItemRow, on),
    search: value(searchState, search),
    /** Our places on Chord's ring and what they point to. */
    ring: value(ringState, nothing),
  },
})
