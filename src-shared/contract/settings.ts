import { z } from 'zod'
import { nothing, service, value } from './service.ts'

export const settingsSchema = z.object({
  /** Where new torrents are put unless the add dialog says otherwise. */
  downloadDirectory: z.string().min(1).max(4_096),
  /** Nothing leaves this machine until a person has said `granted`. */
  networkConsent: z.enum(['unasked', 'granted', 'refused']),
  welcomeDone: z.boolean(),
  /** TCP port for peers; 0 takes any free one. */
  listenPort: z.int().min(0).max(65_535),
  maxConnections: z.int().min(2).max(2_000),
  maxConnectionsPerTorrent: z.int().min(2).max(500),
  /** Peers unchoked at once for each torrent, the optimistic one included. */
  uploadSlots: z.int().min(2).max(100),
  theme: z.enum(['system', 'light', 'dark']),
  density: z.enum(['compact', 'comfortable']),
})
export type Settings = z.infer<typeof settingsSchema>

export const settings = service({
  name: 'settings',
  calls: {
    get: { args: nothing, result: settingsSchema },
    set: { args: settingsSchema.partial(), result: settingsSchema },
  },
  feeds: { values: value(settingsSchema) },
})
