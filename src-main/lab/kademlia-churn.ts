import type { Millis } from '../kernel/clock.ts'
import { drawLifetime } from '../simulation/lifetimes.ts'
import type { MessageNetwork } from '../simulation/message-network.ts'
import type { KademliaWorld, Member } from './kademlia-world.ts'

/** Nodes that come and go. */
export interface Churn {
  /** Newcomers so far. */
  readonly arrivals: number
  stop(): void
}

/** Every node, those that come too, stays for a memoryless session; whoever goes is replaced at once by a newcomer that has to join. */
export function runChurn(world: KademliaWorld, network: MessageNetwork, medianSession: Millis): Churn {
  const { clock } = network
  const random = network.random.split('churn')
  let arrivals = 0
  let stopped = false
  const stay = (member: Member) => {
    clock.after(drawLifetime({ kind: 'exponential', median: medianSession }, random), () => {
      if (stopped || !member.host.alive) return
      world.kill(member)
      arrivals += 1
      void world.join().then(stay)
    })
  }
  for (const member of world.members) stay(member)
  return {
    get arrivals() {
      return arrivals
    },
    stop() {
      stopped = true
    },
  }
}
