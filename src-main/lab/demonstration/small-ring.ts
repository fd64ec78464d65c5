/**
 * A ring of at most 64 nodes that live, ask each other and change while one looks on. After each event what has changed is
 * told in words.
 */
import { standAlone } from '../../chord/alone.ts'
import { IdealRing } from '../../chord/ideal-ring.ts'
import { RingCheck } from '../../chord/invariants.ts'
import { joinRing } from '../../chord/joining.ts'
import { RingId } from '../../chord/ring-id.ts'
import { numbered, numberOf } from '../../chord/small-ring.ts'
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import { pick } from '../../kernel/random.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { askInWords } from './ask-words.ts'
import { Chronicle } from './chronicle.ts'
import { DemonstrationError } from './demonstration-error.ts'
import { differences } from './differences.ts'
import { COPIES } from './key-duty.ts'
import { RING_BITS } from './literature.ts'
import { pictureOf } from './node-picture.ts'
import type { NodePicture, RingPicture } from './pictures.ts'
import { Post } from './post.ts'
import { LIST_LENGTH, SmallNode } from './small-node.ts'
import { Walk } from './walk.ts'
import { keysInWords } from './words.ts'

export const JOIN_TRIES = 3
const JOIN_PAUSE: Millis = 3 * SECOND
const ALONE_CHECK: Millis = 5 * SECOND
/** A step ends after this, if nothing worth telling has happened. */
export const LONGEST_STEP: Millis = MINUTE

export interface RingShape {
  readonly seed: number
  readonly nodes: readonly number[]
  readonly keys: readonly number[]
}

export class SmallRing {
  readonly chronicle: Chronicle
  private readonly post: Post
  private readonly random: SeededRandom
  private readonly keys: readonly number[]
  private readonly nodes = new Map<number, SmallNode>()
  /** As they were after the last event. */
  private readonly before = new Map<number, NodePicture>()
  private walk: Walk | undefined
  private made = 0

  constructor({ seed, nodes, keys }: RingShape) {
    this.random = SeededRandom.of(seed)
    this.post = new Post(this.random.split('post'))
    this.chronicle = new Chronicle(() => this.post.clock.now())
    this.keys = [...keys].sort((a, b) => a - b)
    this.begin(nodes)
  }

  get time(): Millis {
    return this.post.clock.now()
  }

  /** @throws DemonstrationError PLACE_TAKEN */
  join(number: number): void {
    const there = this.nodes.get(number)
    if (there && there.phase !== 'left' && there.phase !== 'dead')
      throw new DemonstrationError({ code: 'PLACE_TAKEN', node: number })
    const node = this.add(number)
    this.chronicle.news(`${number} wants to join`, number)
    this.observe()
    this.tryToJoin(node, 1)
  }

  /** @throws DemonstrationError NO_SUCH_NODE, LAST_NODE */
  leave(number: number): void {
    const node = this.member(number)
    this.notTheLast(node)
    const keys = node.keys.owned
    this.chronicle.news(`${number} hands over ${keysInWords(keys)} and leaves`, number)
    node.leave(() => this.chronicle.news(`${number} has left`, number))
    if (this.walk?.from === node) this.walk.stop()
    this.observe()
  }

  /** @throws DemonstrationError NO_SUCH_NODE, LAST_NODE */
  kill(number: number): void {
    const node = this.nodes.get(number)
    if (!node || node.phase === 'left' || node.phase === 'dead')
      throw new DemonstrationError({ code: 'NO_SUCH_NODE', node: number })
    this.notTheLast(node)
    node.die()
    this.chronicle.news(`${number} has fallen silent`, number)
    if (this.walk?.from === node) this.walk.stop()
    this.before.delete(number)
  }

  /** @throws DemonstrationError NO_SUCH_NODE */
  lookUp(from: number, key: number, routing: 'fingers' | 'all'): void {
    this.walk = new Walk(this.member(from), key, this.post, this.chronicle)
    this.walk.start(routing)
  }

  /** Up to the next thing worth telling, or anything at all with `routine`. @returns whether there was one */
  step(routine: boolean): boolean {
    const count = () => (routine ? this.chronicle.total.all : this.chronicle.total.news)
    const [start, until] = [count(), this.time + LONGEST_STEP]
    while (count() === start) {
      if (!this.event(until)) {
        this.post.rest(until)
        return false
      }
    }
    return true
  }

  advance(duration: Millis): void {
    const until = this.time + duration
    while (this.event(until));
    this.post.rest(until)
  }

  picture(): RingPicture {
    const all = [...this.nodes.values()].sort((a, b) => a.number - b.number)
    const pictures = all.map(pictureOf)
    const living = pictures.filter(({ phase }) => phase !== 'dead' && phase !== 'left')
    const isKnown = ({ id }: NodePicture) =>
      living.some(
        ({ predecessor, successors, fingers }) =>
          predecessor === id || successors.includes(id) || fingers.some(({ node }) => node === id),
      )
    const walk = this.walk?.picture(this.time)
    return {
      ...{ example: 'chord', time: this.time, ring: this.standing(), keys: this.keys },
      nodes: pictures.filter((picture) => living.includes(picture) || isKnown(picture)),
      messages: this.post.underWay,
      events: [...this.chronicle.events],
      ...(walk && { walk }),
    }
  }

