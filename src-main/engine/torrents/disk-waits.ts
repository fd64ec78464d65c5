/** What follows where the disk refuses a torrent: a phase in which it is looked again now and then, until it is left. */
import { type Clock, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Phase } from './session-parts.ts'

/** How often a full disk or a missing drive is looked at again. */
export const PROBE_PERIOD: Millis = 10 * SECOND

/** A torrent's session, as far as waiting for its disk goes. */
export interface DiskWaiter {
  readonly clock: Clock
  readonly phase: () => Phase
  readonly enter: (phase: Phase) => void
  /** Whether what could not be written fits now. */
  readonly hasRoom: () => Promise<boolean>
  /** Goes on where there is a swarm; without one what is on disk is found out anew. */
  readonly goOn: (isWanted: () => boolean) => Promise<void>
  /** Finds out what is on disk, once nothing else is under way. */
  readonly lookAnew: (isWanted: () => boolean) => Promise<void>
}

/** A swarm stays: what is there is served on, fetching rests until there is room. */
export function awaitRoom(session: DiskWaiter, message: string): void {
  const look = async (): Promise<void> => {
    const room = await session.hasRoom().catch(() => false)
    if (session.phase() !== waiting) return
    if (room) await session.goOn(() => session.phase() === waiting)
    else awaitRoom(session, message)
  }
  const waiting: Phase = { name: 'disk-full', message, probe: session.clock.after(PROBE_PERIOD, () => void look()) }
  session.enter(waiting)
}

/** The files are away. What is found next time decides: files that are still away are waited for again. */
export function awaitData(session: DiskWaiter, message: string): void {
  const look = () => void session.lookAnew(() => session.phase() === waiting)
  const waiting: Phase = { name: 'data-missing', message, probe: session.clock.after(PROBE_PERIOD, look) }
  session.enter(waiting)
}
