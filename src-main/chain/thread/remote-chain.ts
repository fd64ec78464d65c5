/**
 * A chain on another thread, as the rest of the program calls it. Every call settles exactly once: with its answer, its
 * error, or `THREAD_DIED`. `state` is as of the last event, so that who asks after an event sees what it is about.
 */
import { CodedError, type Fault } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { ThreadLink } from '../../kernel/threads.ts'
import type { ChainListener, ChainState } from '../chain.ts'
import type { LightNodeChain } from '../light/light-calls.ts'
import type { ChainConfiguration } from '../node/node-chain.ts'
import { type ChainCall, type CrossingChainError, chainCalls, type FromChain, type ToChain } from './chain-messages.ts'

/** More calls at once mean that nobody waits for answers. */
export const MAX_OPEN_CHAIN_CALLS = 10_000

export type ChainThreadFault =
  | { readonly code: 'THREAD_DIED'; readonly reason: string }
  | { readonly code: 'TOO_MANY_CALLS'; readonly limit: number }

export class ChainThreadError extends CodedError<ChainThreadFault> {}

/** An error of the chain, as it was on its thread: facts and sentence. */
export class RemoteChainError extends CodedError<Fault> {}

export interface RemoteChainOptions {
  readonly link: ThreadLink
  readonly configuration: ChainConfiguration
  readonly log: Log
  /** Once, when the thread ends although nobody closed it. */
  readonly died: (reason: string) => void
  /** Ends the thread while it still opens the chain, whatever it is doing: what is on disk stays good. */
  readonly abandon?: AbortSignal
}

/** Opens the chain of `configuration` on the thread; calls of light chains alone fail where it is none. @throws RemoteChainError | ChainThreadError */
export async function openRemoteChain(options: RemoteChainOptions): Promise<LightNodeChain> {
  const remote = new RemoteChain(options)
  const abandon = () => void remote.abandon()
  options.abandon?.addEventListener('abort', abandon)
  if (options.abandon?.aborted) abandon()
  try {
    await remote.opened
  } catch (error) {
    await remote.abandon()
    throw error
  } finally {
    options.abandon?.removeEventListener('abort', abandon)
  }
  return remote.chain
}

interface OpenCall {
  resolve(result: unknown): void
  reject(error: Error): void
}

class RemoteChain {
  readonly chain: LightNodeChain
  readonly opened: Promise<void>
  readonly #options: RemoteChainOptions
  readonly #calls = new Map<number, OpenCall>()
  readonly #listeners = new Set<ChainListener>()
  #state: ChainState | undefined
  #nextId = 0
  #settleOpened: OpenCall | undefined
  #ended: string | undefined
  #closing = false

  constructor(options: RemoteChainOptions) {
    this.#options = options
    this.opened = new Promise((resolve, reject) => {
      this.#settleOpened = { resolve: () => resolve(), reject }
    })
    this.chain = this.#facade()
    options.link.listen({
      message: (message) => this.#receive(message as FromChain),
      ended: (reason) => this.#end(reason),
    })
    this.#post({ kind: 'open', configuration: options.configuration })
  }

  /** Ends the thread without a word to it. */
  async abandon(): Promise<void> {
    this.#closing = true
    await this.#options.link.terminate()
  }

  #facade(): LightNodeChain {
    const self = this
    const calls = Object.fromEntries(
      chainCalls.map((method) => [method, (...args: unknown[]) => self.#call(method, args)]),
    ) as unknown as Pick<LightNodeChain, ChainCall>
    return {
      ...calls,
      get state(): ChainState {
        if (self.#state === undefined) throw new Error('the chain is not open yet')
        return self.#state
      },
      watch(listener) {
        self.#listeners.add(listener)
        return () => self.#listeners.delete(listener)
      },
      forgetPeer: (peer) => self.#post({ kind: 'forget-peer', peer }),
      close: () => self.#close(),
    }
  }

  #call(method: ChainCall, args: readonly unknown[]): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(threadDied(this.#ended))
    if (this.#calls.size >= MAX_OPEN_CHAIN_CALLS) return Promise.reject(tooManyCalls())
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject })
      this.#post({ kind: 'call', id, method, args })
    })
  }

  async #close(): Promise<void> {
    this.#closing = true
    try {
      if (this.#ended === undefined) await this.#call('close', [])
    } finally {
      await this.#options.link.terminate()
    }
  }

  #post(message: ToChain): void {
    this.#options.link.post(message)
  }

  #receive(message: FromChain): void {
    switch (message.kind) {
      case 'opened':
        this.#state = message.state
        this.#settleOpened?.resolve(undefined)
        return
      case 'not-opened':
        this.#settleOpened?.reject(remoteError(message.error))
        return
      case 'reply':
        this.#take(message.id)?.resolve(message.result)
        return
      case 'failed':
        this.#take(message.id)?.reject(remoteError(message.error))
        return
      case 'event':
        this.#state = message.state
        for (const listener of this.#listeners)
          (listener[message.event] as ((argument: unknown) => void) | undefined)?.call(listener, message.argument)
        return
      case 'log':
        this.#options.log.write(message.level, message.event, message.facts)
    }
  }

  #take(id: number): OpenCall | undefined {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    return call
  }

  #end(reason: string): void {
    this.#ended = reason
    const error = threadDied(reason)
    this.#settleOpened?.reject(error)
    for (const call of this.#calls.values()) call.reject(error)
    this.#calls.clear()
    if (!this.#closing) this.#options.died(reason)
  }
}

function remoteError({ fault, message }: CrossingChainError): RemoteChainError {
  return new RemoteChainError(fault, message)
}

function threadDied(reason: string): ChainThreadError {
  const message = `The chain's thread has ended (${reason}). Restart Shoal; the chain goes on from what is on disk.`
  return new ChainThreadError({ code: 'THREAD_DIED', reason }, message)
}

function tooManyCalls(): ChainThreadError {
  return new ChainThreadError(
    { code: 'TOO_MANY_CALLS', limit: MAX_OPEN_CHAIN_CALLS },
    'The chain is asked for more than it can answer. Try again in a moment.',
  )
}
