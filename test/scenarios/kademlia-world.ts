/** What the Kademlia scenarios share: nodes on simulated hosts, each on its own network, with the rules of production. */
import { Kademlia } from '../../src-main/kademlia/kademlia.ts'
import { KademliaNode } from '../../src-main/kademlia/kademlia-node.ts'
import { closest, NodeId } from '../../src-main/kademlia/node-id.ts'
import type { KademliaNodeOptions } from '../../src-main/kademlia/node-options.ts'
import { MINUTE, type Millis, SECOND } from '../../src-main/kernel/clock.ts'
import type { Endpoint } from '../../src-main/kernel/network.ts'
import { datagramTransport } from '../../src-main/rpc/message-transport.ts'
import { Rpc } from '../../src-main/rpc/rpc.ts'
import type { RpcLimits } from '../../src-main/rpc/rpc-limits.ts'
import type { SimulatedHost } from '../../src-main/simulation/host.ts'
import type { HostOptions } from '../../src-main/simulation/simulation.ts'
import { Simulation, type SimulationOptions } from '../../src-main/simulation/simulation.ts'

export const PORT = 6881

export interface Member {
  readonly host: SimulatedHost
  readonly rpc: Rpc
  readonly node: KademliaNode
  readonly endpoint: Endpoint
}

export interface MemberOptions extends Partial<KademliaNodeOptions> {
  readonly host?: SimulatedHost
  readonly hostOptions?: HostOptions
  readonly limits?: Partial<RpcLimits>
  readonly port?: number
}

/** The n-th public address, each in its own /16: 11.1.0.1, 11.2.0.1 … */
export function publicAddress(n: number): string {
  return `${11 + Math.floor(n / 250)}.${1 + (n % 250)}.0.1`
}

/** A world of nodes; `close` stops them and checks that nothing is left over. */
export class KademliaWorld {
  readonly sim: Simulation
  readonly members: Member[] = []

  constructor(options: SimulationOptions) {
    this.sim = new Simulation({ latency: [10, 60], ...options })
  }

  /** Makes a node that asks the first member to join, unless told otherwise; it is not started yet. */
  async make({ host, hostOptions, limits, port = PORT, ...options }: MemberOptions = {}): Promise<Member> {
    const { sim } = this
    const index = this.members.length
    const machine = host ?? sim.host(`node-${index}`, { address: publicAddress(index), ...hostOptions })
    const at = { host: machine.address, port }
    const { clock, random, log } = machine
    const transport = datagramTransport(machine.datagrams, at)
    const parts = { clock, random, id: NodeId.random(random).bytes, ...(limits ? { limits } : {}) }
    const rpc = await sim.within(SECOND, Rpc.open(transport, parts))
    const first = this.members[0]
    const routers = first
      ? { routers: (found: (endpoints: readonly Endpoint[]) => void) => found([first.endpoint]) }
      : {}
    const node = new KademliaNode(
      rpc,
      { clock, random, log },
      { mode: 'on', external: machine.address, ...routers, ...options },
    )
    const member = { host: machine, rpc, node, endpoint: at }
    this.members.push(member)
    return member
  }

  /** Makes so many nodes, one after the other, each joined before the next. */
  async grow(count: number, options: MemberOptions = {}): Promise<Member[]> {
    const grown: Member[] = []
    for (let n = 0; n < count; n++) {
      const member = await this.make(options)
      member.node.start()
      if (this.members.length > 1) await this.joined(member)
      grown.push(member)
    }
    return grown
  }

  async joined({ node, host }: Member, limit: Millis = MINUTE): Promise<void> {
    await this.sim.until(limit, () => node.phase === 'joined', `${host.name} has joined`)
  }

  /** Lets time pass until a search that takes a callback has ended. */
  async ended<R>(start: (done: (report: R) => void) => unknown, limit: Millis = MINUTE): Promise<R> {
    const report = new Promise<R>((resolve) => start(resolve))
    return this.sim.within(limit, report)
  }

  /** The true nearest members to a target, `except` one. */
  nearest(target: NodeId, n: number, except?: Member): Member[] {
    const others = this.members.filter((member) => member !== except && member.node.facts.serving)
    const byId = others.map((member) => ({ id: member.node.facts.id, member }))
    return closest(byId, target, n).map(({ member }) => member)
  }

  /** Stops one node and closes its socket. */
  async leave(member: Member): Promise<void> {
    member.node.stop()
    await this.sim.within(SECOND, member.rpc.close())
    this.members.splice(this.members.indexOf(member), 1)
  }

  async close(): Promise<void> {
    for (const { node } of this.members) node.stop()
    await this.sim.within(SECOND, Promise.all(this.members.map(({ rpc }) => rpc.close())))
    await this.sim.stop()
  }
}

/** The nodes as one DHT, as the engine would run it. */
export function together(clock: SimulatedHost['clock'], ...nodes: readonly KademliaNode[]): Kademlia {
  const dht = new Kademlia(clock)
  for (const node of nodes) dht.add(node)
  return dht
}
