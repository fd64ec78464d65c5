/**
 * How many nodes a set of connections leads to. Two nodes that dial each other have two connections and are one peer to each
 * other; an incoming one is known for that by the port at which its node says it takes connections. Nothing but what people
 * are told hangs on this: a stranger may say any port, and both connections stay, for if both sides ended one they might end both.
 */
import type { Peer } from './peer.ts'

export function countNodes(peers: Iterable<Pick<Peer, 'endpoint' | 'direction' | 'introduction'>>): number {
  const all = [...peers]
  const dialled = new Set(all.filter(({ direction }) => direction !== 'incoming').map(({ endpoint }) => at(endpoint)))
  const others = all.filter(({ direction, endpoint, introduction: { listenPort } }) => {
    if (direction !== 'incoming') return false
    return listenPort === undefined || !dialled.has(at({ host: endpoint.host, port: listenPort }))
  })
  return dialled.size + others.length
}

function at({ host, port }: Peer['endpoint']): string {
  return `${host} ${port}`
}
