/**
 * The contract's client: one object with a function for each call and feed, over any transport. Results and feed messages
 * are checked by the contract's schemas before anything else sees them. A feed that missed a number is asked for anew,
 * at most `MAX_GAPS_IN_A_ROW` times without `SETTLED_MESSAGES` good ones in between.
 */
import { type Clients, contract } from '../index.ts'
import type { CallShape, ClientOf, FeedListener, FeedShape, ServiceShape, Unsubscribe } from '../service.ts'
import { badAnswer, ClientError, clientError } from './client-error.ts'
import { FeedReader, type Reading } from './feed-reader.ts'
import type { Transport } from './transport.ts'

export const MAX_GAPS_IN_A_ROW = 5
export const SETTLED_MESSAGES = 10

export function createClients(transport: Transport): Clients {
  const services = Object.entries(contract).map(([name, shape]) => [name, createClient(transport, shape)])
  return Object.fromEntries(services) as Clients
}

/** Of one service; what is served beside the contract has a client of the same kind. */
export function createClient<const S extends ServiceShape>(transport: Transport, shape: S): ClientOf<S> {
  const { name } = shape
  const client: Record<string, unknown> = {}
  for (const [call, { result }] of Object.entries(shape.calls)) client[call] = caller(transport, name, call, result)
  for (const [feed, feedShape] of Object.entries(shape.feeds)) {
    client[feed] = (args: unknown, listener: FeedListener<unknown>) =>
      subscribe(transport, name, feed, feedShape, args, listener)
  }
  return client as ClientOf<S>
}

function caller(transport: Transport, service: string, call: string, result: CallShape['result']) {
  return async (args?: unknown): Promise<unknown> => {
    let raw: unknown
    try {
      raw = await transport.call(service, call, args)
    } catch (error) {
      throw clientError(error)
    }
    const parsed = result.safeParse(raw)
    if (!parsed.success) throw badAnswer(`${service}.${call}`)
    return parsed.data
  }
}

function subscribe(
  transport: Transport,
  service: string,
  feed: string,
  shape: FeedShape,
  args: unknown,
  listener: FeedListener<unknown>,
): Unsubscribe {
  const reader = new FeedReader(shape)
  let gaps = 0
  let subscription = 0
  let end: Unsubscribe = () => {}

  const stop = (): void => {
    subscription += 1
    end()
    end = () => {}
  }
  const fail = (error: ClientError): void => {
    stop()
    listener.failed({ code: error.code, message: error.message })
  }
  const gap = (): void => {
    gaps += 1
    stop()
    if (gaps > MAX_GAPS_IN_A_ROW) fail(lostTrack(service, feed))
    else start()
  }
  const take = (reading: Reading): void => {
    if (reading.outcome === 'gap') gap()
    else if (reading.outcome === 'refused') fail(badAnswer(`${service}.${feed}`))
    else {
      if (reader.taken >= SETTLED_MESSAGES) gaps = 0
      listener.next(reading.items)
    }
  }
  const start = (): void => {
    subscription += 1
    const mine = subscription
    reader.reset()
    const stopThis = transport.subscribe(service, feed, args, (event) => {
      if (mine !== subscription) return
      if (event.kind === 'failed') fail(clientError(event.error))
      else take(reader.accept(event.message))
    })
    // A transport may answer, and we may have stopped, before it returns.
    if (mine === subscription) end = stopThis
    else stopThis()
  }
  start()
  return stop
}

function lostTrack(service: string, feed: string): ClientError {
  return new ClientError('FEED_LOST', `The view lost track of ${service}.${feed} too often. Press "Try again".`)
}
