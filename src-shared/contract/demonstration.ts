/**
 * Small overlays to watch and to meddle with: Chord's ring of 64 places as the literature draws it, and Kademlia with ids of
 * four bits. Each runs on a time of its own, which passes only while somebody watches.
 */
import { z } from 'zod'
import { nothing, service, value } from './service.ts'

export const MAX_DEMONSTRATIONS = 4
export const RING_PLACES = 64
export const MIN_SPEED = 0.25
export const MAX_SPEED = 16
export const MAX_SHOWN_MESSAGES = 512
export const MAX_SHOWN_EVENTS = 200

const id = z.string().min(1).max(32)
/** A place on the ring, or a key; of Kademlia's example only those below 16. */
const place = z
  .int()
  .min(0)
  .max(RING_PLACES - 1)
const places = z.array(place).max(RING_PLACES).readonly()
const seed = z.int().min(0).max(0xffff_ffff)
const words = z.string().max(300)

export const demonstrationAction = z.discriminatedUnion('kind', [
  /** Lets time pass until the next thing worth telling; with `routine` until anything happens at all. */
  z.object({ kind: z.literal('step'), routine: z.boolean() }),
  /** `speed`: simulated seconds in a second. */
  z.object({ kind: z.literal('play'), speed: z.number().min(MIN_SPEED).max(MAX_SPEED) }),
  z.object({ kind: z.literal('pause') }),
  z.object({ kind: z.literal('join'), node: place }),
  z.object({ kind: z.literal('leave'), node: place }),
  /** It falls silent without a word. */
  z.object({ kind: z.literal('kill'), node: place }),
  /** On the ring: `fingers`, the way leads over fingers alone, as in the literature (if left out); `all`: over successor lists as well. */
  z.object({ kind: z.literal('lookup'), from: place, key: place, routing: z.enum(['fingers', 'all']).optional() }),
  /** Back to the opening state. */
  z.object({ kind: z.literal('reset') }),
  /** A ring of other nodes and keys. */
  z.object({ kind: z.literal('another'), seed }),
])
export type DemonstrationAction = z.infer<typeof demonstrationAction>

export const ringFinger = z.object({
  /** It stands for the places from `start` up to, not including, `end`. */
  start: place,
  end: place,
  /** The first node at or after `start`, as far as its owner knows. */
  node: place.optional(),
})
export type RingFinger = z.infer<typeof ringFinger>

export const smallNode = z.object({
  id: place,
  phase: z.enum(['joining', 'member', 'leaving', 'left', 'dead']),
  /** In the middle of a change: who asks for its list has to wait. */
  isBusy: z.boolean(),
  predecessor: place,
  /** Nearest first. */
  successors: places,
  /** The literature's finger 1 first. */
  fingers: z.array(ringFinger).max(6).readonly(),
  /** Keys that it owns in its own view, clockwise. */
  owns: places,
  /** Keys that it holds for others. */
  copies: places,
  /** Of those that it points to: who has missed twice, or said that it leaves. */
  gone: places,
})
export type SmallNode = z.infer<typeof smallNode>

export const ringMessage = z.object({
  id: z.int().nonnegative(),
  from: place,
  to: place,
  /** What it says, in a word or two. */
  label: z.string().max(60),
  isAnswer: z.boolean(),
  /** Simulated milliseconds. */
  sentAt: z.number().nonnegative(),
  arrivesAt: z.number().nonnegative(),
})
export type RingMessage = z.infer<typeof ringMessage>

export const demonstrationEvent = z.object({
  /** Counts up from 1. */
  order: z.int().positive(),
  /** Simulated milliseconds. */
  at: z.number().nonnegative(),
  kind: z.enum(['news', 'routine']),
  words,
  /** Whom it is about. */
  nodes: places,
})
export type DemonstrationEvent = z.infer<typeof demonstrationEvent>

export const ringWalk = z.object({
  from: place,
  key: place,
  state: z.enum(['running', 'found', 'missing', 'failed']),
  /** In the order of asking. */
  steps: z
    .array(z.object({ node: place, namedBy: place, state: z.enum(['asked', 'answered', 'silent']) }))
    .max(RING_PLACES)
    .readonly(),
  /** From the first that was asked to the owner; empty until it is known. */
  path: places,
  owner: place.optional(),
})
export type RingWalk = z.infer<typeof ringWalk>

const standing = {
  id,
  /** Simulated milliseconds since the opening. */
  time: z.number().nonnegative(),
  playing: z.boolean(),
  speed: z.number(),
}

export const ringPicture = z.object({
  ...{ ...standing, example: z.literal('chord') },
  /** `ideal`: every pointer is as it should be; `changing`: one ring in order, not all pointers right yet. */
  ring: z.enum(['ideal', 'changing', 'broken']),
  /** Those that have left or died for as long as somebody points to them. */
  nodes: z.array(smallNode).max(RING_PLACES).readonly(),
  keys: places,
  messages: z.array(ringMessage).max(MAX_SHOWN_MESSAGES).readonly(),
  /** The newest last. */
  events: z.array(demonstrationEvent).max(MAX_SHOWN_EVENTS).readonly(),
  /** The last lookup that a person has asked for, until some time after its end. */
  walk: ringWalk.optional(),
})
export type RingPicture = z.infer<typeof ringPicture>

export const smallBucket = z.object({
  /** The ids in it begin so, as `10**`. */
  prefix: z.string().max(8),
  /** Distances from its owner, both included. */
  nearest: place,
  farthest: place,
  contacts: places,
  /** Known, and without a place in the full bucket. */
  spares: places,
})
export type SmallBucket = z.infer<typeof smallBucket>

export const treePicture = z.object({
  ...{ ...standing, example: z.literal('kademlia') },
  bits: z.int(),
  /** Contacts of a bucket. */
  k: z.int(),
  nodes: z
    .array(z.object({ id: place, buckets: z.array(smallBucket).max(8).readonly() }))
    .max(16)
    .readonly(),
  walk: z.object({
    from: place,
    target: place,
    state: z.enum(['running', 'found', 'missing']),
    /** Nodes that it knows before anybody is asked, nearest to the target first. */
    known: places,
    /** Those shown so far. */
    steps: z
      .array(z.object({ asked: place, distance: place, named: places, nearest: places }))
      .max(16)
      .readonly(),
    path: places,
  }),
  events: z.array(demonstrationEvent).max(MAX_SHOWN_EVENTS).readonly(),
})
export type TreePicture = z.infer<typeof treePicture>

export const demonstrationPicture = z.discriminatedUnion('example', [ringPicture, treePicture])
export type DemonstrationPicture = z.infer<typeof demonstrationPicture>

export const demonstration = service({
  name: 'demonstration',
  calls: {
    /** One that nobody watches makes room where there are too many. `TOO_MANY_OPEN`. */
    open: { args: z.object({ example: z.enum(['chord', 'kademlia']) }), result: z.object({ id }) },
    /** `NO_SUCH_DEMONSTRATION`, `NO_SUCH_NODE`, `PLACE_TAKEN`, `LAST_NODE`, `NOT_OFFERED`. */
    act: { args: z.object({ id, action: demonstrationAction }), result: nothing },
    /** One that is closed already stays so. */
    close: { args: z.object({ id }), result: nothing },
  },
  feeds: {
    /** `NO_SUCH_DEMONSTRATION`. */
    picture: value(demonstrationPicture, z.object({ id })),
  },
})
