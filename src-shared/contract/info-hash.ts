import { z } from 'zod'

/** Lower-case hex of the 20-byte v1 info-hash: names a torrent everywhere. */
export const infoHash = z.string().regex(/^[0-9a-f]{40}$/)
