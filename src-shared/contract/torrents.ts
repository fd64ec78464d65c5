import { z } from 'zod'
import { creationOptions, creationRow } from './creations.ts'
import { infoHash } from './info-hash.ts'
import { nothing, rows, service, value } from './service.ts'

export type { CreationOptions, CreationRow } from './creations.ts'
export { infoHash }

const path = z.string().min(1).max(4_096)
const bytes = z.number().nonnegative()
export const MAX_TORRENT_FILE_BYTES = 10_000_000

/** Why a torrent is in its state is in `reason`: one sentence with the next step, empty where there is nothing to say. */
export const torrentState = z.enum([
  /** A magnet of which only the hash is known yet. */
  'fetching-metadata',
  'checking',
  'downloading',
  'seeding',
  'paused',
  'error',
  'disk-full',
  'data-missing',
])
export type TorrentState = z.infer<typeof torrentState>

export const metadataProgress = z.object({
  /** Unix milliseconds. */
  since: z.number(),
  /** Which sources are asked, such as `DHT`, `2 trackers`, `local network`, `given peers`: shown as text. */
  asking: z.array(z.string().max(100)).max(10),
  /** Peers heard of, being connected to, connected, and those of them that serve metadata. */
  known: z.int(),
  connecting: z.int(),
  connected: z.int(),
  serving: z.int(),
  /** Bytes, 0 while unknown; received so far. */
  size: z.int(),
  received: z.int(),
})
export type MetadataProgress = z.infer<typeof metadataProgress>

export const torrentRow = z.object({
  id: infoHash,
  name: z.string(),
  state: torrentState,
  reason: z.string(),
  /** The stable code of what `reason` tells, while `state` is `error`. */
  code: z.string().max(64).optional(),
  /** Bytes of all files (0 while `fetching-metadata`), of the files that are wanted, and of what is verified. */
  size: bytes,
  selected: bytes,
  done: bytes,
  /** What is being tried while `fetching-metadata`. */
  metadata: metadataProgress.optional(),
  /** 0 to 1 while `checking`. */
  checked: z.number().min(0).max(1),
  /** Payload bytes per second. */
  downRate: bytes,
  upRate: bytes,
  downloaded: bytes,
  uploaded: bytes,
  /** Connected now: those with everything, and the others. */
  seeds: z.int(),
  peers: z.int(),
  /** Seconds, undefined where it cannot be told. */
  timeLeft: z.number().optional(),
  directory: z.string(),
  private: z.boolean(),
  /** Unix milliseconds. */
  addedAt: z.number(),
  completedAt: z.number().optional(),
})
export type TorrentRow = z.infer<typeof torrentRow>

export const fileEntry = z.object({ path: z.string(), size: bytes, done: bytes, wanted: z.boolean() })
export type FileEntry = z.infer<typeof fileEntry>

export const peerEntry = z.object({
  id: z.string(),
  address: z.string(),
  client: z.string(),
  source: z.enum(['tracker', 'kademlia', 'chord', 'local', 'pex', 'incoming', 'given']),
  /** 0 to 1. */
  progress: z.number(),
  downRate: bytes,
  upRate: bytes,
  downloaded: bytes,
  uploaded: bytes,
  /** We are interested, they choke us, they are interested, we choke them, snubbed, optimistic unchoke. */
  flags: z.object({
    amInterested: z.boolean(),
    peerChoking: z.boolean(),
    peerInterested: z.boolean(),
    amChoking: z.boolean(),
    snubbed: z.boolean(),
    optimistic: z.boolean(),
  }),
  /** Unix milliseconds. */
  connectedAt: z.number(),
})
export type PeerEntry = z.infer<typeof peerEntry>

export const trackerEntry = z.object({
  name: z.string(),
  tier: z.int(),
  state: z.enum(['idle', 'announcing', 'working', 'failed', 'off']),
  message: z.string(),
  seeds: z.int().optional(),
  leechers: z.int().optional(),
  peers: z.int(),
  /** Seconds until the next announce. */
  nextIn: z.number().optional(),
})
export type TrackerEntry = z.infer<typeof trackerEntry>

export const torrentDetail = z.object({
  id: infoHash,
  pieceLength: z.int(),
  pieces: z.int(),
  /** One number from 0 to 100 for each of at most 200 equal stretches of the torrent: per cent verified. */
  pieceMap: z.array(z.int()).max(200),
  comment: z.string(),
  createdBy: z.string(),
  createdAt: z.number().optional(),
  /** At most 2,000; `fileCount` tells all. */
  files: z.array(fileEntry).max(2_000),
  fileCount: z.int(),
  /** How many of the files beyond `files` are wanted. */
  unlistedWanted: z.int(),
  peers: z.array(peerEntry).max(1_000),
  trackers: z.array(trackerEntry).max(200),
})
export type TorrentDetail = z.infer<typeof torrentDetail>

/** What an add dialog shows of a .torrent or magnet before anything is written. */
export const torrentPreview = z.object({
  /** `magnet`: sizes, pieces and files are not known yet. `mutable`: a magnet whose torrent is yet to be looked up (BEP 46). */
  kind: z.enum(['torrent', 'magnet', 'mutable']),
  /** Undefined for `mutable`. */
  id: infoHash.optional(),
  name: z.string(),
  size: bytes,
  pieceLength: z.int(),
  pieces: z.int(),
  private: z.boolean(),
  comment: z.string(),
  trackers: z.array(z.string()).max(200),
  files: z.array(z.object({ path: z.string(), size: bytes })).max(2_000),
  fileCount: z.int(),
  /** Names that had to be changed to be safe on this disk, as shown above. */
  renamed: z.int(),
  /** Already in the list. */
  present: z.boolean(),
})
export type TorrentPreview = z.infer<typeof torrentPreview>

