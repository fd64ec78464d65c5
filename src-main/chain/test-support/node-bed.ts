/** A node's chain on a simulated host, for tests of what is made of it: pages, files, restarts. */
import { SECOND } from '../../kernel/clock.ts'
import { openSimulatedChain, type SimulatedChainOptions } from '../../simulation/chain.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { networks } from '../consensus/networks.ts'
import type { NodeChain } from '../node/node-chain.ts'
import type { Block } from '../primitives/block.ts'
import { TestChain } from './test-chain.ts'
import { TestKey } from './test-keys.ts'

export class NodeBed {
  readonly sim: Simulation
  readonly host: ReturnType<Simulation['host']>

  constructor(seed = 1, before?: NodeBed) {
    this.sim = before?.sim ?? new Simulation({ seed })
    this.host = before ? before.sim.restart(before.host) : this.sim.host('node')
  }

  /** The program is killed and started again on its drive. */
  restart(): NodeBed {
    return new NodeBed(this.sim.seed, this)
  }

  open(options: SimulatedChainOptions = {}): Promise<NodeChain> {
    return this.within(openSimulatedChain(this.host, options))
  }

  /** On virtual time. */
  within<T>(promise: Promise<T>, limit: number = 10 * SECOND): Promise<T> {
    return this.sim.within(limit, promise)
  }

  async feed(chain: NodeChain, blocks: readonly Block[]): Promise<void> {
    for (const block of blocks) await this.within(chain.acceptBlock(block.bytes(), 'peer', true))
  }

  /** The code that a call is refused with. @throws where it is not */
  async refusalOf(call: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
    const outcome = await this.within(
      call.then(
        () => undefined,
        (error: unknown) => error,
      ),
    )
    if (!(outcome instanceof Error)) throw new Error('the call was not refused')
    return outcome as Error & { readonly code: string }
  }
}

/** So many blocks whose first reward `key` can spend: 101 by default, so that it is mature. */
export function maturedChain(key = new TestKey(1), blocks: number = networks.local.coinbaseMaturity + 1): TestChain {
  const made = new TestChain(networks.local)
  made.mine({ payTo: key.p2wpkh })
  made.mineMany(blocks - 1)
  return made
}
