/**
 * One server with a file and N peers that want it, on the simulated network; all of them run the torrent engine of
 * Shoal. The two ways differ only in whom the peers are told of:
 *
 *     server  each knows the server alone, which serves all of them at once; nobody else has anyone to send to
 *     swarm   each is told of some others, as by a tracker, and all keep the usual number of upload slots
 *
 * Peers come one after the other, `ARRIVAL_GAP` apart, and stay until the last has everything.
 */
import { MINUTE, type Millis, SECOND } from '../kernel/clock.ts'
import { SeededRandom } from '../simulation/random.ts'
import { Simulation } from '../simulation/simulation.ts'
import { type Distribution, serverBound } from './distribution-times.ts'
import { LabPeer } from './lab-peer.ts'
import { makeTorrent } from './memory-torrent.ts'
import { onlySource, Roster } from './roster.ts'

export interface LectureHall extends Distribution {
  readonly way: 'server' | 'swarm'
  readonly pieceLength: number
  readonly seed: number
}

export interface LectureHallResult {
  /** Virtual time until the last peer has everything. */
  readonly seconds: number
  /** Of the simulation: what happened when. */
  readonly checksum: string
  readonly events: number
}

const ARRIVAL_GAP: Millis = 10
/** One way between two hosts, shortest and longest. */
const LATENCY = [5, 50] as const
/** A run is given up after so many times what the server would need, and ten minutes. */
const PATIENCE = 5

/**
 * @param verified called for each piece that a peer has got
 * @throws the reason of `signal` once that is aborted
 */
export async function runLectureHall(
  hall: LectureHall,
  verified?: () => void,
  signal?: AbortSignal,
): Promise<LectureHallResult> {
  const { way, peers, peerUp, peerDown, serverUp } = hall
  const torrent = makeTorrent(hall.fileBytes, hall.pieceLength, SeededRandom.of(hall.seed))
  const sim = new Simulation({ seed: hall.seed, latency: LATENCY, bandwidth: { up: peerUp, down: peerDown } })
  let waiting = peers
  const server = new LabPeer(sim, torrent, 'server', {
    complete: true,
    link: { up: serverUp },
    connections: peers,
    ...(way === 'server' && { slots: peers }),
  })
  const audience = Array.from({ length: peers }, (_, i) => {
    const completed = () => {
      waiting--
    }
    return new LabPeer(sim, torrent, `peer-${i + 1}`, { completed, ...(verified && { verified }) })
  })
  const all = [server, ...audience]
  await sim.within(SECOND, Promise.all(all.map((peer) => peer.listen())))

  const begin = sim.elapsed
  const roster = new Roster(sim.random.split('roster'))
  server.start(roster.sourceFor(server.endpoint))
  for (const peer of audience) {
    peer.start(way === 'server' ? onlySource(server.endpoint) : roster.sourceFor(peer.endpoint))
    if (waiting > 0) await sim.run(ARRIVAL_GAP)
  }
  const patience = 10 * MINUTE + PATIENCE * SECOND * serverBound(hall)
  await sim.until(patience, () => waiting === 0 || signal?.aborted === true, 'everybody has the file')
  signal?.throwIfAborted()
  const seconds = (sim.elapsed - begin) / SECOND

  await sim.within(MINUTE, Promise.all(all.map((peer) => peer.stop())))
  await sim.stop()
  return { seconds, checksum: sim.checksum, events: sim.events }
}
