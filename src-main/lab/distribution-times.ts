/**
 * The least time in which N peers can get a file, from one server and among themselves: Kurose and Ross, "Computer
 * Networking: A Top-Down Approach", section 2.5. Lower bounds of a fluid model: no delays, no protocol, no pieces.
 */

export interface Distribution {
  /** N: how many want the file. */
  readonly peers: number
  /** F. */
  readonly fileBytes: number
  /** u_s: bytes per second that the server can send. */
  readonly serverUp: number
  /** u_i: bytes per second that each peer can send. */
  readonly peerUp: number
  /** d_min: bytes per second that each peer can receive. */
  readonly peerDown: number
}

/** Seconds, from one server: max(N F / u_s, F / d_min). It sends N copies, and the slowest peer receives one. */
export function serverBound({ peers, fileBytes, serverUp, peerDown }: Distribution): number {
  return Math.max((peers * fileBytes) / serverUp, fileBytes / peerDown)
}

/** Seconds, among peers: max(F / u_s, F / d_min, N F / (u_s + Σ u_i)). The server sends one copy; all together send N. */
export function swarmBound({ peers, fileBytes, serverUp, peerUp, peerDown }: Distribution): number {
  const allUp = serverUp + peers * peerUp
  return Math.max(fileBytes / serverUp, fileBytes / peerDown, (peers * fileBytes) / allUp)
}
