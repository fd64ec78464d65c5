/**
 * Kademlia with ids of four bits: the real routing tables and lookups, over ids that stand in the first four of the 160 bits
 * and are 0 behind them. Node 2 looks up 13 by way of 14, as in the literature; which other nodes there are, and in which order
 * they became known, is chosen so that each of node 2's buckets has somebody and one has more than it holds.
 */
import { Contact } from '../../kademlia/contact.ts'
import { Lookup } from '../../kademlia/lookup.ts'
import { closest, commonPrefixLength, ID_BYTES, NodeId } from '../../kademlia/node-id.ts'
import { RoutingTable } from '../../kademlia/routing-table.ts'
import type { BucketPicture, TreePicture } from './pictures.ts'

export const TREE_BITS = 4
export const TREE_PLACES = 2 ** TREE_BITS
/** Contacts of a bucket, nodes of an answer, and nearest nodes that must have answered. */
export const TREE_K = 2
/** In the order in which all others come to know them. */
export const TREE_NODES = [14, 9, 4, 1, 11, 6, 3, 13, 2] as const

export type TreeStep = TreePicture['walk']['steps'][number]

export interface TreeLookup {
  /** Nearest to the target first. */
  readonly known: readonly number[]
  readonly steps: readonly TreeStep[]
  /** From the first that was asked to the nearest that answered. */
  readonly path: readonly number[]
  /** The nearest that answered. */
  readonly nearest: number | undefined
}

export class SmallTree {
  private readonly contacts: readonly Contact[]
  private readonly tables = new Map<number, RoutingTable>()

  constructor(numbers: readonly number[] = TREE_NODES) {
    this.contacts = numbers.map((number) => new Contact(idOf(number), { host: `10.0.0.${number}`, port: 6881 }))
    for (const number of numbers) {
      const table = new RoutingTable(idOf(number), 0, { k: TREE_K, enlarged: false, onePerNetwork: false })
      for (const contact of this.contacts) if (numberOf(contact.id) !== number) table.offer(contact, 0, 0)
      this.tables.set(number, table)
    }
  }

  /** Rising. */
  get nodes(): number[] {
    return [...this.tables.keys()].sort((a, b) => a - b)
  }

  has(number: number): boolean {
    return this.tables.has(number)
  }

  /** The farthest first: those that share no bit with `number`, one bit, and so on. */
  buckets(number: number): BucketPicture[] {
    const table = this.table(number)
    const [live, spares] = [
      table.view().flatMap((bucket) => bucket.live),
      table.view().flatMap((bucket) => bucket.spares),
    ]
    return Array.from({ length: TREE_BITS }, (_, shared) => {
      const isHere = ({ contact }: { readonly contact: Contact }) =>
        commonPrefixLength(table.self, contact.id) === shared
      const numbers = (entries: readonly { readonly contact: Contact }[]) =>
        entries.filter(isHere).map(({ contact }) => numberOf(contact.id))
      return {
        prefix: prefixOf(number, shared),
        nearest: 2 ** (TREE_BITS - 1 - shared),
        farthest: 2 ** (TREE_BITS - shared) - 1,
        contacts: numbers(live),
        spares: numbers(spares),
      }
    })
  }

  /** One question at a time. */
  lookUp(from: number, target: number): TreeLookup {
    const goal = idOf(target)
    const [start, options] = [this.table(from), { self: idOf(from), target: goal, k: TREE_K, alpha: 1 }]
    const first = start.closest(goal, TREE_K)
    const known = new Map(first.map((contact) => [numberOf(contact.id), contact]))
    const lookup = new Lookup({ ...options, onePerNetwork: false }, first)
    const steps: TreeStep[] = []
    for (let [asked] = lookup.next(0); asked; [asked] = lookup.next(0)) {
      const number = numberOf(asked.id)
      const nodes = this.table(number).closest(goal, TREE_K)
      lookup.replied(asked, { id: asked.id, nodes }, 0)
      for (const contact of nodes) if (numberOf(contact.id) !== from) known.set(numberOf(contact.id), contact)
      steps.push({
        ...{ asked: number, distance: number ^ target, named: nodes.map(({ id }) => numberOf(id)) },
        nearest: closest(known.values(), goal, TREE_K).map(({ id }) => numberOf(id)),
      })
    }
    const { path, closest: found } = lookup.result()
    const [nearest] = found
    return {
      ...{ known: first.map(({ id }) => numberOf(id)), steps, path: path.map(({ id }) => numberOf(id)) },
      nearest: nearest && numberOf(nearest.id),
    }
  }

  private table(number: number): RoutingTable {
    return this.tables.get(number) as RoutingTable
  }
}

/** `1***` for those that share no bit with 2. */
function prefixOf(number: number, shared: number): string {
  const bits = number.toString(2).padStart(TREE_BITS, '0')
  const turned = bits[shared] === '0' ? '1' : '0'
  return `${bits.slice(0, shared)}${turned}`.padEnd(TREE_BITS, '*')
}

/** In the first four bits. */
function idOf(number: number): NodeId {
  const bytes = new Uint8Array(ID_BYTES)
  bytes[0] = number << (8 - TREE_BITS)
  return NodeId.of(bytes)
}

function numberOf(id: NodeId): number {
  return (id.bytes[0] as number) >> (8 - TREE_BITS)
}
