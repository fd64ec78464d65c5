/** An RPC layer for tests of a node: notes what is asked, and the test answers. */
import type { Endpoint } from '../kernel/network.ts'
import type { Method, QueryArguments } from '../rpc/krpc-message.ts'
import { zeroCounters } from '../rpc/rpc-counters.ts'
import type { QueryCallbacks, QueryHandler, RpcPort, RunningQuery } from '../rpc/rpc-port.ts'

export const LOCAL: Endpoint = { host: '45.1.2.3', port: 6881 }

export interface Asked {
  readonly to: Endpoint
  readonly method: Method
  readonly args: QueryArguments[Method]
  readonly callbacks: QueryCallbacks
}

export class ScriptedRpc implements RpcPort {
  id: Uint8Array = new Uint8Array(20)
  readOnly = false
  readonly local: Endpoint
  readonly counters = zeroCounters()
  /** Not answered yet, in the order of asking. */
  readonly open: Asked[] = []
  /** Who has shown a token, in order. */
  readonly shown: Endpoint[] = []
  handler: QueryHandler = () => undefined

  constructor(local: Endpoint = LOCAL) {
    this.local = local
  }

  query<M extends Method>(to: Endpoint, method: M, args: QueryArguments[M], callbacks: QueryCallbacks): RunningQuery {
    const asked = { to, method, args, callbacks }
    this.open.push(asked)
    return { cancel: () => this.take(asked) }
  }

  onQuery(handler: QueryHandler): void {
    this.handler = handler
  }

  proven(from: Endpoint): void {
    this.shown.push(from)
  }

  /** It has been answered, or forgotten. */
  take(asked: Asked): void {
    const at = this.open.indexOf(asked)
    if (at >= 0) this.open.splice(at, 1)
  }
}
