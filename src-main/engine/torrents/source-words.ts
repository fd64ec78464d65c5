/** Sentences on where peers are looked for and why there are none. Pure; each with what happens next. */
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import type { PeerSourceStatus } from '../../kernel/peer-source.ts'

export interface Search {
  readonly sources: readonly PeerSourceStatus[]
  readonly connecting: number
  readonly known: number
  readonly now: Millis
  /** Packets may leave this machine. */
  readonly online: boolean
}

/** Peers tell of further peers only once there are some: it is not asked. */
const PEER_EXCHANGE = 'Peer exchange'

function isTracker({ name }: PeerSourceStatus): boolean {
  return name.includes('://')
}

/** A DHT without nodes and a network without neighbours are idle: nobody is asked there. */
function isWorking({ state, name }: PeerSourceStatus): boolean {
  return state !== 'off' && state !== 'idle' && name !== PEER_EXCHANGE
}

/** The sources that are asked, in words such as `DHT`, `2 trackers`, `local network`. */
export function askedSources(sources: readonly PeerSourceStatus[]): string[] {
  const trackers = sources.filter((source) => source.state !== 'off' && isTracker(source)).length
  return [
    ...sources
      .filter((source) => !isTracker(source) && isWorking(source))
      .map(({ name }) => (name === 'Local network' ? 'local network' : name)),
    ...(trackers > 0 ? [trackers === 1 ? '1 tracker' : `${trackers} trackers`] : []),
  ]
}

/** `the DHT, the local network and 2 trackers`. */
export function listed(asked: readonly string[]): string {
  const words = asked.map((word) => (/^\d|^Chord$/.test(word) ? word : `the ${word}`))
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** Why nobody is connected. */
export function whyNoPeers({ sources, connecting, known, now, online }: Search): string {
  if (connecting > 0) return `Connecting to ${connecting} of ${known} known peers.`
  const asked = askedSources(sources)
  const announcing = askedSources(sources.filter(({ state }) => state === 'announcing'))
  if (announcing.length > 0) return `Asking ${listed(announcing)} for peers.`
  const failed = sources.find((source) => source.state === 'failed' && isTracker(source))
  if (failed && asked.length <= 1) return whyFailed(failed, now, online)
  if (!online && known === 0)
    return 'No peers on this machine, and Shoal may not use the network; allow it in Settings, or start it without --offline.'
  if (asked.length === 0 && known === 0)
    return 'No peers: this torrent names no tracker, and the DHT has no nodes yet; see in Settings that it is on, or give a peer’s address.'
  if (known === 0 && failed) return `${whyFailed(failed, now, online)} Meanwhile other sources are asked.`
  if (known === 0) return `No peers are known to ${listed(asked)} yet; asked again by itself.`
  return `No peer is connected; ${known === 1 ? 'the one known is' : `the ${known} known are`} tried again by and by.`
}

function whyFailed({ name, message, nextAt }: PeerSourceStatus, now: Millis, online: boolean): string {
  const next = nextAt === undefined ? '' : ` Next try ${soon(nextAt - now)}.`
  const offline = online
    ? ''
    : ' Shoal may only reach this machine now; allow the network in Settings, or start it without --offline.'
  return `No peers yet: ${name} failed (${message}).${next}${offline}`
}

/** Coarse: with a thousand torrents, a countdown would change every row each second. */
function soon(time: Millis): string {
  if (time <= 0) return 'now'
  if (time <= MINUTE) return `in ${10 * Math.ceil(time / (10 * SECOND))} s`
  return `in ${Math.ceil(time / MINUTE)} min`
}
