/** What the handshakes say: our `version`, and what is made of the peer's. Pure. */
import { SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { PeerConnectionOptions, PeerIntroduction } from './connection-types.ts'
import { PROTOCOL_VERSION } from './messages/index.ts'
import type { Version } from './messages/version.ts'

/** Said between `version` and `verack`: what else a node speaks. */
export type Extra = 'sendaddrv2' | 'wtxidrelay'

export function ourVersion(
  { services, userAgent, startHeight, relay, clock, listenPort = 0 }: PeerConnectionOptions,
  nonce: bigint,
  remote: Endpoint,
): Version {
  return {
    command: 'version',
    version: PROTOCOL_VERSION,
    services,
    time: Math.floor(clock.wallTime() / SECOND),
    receiver: { services: 0n, ...remote },
    // Where we can be reached is for `addr` to say. By the port a node that we dialled knows us for the one that it dialled.
    sender: { services, host: '::', port: listenPort },
    nonce,
    userAgent,
    startHeight: startHeight(),
    relay,
  }
}

/** Extras for a peer of this version, in the order in which they go: BIP 339 begins with 70016. */
export function extrasFor(version: number): readonly Extra[] {
  return version >= PROTOCOL_VERSION ? ['wtxidrelay', 'sendaddrv2'] : ['sendaddrv2']
}

/** @param wallTime ours, milliseconds */
export function introductionOf(version: Version, extras: ReadonlySet<Extra>, wallTime: number): PeerIntroduction {
  return {
    version: version.version,
    services: version.services,
    userAgent: version.userAgent,
    startHeight: version.startHeight,
    relay: version.relay,
    addrv2: extras.has('sendaddrv2'),
    wtxidRelay: extras.has('wtxidrelay') && version.version >= PROTOCOL_VERSION,
    ...(version.sender.port !== 0 && { listenPort: version.sender.port }),
    seenAs: { host: version.receiver.host, port: version.receiver.port },
    clockOffset: version.time - Math.floor(wallTime / SECOND),
  }
}
