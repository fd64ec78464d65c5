/** The addresses of this machine's network interfaces, as the system lists them. */
import { networkInterfaces } from 'node:os'
import type { LocalAddress, LocalAddresses } from '../kernel/network.ts'

/** More than any machine of a person has; what containers and tunnels add beyond it is left out. */
export const MAX_LOCAL_ADDRESSES = 256

export function createLocalAddresses(listInterfaces = networkInterfaces): LocalAddresses {
  return { list: () => listed(listInterfaces) }
}

function listed(listInterfaces: typeof networkInterfaces): readonly LocalAddress[] {
  let interfaces: ReturnType<typeof networkInterfaces>
  try {
    interfaces = listInterfaces()
  } catch {
    // A system that refuses the list is treated as one without a network; it is asked again.
    return []
  }
  return Object.entries(interfaces)
    .flatMap(([name, addresses]) =>
      (addresses ?? []).map(({ address, internal, scopeid }) => ({
        host: needsZone(address, scopeid) ? `${address}%${zoneOf(name, scopeid)}` : address,
        interface: name,
        internal,
      })),
    )
    .slice(0, MAX_LOCAL_ADDRESSES)
}

/** A link-local address means nothing without the interface that it is on. */
function needsZone(address: string, scopeid: number | undefined): scopeid is number {
  return scopeid !== undefined && scopeid !== 0 && !address.includes('%')
}

/** Windows knows interfaces by number where others take the name. */
function zoneOf(name: string, scopeid: number): string {
  return process.platform === 'win32' ? `${scopeid}` : name
}
