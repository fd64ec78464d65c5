/**
 * The sources that one torrent follows from its start to its stop. A private torrent (BEP 27) follows trackers only, and
 * takes peers from nowhere else but from people and from peers that come to it.
 */
import type { Endpoint } from '../../kernel/network.ts'
import type { Following, PeerSource, PeerSourceStatus, Subject } from '../../kernel/peer-source.ts'
import type { PeerOrigin } from './peer-list.ts'

/** Whether a torrent may use peers of this origin. */
export function mayComeFrom(origin: PeerOrigin, isPrivate: boolean): boolean {
  return !isPrivate || origin === 'tracker' || origin === 'incoming' || origin === 'given'
}

export class Sources {
  private followings: Following[] = []

  /** Follows those that the torrent may use, besides those that it follows already. */
  follow(
    sources: readonly PeerSource[],
    isPrivate: boolean,
    subject: Subject,
    found: (endpoints: readonly Endpoint[], origin: PeerOrigin) => void,
  ): void {
    const followings = sources
      .filter(({ kind }) => mayComeFrom(kind, isPrivate))
      .map((source) => source.follow(subject, (endpoints) => found(endpoints, source.kind)))
    this.followings.push(...followings)
  }

  /** We have just got the whole torrent. */
  completed(): void {
    for (const following of this.followings) following.completed()
  }

  refresh(): void {
    for (const following of this.followings) following.refresh()
  }

  status(): readonly PeerSourceStatus[] {
    return this.followings.flatMap((following) => following.status())
  }

  /** Resolves when all have said goodbye, or failed to. `handover`: the torrent follows them anew at once, nobody is told. */
  async stop(how?: 'handover'): Promise<void> {
    const followings = this.followings
    this.followings = []
    await Promise.allSettled(followings.map((following) => following.stop(how)))
  }
}
