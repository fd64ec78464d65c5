/**
 * The side of the chain's thread: opens the chain that the first message asks for, answers calls in the order in which they
 * finish, and passes its events on together with the state they left behind.
 */
import { CodedError, codeOf, type Fault, messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { MessageLink } from '../../kernel/threads.ts'
import type { ChainListener } from '../chain.ts'
import type { ChainConfiguration, NodeChain } from '../node/node-chain.ts'
import {
  type ChainCall,
  type ChainEvent,
  type CrossingChainError,
  type FromChain,
  isChainCall,
  type ToChain,
} from './chain-messages.ts'

export type OpenChain = (configuration: ChainConfiguration, log: Log) => Promise<NodeChain>

const EVENTS: Readonly<Record<ChainEvent, true>> = {
  tipChanged: true,
  headersChanged: true,
  transactionAdded: true,
  transactionRemoved: true,
  blockRefused: true,
  stateChanged: true,
}

/** Serves until the other side is gone or `close` has been answered. */
export function serveChain(link: MessageLink, open: OpenChain): void {
  let chain: NodeChain | undefined
  let isGone = false
  const send = (message: FromChain) => link.post(message)
  link.listen({
    message(message) {
      // Only our own program can write to this link.
      const request = message as ToChain
      if (request.kind === 'forget-peer') chain?.forgetPeer(request.peer)
      else if (request.kind === 'call') void answer(chain, request, send)
      else
        void open(request.configuration, linkedLog(send)).then(
          (opened) => {
            chain = opened
            if (isGone) return closeQuietly(opened)
            opened.watch(listenerTo(opened, send))
            send({ kind: 'opened', state: opened.state })
          },
          (error: unknown) => send({ kind: 'not-opened', error: crossing(error) }),
        )
    },
    ended() {
      isGone = true
      if (chain) closeQuietly(chain)
    },
  })
}

/** Nobody is left who could be told of a failure; what is on disk stays good. */
function closeQuietly(chain: NodeChain): void {
  chain.close().catch(() => undefined)
}

type Call = (...args: readonly unknown[]) => Promise<unknown>

async function answer(
  chain: NodeChain | undefined,
  { id, method, args }: Extract<ToChain, { kind: 'call' }>,
  send: (message: FromChain) => void,
): Promise<void> {
  try {
    const call = isChainCall(method) ? (chain as Partial<Record<ChainCall, Call>> | undefined)?.[method] : undefined
    if (call === undefined) throw new Error(`the chain cannot answer ${method}`)
    send({ kind: 'reply', id, result: await call.apply(chain, [...args]) })
  } catch (error) {
    send({ kind: 'failed', id, error: crossing(error) })
  }
}

function listenerTo(chain: NodeChain, send: (message: FromChain) => void): ChainListener {
  return Object.fromEntries(
    Object.keys(EVENTS).map((event) => [
      event,
      (argument: unknown) => send({ kind: 'event', event: event as ChainEvent, argument, state: chain.state }),
    ]),
  )
}

function linkedLog(send: (message: FromChain) => void, subject = ''): Log {
  return {
    write: (level, event, facts) => send({ kind: 'log', level, event: `${subject}${event}`, facts }),
    child: (name) => linkedLog(send, `${subject}${name}: `),
  }
}

function crossing(error: unknown): CrossingChainError {
  const fault: Fault = error instanceof CodedError ? error.fault : { code: codeOf(error) }
  return { fault, message: messageOf(error) }
}
