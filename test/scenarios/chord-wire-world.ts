/** Whole hosts of a ring over the RPC layer with its real limits, on virtual time. */
import { ChordNode } from '../../src-main/chord/host/chord-node.ts'
import type { ChordNodeOptions, ChordNodeParts } from '../../src-main/chord/host/node-options.ts'
import { RingCheck } from '../../src-main/chord/invariants.ts'
import { CHORD_WORD } from '../../src-main/chord/wire/codec.ts'
import { RpcChordPort } from '../../src-main/chord/wire/rpc-chord-port.ts'
import type { Millis } from '../../src-main/kernel/clock.ts'
import { silentLog } from '../../src-main/kernel/log.ts'
import { Rpc } from '../../src-main/rpc/rpc.ts'
import {
  type MessageHost,
  MessageNetwork,
  type MessageNetworkOptions,
} from '../../src-main/simulation/message-network.ts'

export interface WireHost {
  readonly machine: MessageHost
  readonly rpc: Rpc
  readonly port: RpcChordPort
  readonly node: ChordNode
}

const PORT = 6_881

export class WireWorld {
  readonly net: MessageNetwork
  readonly hosts: WireHost[] = []

  constructor(options: MessageNetworkOptions) {
    this.net = new MessageNetwork(options)
  }

  get living(): readonly WireHost[] {
    return this.hosts.filter(({ machine }) => machine.alive)
  }

  /** A host that asks `through` (by default the first that lives) for its ring. */
  async add(
    options: Partial<ChordNodeOptions> = {},
    through: readonly WireHost[] = this.living.slice(0, 1),
    store?: ChordNodeParts['store'],
  ): Promise<WireHost> {
    const number = this.hosts.length
    const address = `45.${number >> 8}.${number & 255}.1`
    const machine = this.net.host(address)
    const { clock, random } = machine
    const rpc = await Rpc.open(machine.transport(PORT), {
      clock,
      random,
      id: random.bytes(20),
      version: random.bytes(4),
    })
    const port = new RpcChordPort({ clock, rpc: rpc.extension(CHORD_WORD) })
    const parts = { clock, random, log: silentLog, ...(store ? { store } : {}) }
    const bootstrap: ChordNodeOptions['bootstrap'] = (found) =>
      found(through.map(({ machine: { address: host } }) => ({ host, port: PORT })))
    const node = new ChordNode(port, parts, { address, bootstrap, ...options })
    const host = { machine, rpc, port, node }
    this.hosts.push(host)
    node.start()
    return host
  }

  /** So many hosts, each with all its places before the next one starts. @throws Error where one takes over ten minutes */
  async grow(count: number, options: Partial<ChordNodeOptions> = {}): Promise<void> {
    for (let i = 0; i < count; i++) {
      const { node } = await this.add(options)
      const isPlaced = () => node.phase === 'member' && node.members.length >= (options.virtualNodes ?? 4)
      if (!(await this.net.until(10 * 60_000, isPlaced)))
        throw new Error(`host ${i} is ${node.phase} after ten minutes`)
    }
  }

  /** As kill -9. */
  kill({ machine, node }: WireHost): void {
    machine.kill()
    node.stop()
  }

  get check(): RingCheck {
    return new RingCheck(this.living.flatMap(({ node }) => (node.phase === 'member' ? [...node.members] : [])))
  }

  /** @returns after how many milliseconds, or undefined where it takes longer than `limit` */
  async becomesIdeal(limit: Millis, successors: number): Promise<Millis | undefined> {
    const from = this.net.elapsed
    while (!this.check.isIdeal(successors)) {
      if (this.net.elapsed - from > limit) return undefined
      await this.net.run(1_000)
    }
    return this.net.elapsed - from
  }

  async close(): Promise<void> {
    for (const { node, rpc } of this.hosts) {
      node.stop()
      await rpc.close()
    }
  }
}
