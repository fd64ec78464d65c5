/**
 * How a service is described: a table of calls and a table of feeds, each with schemas. Types are inferred from the
 * schemas, never written twice. Both ends check: the serving end its arguments, the asking end what it gets.
 * A feed sends a full snapshot first and numbered patches after it, at most ten a second; who misses a number asks anew.
 */
import { z } from 'zod'

export interface CallShape {
  readonly args: z.ZodType
  readonly result: z.ZodType
}

/** `rows`: a keyed table; `value`: one small object that is sent whole. */
export interface FeedShape {
  readonly kind: 'rows' | 'value'
  readonly args: z.ZodType
  readonly item: z.ZodType
}

export interface ServiceShape {
  readonly name: string
  readonly calls: Readonly<Record<string, CallShape>>
  readonly feeds: Readonly<Record<string, FeedShape>>
}

export function service<const S extends ServiceShape>(shape: S): S {
  return shape
}

export const nothing = z.undefined()

/** A table of rows with a text `id` each. */
export function rows<Item extends z.ZodType<{ id: string }>, Args extends z.ZodType = typeof nothing>(
  item: Item,
  args?: Args,
) {
  return { kind: 'rows' as const, item, args: (args ?? nothing) as Args }
}

export function value<Item extends z.ZodType, Args extends z.ZodType = typeof nothing>(item: Item, args?: Args) {
  return { kind: 'value' as const, item, args: (args ?? nothing) as Args }
}

/** What a feed sends. `sequence` starts at 0 with each subscription and grows by one. */
export type FeedMessage<Item> =
  | { readonly kind: 'rows'; readonly sequence: number; readonly rows: readonly Item[] }
  | {
      readonly kind: 'patch'
      readonly sequence: number
      readonly changed: readonly Item[]
      readonly removed: readonly string[]
    }
  | { readonly kind: 'value'; readonly sequence: number; readonly value: Item }

export const MAX_FEED_ROWS = 100_000

/** The schema of a feed's messages, for the asking end. */
export function feedMessageSchema(feed: FeedShape): z.ZodType<FeedMessage<unknown>> {
  const sequence = z.int().nonnegative()
  if (feed.kind === 'value') return z.object({ kind: z.literal('value'), sequence, value: feed.item })
  return z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('rows'), sequence, rows: z.array(feed.item).max(MAX_FEED_ROWS) }),
    z.object({
      kind: z.literal('patch'),
      sequence,
      changed: z.array(feed.item).max(MAX_FEED_ROWS),
      removed: z.array(z.string().max(256)).max(MAX_FEED_ROWS),
    }),
  ])
}

type Args<S extends { args: z.ZodType }> = z.output<S['args']> extends undefined ? [] : [args: z.input<S['args']>]

/** What the serving end implements: a function a call, a subscription a feed. */
export type HandlersOf<S extends ServiceShape> = {
  readonly [C in keyof S['calls']]: (args: z.output<S['calls'][C]['args']>) => Promise<z.input<S['calls'][C]['result']>>
} & {
  readonly [F in keyof S['feeds']]: FeedSource<z.output<S['feeds'][F]['args']>, z.input<S['feeds'][F]['item']>>
}

/** Gives the present state at once and on every change; the serving end numbers, compares and paces. */
export interface FeedSource<A, Item> {
  /** All rows (or the one value in a list of one), now. Throws where `args` name nothing. */
  read(args: A): readonly Item[]
  /** Calls `changed` after each change until the returned function is called. May call often. */
  watch(args: A, changed: () => void): () => void
}

/** What the asking end gets. */
export type ClientOf<S extends ServiceShape> = {
  readonly [C in keyof S['calls']]: (...args: Args<S['calls'][C]>) => Promise<z.output<S['calls'][C]['result']>>
} & {
  readonly [F in keyof S['feeds']]: (
    args: z.input<S['feeds'][F]['args']>,
    listener: FeedListener<z.output<S['feeds'][F]['item']>>,
  ) => Unsubscribe
}

export interface FeedListener<Item> {
  /** The whole list each time; an unchanged row is the same object as before. */
  next(items: readonly Item[]): void
  failed(error: { code: string; message: string }): void
}

export type Unsubscribe = () => void

/** An error as it crosses: a stable code, a sentence with a next step, and the facts of the case. */
export const crossingError = z.object({
  code: z.string().max(64),
  message: z.string().max(2_000),
  facts: z.record(z.string(), z.unknown()).optional(),
})
export type CrossingError = z.infer<typeof crossingError>
