/**
 * Two hosts that have keys and nothing else: what one asks goes to the other's answers, with the bytes that it would take on the
 * network counted. The one who answers may be given a tongue of its own.
 */
import { type Clock, MINUTE, type Millis } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { PlainClock } from '../../simulation/plain-clock.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { VirtualTime } from '../../simulation/virtual-clock.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import type { StoreQuestion } from '../host/host-store.ts'
import type { HostAnswer, HostPort, HostQuestion } from '../host-messages.ts'
import { Acquaintance } from '../store/acquaintance.ts'
import { ItemShelf, type ShelfOptions } from '../store/item-shelf.ts'
import { PeerShelf } from '../store/peer-shelf.ts'
import type { Place } from '../store/places.ts'
import { StoreAnswers } from '../store/store-answers.ts'
import { sizeOfHostAnswer, sizeOfHostQuestion } from '../wire/sizes.ts'

export interface Counted {
  questions: number
  bytes: number
}

export class StoreSide {
  readonly endpoint: Endpoint
  readonly self: ChordContact
  readonly items: ItemShelf
  readonly peers: PeerShelf
  readonly clock: Clock
  readonly port: HostPort
  /** What it has asked, and the answers to that. */
  readonly asked: Counted = { questions: 0, bytes: 0 }
  /** Its places; the whole ring is its own unless this is changed. */
  places: Place[]
  /** Whether it has answered the other. */
  isMember = true
  /** Replaces an answer; undefined: none comes. */
  tongue: (question: HostQuestion, answer: HostAnswer) => HostAnswer | undefined = (_question, answer) => answer
  private readonly answers: StoreAnswers

  constructor(number: number, time: VirtualTime, other: () => StoreSide, options: ShelfOptions) {
    this.endpoint = { host: `45.0.${number}.1`, port: 6881 }
    this.self = contactAt(this.endpoint, 0) as ChordContact
    this.clock = new PlainClock(time)
    const random = SeededRandom.of(number)
    this.items = new ItemShelf(options)
    this.peers = new PeerShelf(random)
    this.places = [{ self: this.self, predecessor: this.self, successors: [this.self], capacity: 8 }]
    this.port = { ask: (_to, question, callbacks) => this.ask(other(), question, callbacks) }
    const { items, peers, clock, port } = this
    this.answers = new StoreAnswers({
      ...{ items, peers },
      host: {
        ...{ clock, random, members: () => this.places, proven: () => {} },
        isOwn: () => false,
        isMember: () => other().isMember,
      },
      acquaintance: new Acquaintance({ clock, port, isMember: () => other().isMember }),
      spread: (_keeper, _held, done) => done(0),
    })
  }

  answer(from: Endpoint, question: HostQuestion, reply: (answer: HostAnswer) => void): void {
    const members = this.isMember ? [this.self] : []
    if (question.kind === 'hello') reply({ kind: 'hello', members })
    else this.answers.answer(from, question as StoreQuestion, reply)
  }

  private ask(other: StoreSide, question: HostQuestion, callbacks: Parameters<HostPort['ask']>[2]): void {
    this.asked.questions += 1
    this.asked.bytes += sizeOfHostQuestion(question)
    this.clock.after(1, () =>
      other.answer(this.endpoint, question, (truth) => {
        const answer = other.tongue(question, truth)
        if (answer) this.asked.bytes += sizeOfHostAnswer(answer)
        this.clock.after(1, () => (answer ? callbacks.answered(answer) : callbacks.missed()))
      }),
    )
  }
}

export class StorePair {
  readonly a: StoreSide
  readonly b: StoreSide
  readonly log = silentLog
  private readonly time = new VirtualTime()

  constructor(options: ShelfOptions = {}) {
    this.a = new StoreSide(1, this.time, () => this.b, options)
    this.b = new StoreSide(2, this.time, () => this.a, options)
  }

  get now(): Millis {
    return this.time.now
  }

  async run(duration: Millis): Promise<void> {
    await this.time.advance(this.time.now + duration, () => false)
  }

  /** What something ends with that takes a callback. */
  async ended<R>(start: (done: (result: R) => void) => void, limit: Millis = 10 * MINUTE): Promise<R> {
    let results: R[] = []
    start((result) => {
      results = [...results, result]
    })
    await this.time.advance(this.time.now + limit, () => results.length > 0)
    if (results.length !== 1) throw new Error(`ended ${results.length} times`)
    return results[0] as R
  }
}
