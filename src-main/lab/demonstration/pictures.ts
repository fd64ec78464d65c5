/** What a demonstration shows at a moment, as plain data. Nodes and keys are numbers; times are simulated milliseconds. */
import type { Millis } from '../../kernel/clock.ts'

export const MAX_EVENTS = 200

export type DemonstrationAction =
  | { readonly kind: 'step'; readonly routine: boolean }
  | { readonly kind: 'join' | 'leave' | 'kill'; readonly node: number }
  | {
      readonly kind: 'lookup'
      readonly from: number
      readonly key: number
      readonly routing?: 'fingers' | 'all'
    }
  | { readonly kind: 'reset' }
  | { readonly kind: 'another'; readonly seed: number }

/** One of the examples, on a time of its own. */
export interface Demonstration {
  /** @throws DemonstrationError NO_SUCH_NODE, PLACE_TAKEN, LAST_NODE, NOT_OFFERED */
  act(action: DemonstrationAction): void
  /** Lets so much time pass. */
  advance(duration: Millis): void
  /** Nothing more happens by itself. */
  readonly isOver: boolean
  picture(): RingPicture | TreePicture
}

export interface DemonstrationEvent {
  /** Counts up from 1. */
  readonly order: number
  readonly at: Millis
  /** `routine`: what goes on always and changes nothing. */
  readonly kind: 'news' | 'routine'
  readonly words: string
  /** Whom it is about. */
  readonly nodes: readonly number[]
}

export interface FingerPicture {
  readonly start: number
  /** The next one's start: it stands for what comes before. */
  readonly end: number
  readonly node?: number
}

export interface NodePicture {
  readonly id: number
  readonly phase: 'joining' | 'member' | 'leaving' | 'left' | 'dead'
  readonly isBusy: boolean
  readonly predecessor: number
  readonly successors: readonly number[]
  readonly fingers: readonly FingerPicture[]
  /** In its own view, clockwise. */
  readonly owns: readonly number[]
  readonly copies: readonly number[]
  /** Of those that it points to: who has missed twice, or said that it leaves. */
  readonly gone: readonly number[]
}

/** A message under way. */
export interface MessagePicture {
  readonly id: number
  readonly from: number
  readonly to: number
  readonly label: string
  readonly isAnswer: boolean
  readonly sentAt: Millis
  readonly arrivesAt: Millis
}

export interface WalkPicture {
  readonly from: number
  readonly key: number
  /** `missing`: the owner is known and has nothing under the key; `failed`: nobody could tell the owner. */
  readonly state: 'running' | 'found' | 'missing' | 'failed'
  readonly steps: readonly {
    readonly node: number
    readonly namedBy: number
    readonly state: 'asked' | 'answered' | 'silent'
  }[]
  readonly path: readonly number[]
  readonly owner?: number
}

export interface RingPicture {
  readonly example: 'chord'
  readonly time: Millis
  readonly ring: 'ideal' | 'changing' | 'broken'
  readonly nodes: readonly NodePicture[]
  readonly keys: readonly number[]
  readonly messages: readonly MessagePicture[]
  readonly events: readonly DemonstrationEvent[]
  readonly walk?: WalkPicture
}

export interface BucketPicture {
  /** As `10**`. */
  readonly prefix: string
  /** Distances from its owner, both included. */
  readonly nearest: number
  readonly farthest: number
  readonly contacts: readonly number[]
  readonly spares: readonly number[]
}

export interface TreePicture {
  readonly example: 'kademlia'
  readonly time: Millis
  readonly bits: number
  readonly k: number
  readonly nodes: readonly { readonly id: number; readonly buckets: readonly BucketPicture[] }[]
  readonly walk: {
    readonly from: number
    readonly target: number
    readonly state: 'running' | 'found' | 'missing'
    readonly known: readonly number[]
    /** Those taken so far. */
    readonly steps: readonly {
      readonly asked: number
      readonly distance: number
      readonly named: readonly number[]
      /** The nearest to the target of all that is known after it. */
      readonly nearest: readonly number[]
    }[]
    /** From the one who asks to the nearest that answered, as far as it has come. */
    readonly path: readonly number[]
  }
  readonly events: readonly DemonstrationEvent[]
}
