import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** Where the engine of a profile listens. */
export function localSocketPath(profile: string, platform: NodeJS.Platform): string {
  return socketPath('shoal', profile, platform)
}

/** Where the process that holds the keys of the profile's wallet listens. */
export function vaultSocketPath(profile: string, platform: NodeJS.Platform): string {
  return socketPath('vault', profile, platform)
}

function socketPath(name: 'shoal' | 'vault', profile: string, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return join(profile, `${name}.sock`)
  const id = createHash('sha256').update(profile.toLowerCase()).digest('hex').slice(0, 32)
  return `\\\\.\\pipe\\${name === 'shoal' ? 'shoal' : 'shoal-vault'}-${id}`
}
