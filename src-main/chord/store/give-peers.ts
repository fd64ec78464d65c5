/**
 * Gives another host the peers of a range of info-hashes that we know, one info-hash after the other, and ends where it does not
 * answer or has refused `MAX_REFUSALS`. What it refuses is announced again by its peers.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { HostAnswer, HostPort, KeyRange } from '../host-messages.ts'
import { swarmOf } from './copies-page.ts'
import type { PeerShelf } from './peer-shelf.ts'

export const MAX_REFUSALS = 4

export interface GivePeersParts {
  readonly peers: PeerShelf
  readonly port: HostPort
  readonly clock: Pick<Clock, 'now'>
}

export interface GivePeersPlan {
  readonly range: KeyRange
  readonly to: Endpoint
  /** Info-hashes at most; all when left out. */
  readonly most?: number
}

/** `done` is told whether it took them, but for a few: once, from within where there is nothing to give, and never after a `cancel`. */
export function givePeers(
  { peers, port, clock }: GivePeersParts,
  { range, to, most }: GivePeersPlan,
  done: (isWhole: boolean) => void,
): RunningRequest {
  const waiting = peers.inRange(range).slice(0, most)
  let isOver = false
  let refusals = 0
  const end = (isWhole: boolean) => {
    if (isOver) return
    isOver = true
    done(isWhole)
  }
  const answered = ({ kind }: HostAnswer) => {
    if (kind !== 'done') refusals += 1
    next()
  }
  const next = () => {
    while (!isOver) {
      const infoHash = waiting.shift()
      if (!infoHash || refusals === MAX_REFUSALS) return end(refusals < MAX_REFUSALS)
      const swarm = swarmOf(peers, infoHash, clock.now())
      if (swarm.peers.length === 0) continue
      port.ask(to, { kind: 'storePeers', ...swarm }, { answered, missed: () => end(false) })
      return
    }
  }
  next()
  return {
    cancel: () => {
      isOver = true
    },
  }
}
