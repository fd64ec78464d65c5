/** .torrents that are being made: scanned, hashed, then saved or shared. */
import { z } from 'zod'
import { infoHash } from './info-hash.ts'

const path = z.string().min(1).max(4_096)
const url = z.string().min(1).max(2_048)
const bytes = z.number().nonnegative()

export const creationRow = z.object({
  id: z.string(),
  path: z.string(),
  name: z.string(),
  state: z.enum(['scanning', 'hashing', 'ready', 'failed', 'cancelled']),
  files: z.int(),
  size: bytes,
  hashed: bytes,
  /** Bytes per second and seconds left while hashing. */
  rate: bytes,
  timeLeft: z.number().optional(),
  pieceLength: z.int(),
  pieces: z.int(),
  infoHash: infoHash.optional(),
  /** Symbolic links and other things that were left out. */
  skipped: z.int(),
  error: z.string(),
})
export type CreationRow = z.infer<typeof creationRow>

export const creationOptions = z.object({
  path,
  /** Tiers of announce URLs (BEP 12). */
  trackers: z.array(z.array(url).max(50)).max(50),
  webSeeds: z.array(url).max(50),
  /** Bytes, a power of two from 16 KiB to 16 MiB; undefined chooses one that gives 1,000 to 2,000 pieces. */
  pieceLength: z.int().optional(),
  private: z.boolean(),
  comment: z.string().max(2_000),
  source: z.string().max(200),
})
export type CreationOptions = z.infer<typeof creationOptions>
