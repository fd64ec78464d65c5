/** A lookup that a person has asked for: from a node to the owner of a key, hop by hop, and the key fetched there. */
import type { ChordContact } from '../../chord/contact.ts'
import { ChordLookup, type Routing } from '../../chord/lookup.ts'
import { runLookup } from '../../chord/lookup-runner.ts'
import { RingId } from '../../chord/ring-id.ts'
import { numberOf } from '../../chord/small-ring.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { Chronicle } from './chronicle.ts'
import { RING_BITS } from './literature.ts'
import type { WalkPicture } from './pictures.ts'
import type { Post } from './post.ts'
import type { SmallNode } from './small-node.ts'
import { listed } from './words.ts'

/** Long enough to be looked at while time passes quickly. */
export const SHOWN_AFTER_END: Millis = 20 * SECOND

type Step = WalkPicture['steps'][number]

export class Walk {
  readonly from: SmallNode
  readonly key: number
  private readonly post: Post
  private readonly chronicle: Chronicle
  private readonly steps: Step[] = []
  private state: WalkPicture['state'] = 'running'
  private path: readonly number[] = []
  private owner: number | undefined
  private endedAt: Millis = Number.POSITIVE_INFINITY

  constructor(from: SmallNode, key: number, post: Post, chronicle: Chronicle) {
    this.from = from
    this.key = key
    this.post = post
    this.chronicle = chronicle
  }

  start(routing: Routing): void {
    const target = RingId.small(this.key, RING_BITS)
    const { member, number } = this.from
    const lookup = new ChordLookup({ target, routing }, { self: member.self, known: member.route(target) })
    this.chronicle.news(`${number} looks up key ${this.key}`, number)
    runLookup(
      lookup,
      this.from.quietPort,
      ({ owner, path, successors, hops }) => {
        if (!owner) {
          this.end('failed', `${number} has found nobody who knows where key ${this.key} belongs`, number)
          return
        }
        this.path = path.map(numberOf)
        this.owner = numberOf(owner)
        const way = this.path.length > 1 ? ` by way of ${listed(this.path.slice(0, -1))}` : ''
        const steps = hops === 1 ? '1 hop' : `${hops} hops`
        this.chronicle.news(
          `key ${this.key} belongs to ${this.owner}: ${number} has found it${way}, ${steps}`,
          this.owner,
        )
        this.fetch(successors)
      },
      {
        asked: (contact) => {
          const { from } = lookup.wayTo(contact)
          const [node, namedBy] = [numberOf(contact), from ? numberOf(from) : number]
          this.steps.push({ node, namedBy, state: 'asked' })
          const named = namedBy === number ? 'the nearest that it knows before it' : `which ${namedBy} has named`
          this.chronicle.news(`${number} asks ${node}, ${named}, for the way to ${this.key}`, number, node)
        },
        replied: (contact) => this.mark(contact, 'answered'),
        failed: (contact) => this.mark(contact, 'silent'),
      },
    )
  }

  /** Who asks has gone. */
  stop(): void {
    if (this.state === 'running') this.end('failed', `the lookup of key ${this.key} ends with ${this.from.number}`)
  }

  /** Undefined once it has been over for a while: it is shown no longer. */
  picture(now: Millis): WalkPicture | undefined {
    if (now - this.endedAt > SHOWN_AFTER_END) return undefined
    const { key, state, steps, path, owner } = this
    return { from: this.from.number, key, state, steps: [...steps], path, ...(owner !== undefined && { owner }) }
  }

  private mark(contact: ChordContact, state: Step['state']): void {
    const number = numberOf(contact)
    const at = this.steps.findLastIndex(({ node }) => node === number)
    const step = this.steps[at]
    if (step) this.steps[at] = { ...step, state }
    if (state === 'silent') this.chronicle.news(`${number} does not answer, the next best is asked`, number)
  }

  /** From the owner, or where it is silent from those that hold copies: the nodes behind it. */
  private fetch([holder, ...others]: readonly ChordContact[]): void {
    const { key, from } = this
    if (!holder) {
      this.end('failed', `nobody who should hold key ${key} answers ${from.number}`, from.number)
      return
    }
    const number = numberOf(holder)
    if (number === from.number) {
      this.settle(number, from.keys.shelf.has(key))
      return
    }
    const goOn = () => this.fetch(others)
    this.post.askAny(
      from,
      holder,
      { kind: 'fetch', key },
      {
        answered: (answer) => (answer.kind === 'value' ? this.settle(number, answer.isThere) : goOn()),
        missed: goOn,
        keptBusy: goOn,
      },
    )
  }

  private settle(holder: number, isThere: boolean): void {
    const words = isThere ? `key ${this.key} is at ${holder}` : `${holder} has nothing under key ${this.key}`
    this.end(isThere ? 'found' : 'missing', words, holder)
  }

  private end(state: WalkPicture['state'], words: string, ...nodes: readonly number[]): void {
    if (this.state !== 'running') return
    this.state = state
    this.endedAt = this.post.clock.now()
    this.chronicle.news(words, ...nodes)
  }
}
