import { z } from 'zod'
import { nothing, service, value } from './service.ts'

/** What the status bar shows. Parts that do not exist yet say `not-running`. */
export const appStatus = z.object({
  downRate: z.number(),
  upRate: z.number(),
  torrents: z.int(),
  connections: z.int(),
  /** `host:port` where peers can reach us, undefined while not listening. */
  listening: z.string().optional(),
  /** `local-only`: packets only to this machine, by `--offline` or because nobody has consented yet. */
  network: z.enum(['online', 'local-only']),
  /** Started with `--offline`: no setting changes `network` in this run. */
  offline: z.boolean(),
  /** Why it is as it is, where that needs saying: a port in use, no consent yet. One sentence, or empty. */
  notice: z.string(),
  /** What happened to the profile that a person must know: damage found and mended. One sentence, or empty. */
  warning: z.string(),
  /** `waiting`: it runs, but may reach nobody before a person has allowed it. */
  dht: z.object({
    state: z.enum(['off', 'waiting', 'joining', 'joined', 'isolated']),
    nodes: z.int(),
    /** Answers others. */
    serving: z.boolean(),
  }),
  /** The ring. `client`: takes part without a place on it. `waiting`: as for the DHT. */
  chord: z.object({
    state: z.enum(['off', 'waiting', 'joining', 'client', 'member', 'isolated']),
    /** Virtual nodes of ours. */
    places: z.int(),
  }),
  chain: z.object({
    state: z.enum(['off', 'starting', 'rebuilding', 'initial-sync', 'synced', 'no-space', 'failed']),
    height: z.int(),
    headers: z.int(),
    peers: z.int(),
  }),
  /** Of our miner; 0 while it rests. */
  hashesPerSecond: z.number(),
  /** Grains that can be spent; undefined while there is no wallet that can be used. */
  wallet: z.object({ available: z.bigint(), locked: z.boolean() }).optional(),
})
export type AppStatus = z.infer<typeof appStatus>

export const appInfo = z.object({
  version: z.string(),
  profile: z.string(),
  platform: z.string(),
  /** Started with `--offline`. */
  offline: z.boolean(),
})

const path = z.string().min(1).max(4_096)
const chosen = z.object({ path: path.optional() })
/** Of a text that a window has put together, which is in memory whole. */
export const MAX_SAVED_CHARACTERS = 256_000_000

export const app = service({
  name: 'app',
  calls: {
    info: { args: nothing, result: appInfo },
    /** Free bytes on the disk that holds a folder, and whether the folder can be written. */
    inspectFolder: { args: z.object({ path }), result: z.object({ free: z.number(), writable: z.boolean() }) },
    /** Shows the platform's dialogs. Only where there is a window; elsewhere `NO_WINDOW`. */
    chooseFolder: { args: z.object({ title: z.string().max(100), start: path.optional() }), result: chosen },
    chooseFile: { args: z.object({ title: z.string().max(100) }), result: chosen },
    chooseTorrentFile: { args: nothing, result: chosen },
    chooseSavePath: { args: z.object({ title: z.string().max(100), name: z.string().max(255) }), result: chosen },
    /** Asks where to save a text, and writes it there as UTF-8; no path where the person thought better of it. */
    saveText: {
      args: z.object({
        title: z.string().max(100),
        name: z.string().max(255),
        text: z.string().max(MAX_SAVED_CHARACTERS),
      }),
      result: chosen,
    },
    /** Opens the platform's file manager at a torrent's files. */
    showTorrentFolder: { args: z.object({ id: z.string().regex(/^[0-9a-f]{40}$/) }), result: nothing },
    /** Opens a second window, of its own process, on another profile folder. */
    openProfile: { args: z.object({ profile: path }), result: nothing },
    /** Opens one of Shoal's own pages in the browser; only addresses on the allow-list. */
    openExternal: { args: z.object({ url: z.string().max(2_048) }), result: nothing },
    /** .torrent files and magnets given on the command line or by the system since the last call; the window asks at start. */
    takeOpened: {
      args: nothing,
      result: z.object({ paths: z.array(path).max(100), magnets: z.array(z.string().max(16_384)).max(100) }),
    },
    /** Text of the clipboard, at most 16 KiB. Only where there is a window; elsewhere `NO_WINDOW`. */
    readClipboard: { args: nothing, result: z.object({ text: z.string().max(16_384) }) },
    quit: { args: nothing, result: nothing },
  },
  feeds: {
    status: value(appStatus),
    /** Grows by one whenever `takeOpened` has something new; above 0 from the start, as files may be given with it. */
    opened: value(z.object({ count: z.int() })),
  },
})
