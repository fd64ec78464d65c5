/** Whether we have caught up with the network. Once we have, we stay so: a block behind is no reason to stop relaying. */
import type { Branch } from '../headers/branch.ts'
import type { HeaderTree } from '../headers/header-tree.ts'

export class SyncPhase {
  readonly #tree: HeaderTree
  readonly #branch: Branch
  readonly #now: () => number
  #synced = false

  /** `branch`: the best chain as connected; `now`: seconds since 1970. */
  constructor(tree: HeaderTree, branch: Branch, now: () => number) {
    this.#tree = tree
    this.#branch = branch
    this.#now = now
  }

  get current(): 'initial-sync' | 'synced' {
    return this.#synced ? 'synced' : 'initial-sync'
  }

  /** Looks again, after the tip has moved. Whether that changed the phase. */
  update(): boolean {
    if (this.#synced || !this.#isCaughtUp()) return false
    this.#synced = true
    return true
  }

  #isCaughtUp(): boolean {
    const tip = this.#branch.end
    const { minimumChainWork, maxTipAge } = this.#tree.network
    if (tip !== this.#tree.best || this.#tree.work(tip) < minimumChainWork) return false
    return this.#tree.time(tip) >= this.#now() - maxTipAge
  }
}
