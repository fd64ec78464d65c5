/** One branch of the header tree by height, from genesis to its end: rows by height, at once. */

/** What a branch must know of the tree. */
export interface BranchTree {
  parent(row: number): number
  height(row: number): number
}

const FIRST_CAPACITY = 1_024

export class Branch {
  readonly #tree: BranchTree
  #rows = new Int32Array(FIRST_CAPACITY)
  #length = 0

  constructor(tree: BranchTree) {
    this.#tree = tree
  }

  /** Row of the last header; -1 while there is none. */
  get end(): number {
    return this.#length === 0 ? -1 : (this.#rows[this.#length - 1] as number)
  }

  /** -1 while there is none. */
  get height(): number {
    return this.#length - 1
  }

  /** -1 above the end and below genesis. */
  at(height: number): number {
    return height >= 0 && height < this.#length ? (this.#rows[height] as number) : -1
  }

  has(row: number): boolean {
    return row >= 0 && this.at(this.#tree.height(row)) === row
  }

  /** Takes as many steps as the two ends are behind where they part. */
  moveTo(row: number): void {
    const length = this.#tree.height(row) + 1
    while (this.#rows.length < length) this.#grow()
    let at = row
    for (let height = length - 1; at !== -1 && (height >= this.#length || this.#rows[height] !== at); height--) {
      this.#rows[height] = at
      at = this.#tree.parent(at)
    }
    this.#length = length
  }

  #grow(): void {
    const rows = new Int32Array(this.#rows.length * 2)
    rows.set(this.#rows)
    this.#rows = rows
  }
}
