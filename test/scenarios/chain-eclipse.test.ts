/** An attacker with many addresses who wants to be all that a node sees. */
import { expect, test } from 'vitest'
import { MAX_CONNECTIONS, MAX_OUTGOING } from '../../src-main/chain/network/connections/connections.ts'
import { MAX_MANUAL_PEERS } from '../../src-main/chain/network/connections/manual-peers.ts'
import type { GossipAddress } from '../../src-main/chain/network/messages/index.ts'
import { ScriptedPeer } from '../../src-main/chain/test-support/network-world.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { type ChainNode, ChainWorld, gossipOf, tipsOf } from './chain-world.ts'

const LONG = process.env.SHOAL_LONG === '1'
const INCOMING_ROOM = MAX_CONNECTIONS - MAX_OUTGOING - MAX_MANUAL_PEERS - 1
/** More than there are connections to choose, so that the rule of one in each network alone saves nobody. */
const NETWORKS = 12
const HOSTS_IN_EACH = 12
const ADDRESSES_AT_ONCE = 50

/** Hosts in a few networks: all answer, all connect to the victim, and all name only each other and what is not there. */
class Attacker {
  readonly hosts: ReadonlySet<string>
  readonly #world: ChainWorld
  readonly #listening: ScriptedPeer[] = []
  #calling: ScriptedPeer[] = []
  #named = 0

  constructor(world: ChainWorld) {
    this.#world = world
    for (let i = 0; i < NETWORKS * HOSTS_IN_EACH; i++) {
      const address = `${100 + (i % NETWORKS)}.66.1.${1 + Math.floor(i / NETWORKS)}`
      this.#listening.push(new ScriptedPeer(world.simulation.host(`attacker-${i}`, { address }), { startHeight: 100 }))
    }
    this.hosts = new Set(this.#listening.map(({ host }) => host.publicAddress))
  }

  async listen(): Promise<void> {
    for (const peer of this.#listening) {
      // It names its own to whoever asks.
      peer.answer = (message) => {
        if (message.command === 'getaddr') peer.send({ command: 'addr', addresses: this.#addresses() })
      }
      await this.#world.within(peer.listen())
    }
  }

  /** Each host without a connection to the victim opens one; all gossip. */
  push(victim: ChainNode): void {
    this.#calling = this.#calling.filter(({ closed }) => closed === undefined)
    const connected = new Set(this.#calling.map(({ host }) => host))
    for (const { host } of this.#listening) {
      if (connected.has(host)) continue
      const caller = new ScriptedPeer(host, {})
      caller.connect(victim)
      this.#calling.push(caller)
    }
    for (const caller of this.#calling)
      if (caller.isReady) caller.send({ command: 'addr', addresses: this.#addresses() })
  }

  async stop(): Promise<void> {
    for (const peer of [...this.#calling, ...this.#listening]) await this.#world.within(peer.stop())
  }

  /** Real hosts of its own, and addresses in its networks where nobody is. */
  #addresses(): GossipAddress[] {
    const { host, ...entry } = gossipOf(this.#listening[0] as ScriptedPeer)
    const time = Math.floor((this.#listening[0] as ScriptedPeer).host.clock.wallTime() / SECOND)
    return Array.from({ length: ADDRESSES_AT_ONCE }, () => {
      const n = this.#named++
      const peer = this.#listening[n % this.#listening.length] as ScriptedPeer
      const away = `${100 + (n % NETWORKS)}.66.${(n >> 8) % 256}.${n % 256}`
      return { ...entry, time, host: n % 2 === 0 ? peer.host.publicAddress : away }
    })
  }
}

/** Chosen connections that stand, to honest nodes and in all. */
function chosen({ node }: ChainNode, attacker: Attacker): { readonly honest: number; readonly all: number } {
  const standing = [...node.connections].filter(({ direction, peer }) => direction === 'outgoing' && peer !== undefined)
  return { honest: standing.filter(({ endpoint }) => !attacker.hosts.has(endpoint.host)).length, all: standing.length }
}

function incoming({ node }: ChainNode): number {
  return [...node.connections].filter(({ direction }) => direction === 'incoming').length
}

test('a victim whose tables and places are flooded keeps to honest nodes, also after it starts anew', async () => {
  const world = new ChainWorld({ seed: 91, latency: [20, 200], interval: 2 * MINUTE })
  const hostAt = (name: string, address: string) => world.simulation.host(name, { address })
  for (let i = 0; i < 12; i++) {
    const host = hostAt(`honest-${i}`, `${20 + i}.7.1.1`)
    await world.node({ host, given: world.nodes.slice(0, 3), hashRate: i < 2 ? 0.5 : 0 })
  }
  const honest = [...world.nodes]
  let victim = await world.node({ host: hostAt('victim', '50.7.1.1'), given: honest.slice(0, 2) })
  await world.run(10 * MINUTE)
  world.startMining()
  const answered = victim.addresses.known.filter(({ triedSlot }) => triedSlot !== undefined)
  expect(answered.length).toBeGreaterThanOrEqual(MAX_OUTGOING)

  const attacker = new Attacker(world)
  await attacker.listen()
  expect(chosen(victim, attacker)).toEqual({ honest: MAX_OUTGOING, all: MAX_OUTGOING })
  const seen: { honest: number; all: number }[] = []
  const minutes = async (count: number) => {
    for (let i = 0; i < count; i++) {
      attacker.push(victim)
      await world.run(MINUTE)
      seen.push(chosen(victim, attacker))
      expect(incoming(victim)).toBeLessThanOrEqual(INCOMING_ROOM)
    }
  }
  await minutes(LONG ? 120 : 8)
  expect(incoming(victim)).toBe(INCOMING_ROOM)
  expect(Math.min(...seen.map(({ honest }) => honest))).toBe(MAX_OUTGOING)

  seen.length = 0
  for (let restart = 0; restart < (LONG ? 20 : 4); restart++) {
    const { host, addresses } = victim
    const { anchors } = victim.node
    await world.end(victim)
    victim = await world.node({ host, addresses, anchors })
    await minutes(LONG ? 10 : 2)
  }
  expect(Math.min(...seen.map(({ honest }) => honest))).toBeGreaterThan(0)
  // It did get some of the places: the tables are not what it could not enter.
  expect(Math.min(...seen.map(({ honest }) => honest))).toBeLessThan(MAX_OUTGOING)
  for (const { endpoint } of answered) expect(victim.addresses.find(endpoint)?.triedSlot).toBeDefined()
  world.stopMining()
  await world.run(MINUTE)
  expect(tipsOf(world.nodes)).toHaveLength(1)
  await attacker.stop()
  await world.stop()
})
