import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** Where the engine of a profile listens. */
export function localSocketPath(profile: string, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return join(profile, 'shoal.sock')
  return `\\\\.\\pipe\\shoal-${createHash('sha256').update(profile.toLowerCase()).digest('hex').slice(0, 32)}`
}