export const MAX_MAGNET_LENGTH = 16_384

/** A .torrent (a file of this machine, or its bytes dropped into the window) or a magnet link. */
export const torrentSource = z.union([
  z.object({ path }),
  z.object({ magnet: z.string().min(1).max(MAX_MAGNET_LENGTH) }),
  z.object({ bytes: z.instanceof(Uint8Array).refine((b) => b.length <= MAX_TORRENT_FILE_BYTES, 'over 10 MB') }),
])
export type TorrentSource = z.infer<typeof torrentSource>

const publicationId = z.string().regex(/^[0-9a-f]{64}(\.[0-9a-f]{0,128})?$/)

/** A link of ours whose torrent can be changed later (BEP 46). `id`: public key, and the salt behind a dot. */
export const publicationRow = z.object({
  id: publicationId,
  name: z.string(),
  magnet: z.string(),
  torrent: infoHash,
  torrentName: z.string(),
  /** Grows by one with each change. */
  seq: z.bigint(),
  state: z.enum(['publishing', 'published', 'failed']),
  /** Nodes that hold it since the last time; Unix milliseconds of that. */
  stored: z.int(),
  publishedAt: z.number().optional(),
  /** Why it failed or waits, and what to do; else empty. */
  reason: z.string(),
})
export type PublicationRow = z.infer<typeof publicationRow>

/** A link of someone else that is followed: each new torrent under it is added to `directory`. */
export const subscriptionRow = z.object({
  id: publicationId,
  name: z.string(),
  magnet: z.string(),
  directory: z.string(),
  torrent: infoHash.optional(),
  seq: z.bigint().optional(),
  state: z.enum(['looking', 'current', 'not-found']),
  /** Unix milliseconds. */
  checkedAt: z.number().optional(),
  reason: z.string(),
})
export type SubscriptionRow = z.infer<typeof subscriptionRow>

/** As many as a torrent has at most. */
export const MAX_FILES = 200_000
const fileNumbers = z.array(z.int().nonnegative()).max(MAX_FILES)
const publication = z.object({ publication: publicationId })
const one = z.object({ id: infoHash })
const creation = z.object({ id: z.string().max(64) })

export const torrents = service({
  name: 'torrents',
  calls: {
    preview: { args: z.object({ source: torrentSource }), result: torrentPreview },
    /**
     * Adds a torrent. Files that already stand where it would write and were not made by Shoal are refused with
     * `FILES_EXIST` unless `useExisting`: then they are checked first and what matches is kept.
     */
    add: {
      args: z.object({
        source: torrentSource,
        directory: path,
        paused: z.boolean().default(false),
        useExisting: z.boolean().default(false),
        /** `host:port` to connect to besides what trackers say. */
        peers: z.array(z.string().max(300)).max(100).default([]),
        /** Numbers of the files that are wanted, as in the preview; all when left out (for a magnet: what its `so` says). */
        files: fileNumbers.optional(),
      }),
      /** `subscription` instead of `id` for a link whose torrent is yet to be looked up (BEP 46). */
      result: z.object({ id: infoHash.optional(), subscription: publicationId.optional() }),
    },
    /**
     * Which files are wanted, by number; with `upTo` only among those before that number, and the others stay as they
     * are. What is verified stays, what others want of it is served.
     */
    selectFiles: { args: one.extend({ files: fileNumbers, upTo: z.int().nonnegative().optional() }), result: nothing },
    /** The magnet link of a torrent in the list, with its trackers and web seeds. */
    magnet: { args: one, result: z.object({ magnet: z.string() }) },
    /** Publishes a torrent under a link of ours (BEP 46): a new one of that name, or an existing one that then points to it. */
    publish: {
      args: one.extend({
        under: z.union([z.object({ name: z.string().min(1).max(100) }), publication]),
      }),
      result: publication.extend({ magnet: z.string() }),
    },
    /** Forgets the link and its key: it can never be changed again. */
    unpublish: { args: publication, result: nothing },
    unsubscribe: { args: publication, result: nothing },
    /** Looks for a newer version now. */
    checkSubscription: { args: publication, result: nothing },
    /** `host:port` of peers to connect to now, besides those that are known. */
    addPeers: { args: one.extend({ peers: z.array(z.string().max(300)).max(100) }), result: nothing },
    pause: { args: one, result: nothing },
    resume: { args: one, result: nothing },
    recheck: { args: one, result: nothing },
    /** `trash` moves the files this torrent made to the trash; files of others stay. */
    remove: { args: z.object({ id: infoHash, data: z.enum(['keep', 'trash']) }), result: nothing },
    /** Starts scanning and hashing a file or folder; progress is in the feed `creations`. */
    create: { args: creationOptions, result: creation },
    cancelCreation: { args: creation, result: nothing },
    /** Writes the finished .torrent to a file. */
    saveCreation: { args: z.object({ id: z.string().max(64), file: path }), result: nothing },
    /** Adds what was just hashed to the list and seeds it, without a second check. */
    seedCreation: { args: creation, result: one },
    /** The .torrent of a torrent in the list, to be saved elsewhere. */
    saveTorrentFile: { args: z.object({ id: infoHash, file: path }), result: nothing },
  },
  feeds: {
    rows: rows(torrentRow),
    detail: value(torrentDetail, one),
    creations: rows(creationRow),
    publications: rows(publicationRow),
    subscriptions: rows(subscriptionRow),
  },
})
