/** Kademlia's example: opens with node 2 about to look up 13, and goes through a lookup question by question. */
import type { Millis } from '../../kernel/clock.ts'
import { Chronicle } from './chronicle.ts'
import { DemonstrationError } from './demonstration-error.ts'
import type { Demonstration, DemonstrationAction, TreePicture } from './pictures.ts'
import { SmallTree, TREE_BITS, TREE_K, TREE_PLACES, type TreeLookup } from './small-tree.ts'
import { listed } from './words.ts'

/** The literature's lookup. */
const OPENING = { from: 2, target: 13 } as const
/** From one question to the next, where time passes by itself. */
export const STEP_TIME: Millis = 1_500

export class TreeDemonstration implements Demonstration {
  private readonly tree = new SmallTree()
  private time: Millis = 0
  private nextAt: Millis = STEP_TIME
  private chronicle = new Chronicle(() => this.time)
  private question: { readonly from: number; readonly target: number } = OPENING
  private lookup: TreeLookup
  private shown = 0

  constructor() {
    this.lookup = this.begin(OPENING)
  }

  get isOver(): boolean {
    return this.shown === this.lookup.steps.length
  }

  act(action: DemonstrationAction): void {
    switch (action.kind) {
      case 'step':
        this.step()
        break
      case 'lookup': {
        const { from, key } = action
        for (const place of [from, key]) {
          const isFit = place < TREE_PLACES && (place !== from || this.tree.has(place))
          if (!isFit) throw new DemonstrationError({ code: 'NO_SUCH_NODE', node: place })
        }
        this.lookup = this.begin({ from, target: key })
        break
      }
      case 'reset':
        this.time = 0
        this.chronicle = new Chronicle(() => this.time)
        this.lookup = this.begin(OPENING)
        break
      default:
        throw new DemonstrationError({ code: 'NOT_OFFERED', action: action.kind })
    }
  }

  advance(duration: Millis): void {
    const until = this.time + duration
    while (this.nextAt <= until && this.shown < this.lookup.steps.length) {
      this.time = this.nextAt
      this.step()
    }
    this.time = until
  }

  picture(): TreePicture {
    const { tree, question, lookup, shown, isOver } = this
    const steps = lookup.steps.slice(0, shown)
    const isAsked = (node: number) => steps.some(({ asked }) => asked === node)
    return {
      ...{ example: 'kademlia', time: this.time, bits: TREE_BITS, k: TREE_K },
      nodes: tree.nodes.map((id) => ({ id, buckets: tree.buckets(id) })),
      walk: {
        ...{ from: question.from, target: question.target, known: lookup.known, steps },
        state: !isOver ? 'running' : lookup.nearest === question.target ? 'found' : 'missing',
        path: lookup.path.filter(isAsked),
      },
      events: [...this.chronicle.events],
    }
  }

  private begin(question: { readonly from: number; readonly target: number }): TreeLookup {
    const { from, target } = question
    const lookup = this.tree.lookUp(from, target)
    this.question = question
    this.shown = 0
    this.nextAt = this.time + STEP_TIME
    const [nearest = from] = lookup.known
    const words = `${from} looks up ${target}: of all that it knows ${nearest} is the nearest, at distance ${nearest ^ target}`
    this.chronicle.news(words, from, nearest)
    return lookup
  }

  private step(): void {
    const { from, target } = this.question
    const { steps, path, nearest } = this.lookup
    const step = steps[this.shown]
    if (!step) return
    this.shown += 1
    this.nextAt = this.time + STEP_TIME
    const { asked, distance, named } = step
    this.chronicle.news(`${from} asks ${asked}, at distance ${distance}: it names ${listed(named)}`, from, asked)
    if (this.shown < steps.length) return
    const way = path.length > 1 ? ` by way of ${listed(path.slice(0, -1))}` : ''
    const end =
      nearest === target
        ? `${from} has found ${target}${way}`
        : `no node is ${target}: the nearest is ${nearest}, at distance ${(nearest ?? from) ^ target}`
    this.chronicle.news(end, from, ...(nearest === undefined ? [] : [nearest]))
  }
}
