/** Whole engines with chains and wallets on simulated hosts, on the local network; time is virtual, keys and blocks are real. */

import { ClientError } from '#shared/contract/client/client-error.ts'
import { createClient } from '#shared/contract/client/clients.ts'
import type { Services } from '#shared/contract/index.ts'
import type { ClientOf } from '#shared/contract/service.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { vault } from '#shared/contract/vault-channel.ts'
import type { HistoryRow, PaymentDraft, WalletBalance, WalletInfo } from '#shared/contract/wallet.ts'
import { connectAt } from '../../src-main/engine/serving/local-client.ts'
import { MINUTE, type Millis, SECOND } from '../../src-main/kernel/clock.ts'
import { chainThreads } from '../../src-main/simulation/chain.ts'
import { Simulation, type SimulationOptions } from '../../src-main/simulation/simulation.ts'
import { simulatedVaults } from '../../src-main/simulation/vault.ts'
import { Node } from './engine-world.ts'

export const PASSWORD = 'correct horse battery'
export const COIN = 100_000_000n
/** Of the local network. */
export const REWARD = 50n * COIN
const CHAIN_PORT = 29_533

/** A node with a chain, and with a wallet once there is one. */
export class WalletNode {
  readonly node: Node
  readonly #sim: Simulation

  constructor(sim: Simulation, node: Node) {
    this.#sim = sim
    this.node = node
  }

  get services(): Services {
    return this.node.engine.services
  }

  get address(): string {
    return this.node.host.address
  }

  get info(): WalletInfo {
    return this.services.wallet.state.read(undefined)[0] as WalletInfo
  }

  get balance(): WalletBalance {
    return this.info.balance
  }

  get rows(): readonly HistoryRow[] {
    return this.services.wallet.recent.read(undefined) as readonly HistoryRow[]
  }

  row(txid: string): HistoryRow | undefined {
    return this.rows.find(({ id }) => id === txid)
  }

  wait<T>(promise: Promise<T>, limit: Millis = MINUTE): Promise<T> {
    return this.#sim.within(limit, promise)
  }

  /** Talks to the process that holds the keys, as `shoal` commands do. */
  async withVault<T>(work: (client: ClientOf<typeof vault>) => Promise<T>): Promise<T> {
    const { socket } = await this.wait(this.services.wallet.openVault(undefined))
    const gone = () => new ClientError('NO_VAULT', 'it has ended')
    const connecting = connectAt(this.node.host.localSockets, socket, { missing: gone, lost: gone })
    const connection = await this.wait(connecting)
    try {
      return await this.wait(work(createClient(connection.transport, vault)))
    } finally {
      connection.close()
    }
  }

  /** @returns its words */
  async createWallet(): Promise<readonly string[]> {
    const { words } = await this.withVault((client) => client.create({ password: PASSWORD }))
    await this.isReady()
    return words
  }

  async confirmWords(words: readonly string[]): Promise<void> {
    await this.withVault(async (client) => {
      const { positions } = await client.challenge()
      await client.confirm({ words: positions.map((position) => words[position - 1] as string) })
    })
  }

  async restoreWallet(words: readonly string[], birthday?: number): Promise<void> {
    const given = { words: words.join(' '), password: PASSWORD, ...(birthday !== undefined && { birthday }) }
    await this.withVault((client) => client.restore(given))
    await this.isReady()
  }

  async unlock(): Promise<void> {
    await this.withVault((client) => client.unlock({ password: PASSWORD }))
  }

  async isReady(): Promise<void> {
    await this.#sim.until(MINUTE, () => this.info.state === 'ready', `${this.node.host.name} has a wallet`)
  }

  async receiveAddress(): Promise<string> {
    return (await this.wait(this.services.wallet.newAddress({}))).id as string
  }

  /** Blocks at once; to the wallet where no address is named. */
  async generate(blocks: number, address?: string): Promise<void> {
    await this.wait(this.services.miner.generate({ blocks, address }))
    await this.catchesUp()
  }

  async catchesUp(limit: Millis = 2 * MINUTE): Promise<void> {
    const isThere = () => this.info.scan.height === this.height && this.info.scan.target === this.height
    await this.#sim.until(limit, isThere, `the wallet of ${this.node.host.name} has seen all blocks`)
  }

  get height(): number {
    return (this.services.chain.state.read(undefined)[0] as { height: number }).height
  }

  get tip(): string {
    return (this.services.chain.state.read(undefined)[0] as { tip: string }).tip
  }

  /** Plans and sends. @returns the txid */
  async pay(to: string, amount: bigint | 'everything', more: Partial<PaymentDraft> = {}): Promise<string> {
    const draft = { recipients: [{ to, amount }], fee: { feeRate: 2 }, ...more } satisfies PaymentDraft
    const plan = await this.wait(this.services.wallet.plan(draft))
    const { txid } = await this.wait(this.services.wallet.send({ plan: plan.id as number }))
    return txid as string
  }

  async reaches(holds: (node: this) => boolean, what: string, limit: Millis = 5 * MINUTE): Promise<void> {
    await this.#sim.until(limit, () => holds(this), `${this.node.host.name}: ${what}`)
  }
}

export class WalletWorld {
  readonly sim: Simulation
  readonly nodes: WalletNode[] = []

  constructor(options: SimulationOptions) {
    this.sim = new Simulation(options)
  }

  /** Connected to `peers`, which it keeps to. */
  async node(name: string, peers: readonly WalletNode[] = [], settings: Partial<Settings> = {}): Promise<WalletNode> {
    const node = await Node.start(
      this.sim,
      name,
      {
        ...{ chain: true, network: 'local', dht: 'off', localDiscovery: false },
        chainPeers: peers.map(({ address }) => `${address}:${CHAIN_PORT}`),
        ...settings,
      },
      { threads: chainThreads, vaultProcesses: simulatedVaults },
    )
    const made = new WalletNode(this.sim, node)
    this.nodes.push(made)
    await made.reaches(
      ({ services }) => services.chain.state.read(undefined)[0]?.state !== 'starting',
      'its chain opens',
    )
    return made
  }

  /** Every node has the same best chain, and every wallet has seen it. */
  async agree(nodes: readonly WalletNode[] = this.nodes, limit: Millis = 5 * MINUTE): Promise<void> {
    await this.sim.until(limit, () => new Set(nodes.map(({ tip }) => tip)).size === 1, 'all have one chain')
    for (const node of nodes) if (node.info.state === 'ready') await node.catchesUp()
  }

  run(duration: Millis = 10 * SECOND): Promise<void> {
    return this.sim.run(duration)
  }

  async stop(): Promise<void> {
    for (const { node } of this.nodes) await node.stop()
    await this.sim.stop()
  }
}