  private get members(): SmallNode[] {
    return [...this.nodes.values()].filter(({ isUp, member }) => isUp && member.phase === 'member')
  }

  private begin(numbers: readonly number[]): void {
    const ring = new IdealRing(numbers.map((number) => numbered(number, RING_BITS)))
    for (const number of numbers) {
      const node = this.add(number)
      const { id } = node.contact
      node.member.create(ring.pointersOf(id, LIST_LENGTH))
      node.member.fingers.fill((start) => ring.successorOf(start))
      node.begin()
    }
    for (const key of this.keys) {
      const owner = this.nodes.get(numberOf(ring.successorOf(RingId.small(key, RING_BITS)))) as SmallNode
      const others = owner.member.successors.slice(0, COPIES).filter(({ id }) => !id.equals(owner.contact.id))
      for (const holder of [owner.number, ...others.map(numberOf)])
        this.nodes.get(holder)?.keys.shelf.put([key], owner.number)
    }
    for (const node of this.nodes.values()) node.keys.begin()
    for (const number of numbers) this.post.touched.add(number)
    this.observe(false)
  }

  private add(number: number): SmallNode {
    const node = new SmallNode({
      ...{ number, post: this.post, random: this.random.split(`node ${number} ${this.made++}`) },
      asks: (asker, to, question) => {
        const { kind, words } = askInWords(asker, to, question)
        this.chronicle[kind](words, asker.number, to)
      },
      copied: (owner, holder, keys) => {
        const words = keys.length === 0 ? 'nothing' : `copies of ${keysInWords(keys)}`
        this.chronicle.routine(`${holder} keeps ${words} for ${owner.number} now`, holder, owner.number)
      },
    })
    this.nodes.set(number, node)
    this.before.delete(number)
    this.post.touched.add(number)
    const look = () => {
      standAlone([node.member], node.outside, node.clock)
      node.clock.after(ALONE_CHECK, look)
    }
    node.clock.after(ALONE_CHECK, look)
    return node
  }

  private tryToJoin(node: SmallNode, attempt: number): void {
    const { number, member, clock } = node
    const through = pick(this.random, this.members).contact
    const port = node.quietPort
    this.chronicle.news(`${number} asks ${numberOf(through)} for the way to its own place`, number, numberOf(through))
    joinRing(
      member,
      [through],
      {
        ...{ port, clock, random: this.random, admits: () => true },
        prepare: ({ predecessor, owner }, goOn) => {
          const [from, before] = [numberOf(owner), numberOf(predecessor)]
          this.chronicle.news(
            `${number} will stand between ${before} and ${from}, and asks ${from} for its keys`,
            number,
            from,
          )
          node.keys.take(predecessor, owner, (isTaken) => {
            const keys = keysInWords(node.keys.shelf.keys.sort((a, b) => a - b))
            if (isTaken)
              this.chronicle.news(
                `${from} copies ${keys} to ${number}, which does not count as owner yet`,
                number,
                from,
              )
            goOn(isTaken)
          })
        },
      },
      (isJoined) => {
        if (isJoined) node.begin()
        else if (attempt < JOIN_TRIES) {
          this.chronicle.news(`${number} could not join, and tries again`, number)
          clock.after(JOIN_PAUSE, () => this.tryToJoin(node, attempt + 1))
        } else {
          this.chronicle.news(`${number} could not join, and gives up`, number)
          node.phase = 'left'
        }
      },
    )
  }

  /** @returns whether there was one until then */
  private event(until: Millis): boolean {
    if (!this.post.next(until)) return false
    this.observe()
    return true
  }

  /** Tells what has changed where something has happened. */
  private observe(tells = true): void {
    for (const number of this.post.touched) {
      const node = this.nodes.get(number)
      const now = node && pictureOf(node)
      const before = this.before.get(number)
      if (now) this.before.set(number, now)
      if (!now || !before || !tells) continue
      for (const { kind, words, nodes } of differences(before, now)) this.chronicle[kind](words, ...nodes)
    }
    this.post.touched.clear()
  }

  private member(number: number): SmallNode {
    const node = this.nodes.get(number)
    if (node?.phase !== 'member') throw new DemonstrationError({ code: 'NO_SUCH_NODE', node: number })
    return node
  }

  private notTheLast(node: SmallNode): void {
    if (this.members.every((member) => member === node || member.phase === 'leaving'))
      throw new DemonstrationError({ code: 'LAST_NODE', node: node.number })
  }

  private standing(): RingPicture['ring'] {
    const check = new RingCheck(this.members.map(({ member }) => member))
    if (check.violations().length > 0) return 'broken'
    return check.isIdeal(LIST_LENGTH) ? 'ideal' : 'changing'
  }
}
