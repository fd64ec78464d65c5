/** Connects to the engine that runs on a profile, or to another that serves in its place, over a local socket. */
import { ClientError } from '#shared/contract/client/client-error.ts'
import type { Transport } from '#shared/contract/client/transport.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { LocalSockets } from '../../kernel/network.ts'
import { encodeLine, LineReader } from '../../serving/json-lines.ts'
import { localSocketPath } from './local-socket-path.ts'
import { MessageClient } from './message-client.ts'

export interface LocalConnection {
  readonly transport: Transport
  close(): void
}

/**
 * @param profile absolute path of the profile folder
 * @throws ClientError NOT_RUNNING; calls and feeds end with CONNECTION_LOST where the engine goes away
 */
export function connectLocally(
  sockets: LocalSockets,
  profile: string,
  platform: NodeJS.Platform,
): Promise<LocalConnection> {
  return connectAt(sockets, localSocketPath(profile, platform), {
    missing: (cause) => notRunning(profile, cause),
    lost: () => lost(profile),
  })
}

/** What is said where nobody listens, and where the other side goes away. */
export interface ConnectionFaults {
  missing(cause: string): ClientError
  lost(): ClientError
}

/** @throws ClientError as `faults` says */
export function connectAt(sockets: LocalSockets, path: string, faults: ConnectionFaults): Promise<LocalConnection> {
  const reader = new LineReader()
  const client = new MessageClient((message) => socket.write(encodeLine(message)))
  let connected = false
  const { promise, resolve, reject } = withResolvers<LocalConnection>()
  const socket = sockets.connect(path, {
    connected() {
      connected = true
      resolve({ transport: client, close: () => socket.end() })
    },
    data(bytes) {
      try {
        reader.push(bytes, (message) => client.receive(message))
      } catch (error) {
        socket.destroy(error as Error)
      }
    },
    ended: () => socket.destroy(),
    closed(error) {
      if (connected) client.end(faults.lost())
      else reject(faults.missing(codeOf(error)))
    },
  })
  return promise
}

function notRunning(profile: string, cause: string): ClientError {
  const message = `No Shoal runs on the profile ${profile}. Open its window, or start: shoal daemon --profile "${profile}"`
  return new ClientError('NOT_RUNNING', message, { profile, cause })
}

function lost(profile: string): ClientError {
  const message = `The Shoal on the profile ${profile} has ended. Start it again, then repeat the command.`
  return new ClientError('CONNECTION_LOST', message, { profile })
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
