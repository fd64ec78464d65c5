/** The headers that end in a row, as the rules of consensus ask for them. One object serves for all rows, one at a time. */
import type { HeaderAncestry } from '../consensus/header-rules.ts'
import type { HeaderTree } from './header-tree.ts'
import type { TargetMemory } from './target-memory.ts'

/** Steps to the parent are quicker than leaps up to here. */
const SHORT_WALK = 16

export class RowAncestry implements HeaderAncestry {
  readonly #tree: HeaderTree
  readonly #targets: TargetMemory
  #row = 0

  constructor(tree: HeaderTree, targets: TargetMemory) {
    this.#tree = tree
    this.#targets = targets
  }

  endingIn(row: number): this {
    this.#row = row
    return this
  }

  get height(): number {
    return this.#tree.height(this.#row)
  }

  time(back: number): number {
    return this.#tree.time(this.#behind(back))
  }

  target(back: number): bigint {
    return this.#targets.targetOf(this.#tree.bits(this.#behind(back)))
  }

  medianTimePast(): number {
    return this.#tree.medianTimePast(this.#row)
  }

  #behind(back: number): number {
    if (back > SHORT_WALK) return this.#tree.ancestor(this.#row, this.height - back)
    let row = this.#row
    for (let i = 0; i < back; i++) row = this.#tree.parent(row)
    return row
  }
}
