/** The page's calls to the process that holds the wallet's keys, over a port of its own that the main process only hands on. */
import { ipcRenderer } from 'electron'
import { type Bridge, VAULT_IPC_CHANNEL, type VaultPortAnswer } from '#shared/bridge.ts'
import type { CrossingError } from '#shared/contract/service.ts'
import { type Incoming, Lane } from './lane.ts'

const SERVICE = 'vault'
const ENDED: CrossingError = {
  code: 'VAULT_ENDED',
  message: 'The process that holds the keys has ended. Unlock the wallet again.',
}

/** One life of the vault's process. */
interface Connection {
  readonly id: number
  readonly lane: Lane
  port: MessagePort | undefined
  /** Written before the port was here. */
  waiting: unknown[]
}

let current: Connection | undefined
let asked = 0

ipcRenderer.on(VAULT_IPC_CHANNEL, ({ ports: [port] }, { id, error }: VaultPortAnswer) => {
  const connection = current
  if (connection?.id !== id || !port) {
    port?.close()
    if (connection?.id === id) end(connection, error ?? ENDED)
    return
  }
  connection.port = port
  port.onmessage = ({ data }: MessageEvent<Incoming>) => connection.lane.receive(data)
  port.addEventListener('close', () => end(connection, ENDED))
  port.start()
  for (const message of connection.waiting.splice(0)) port.postMessage(message)
})

function end(connection: Connection, error: CrossingError): void {
  if (current === connection) current = undefined
  connection.port?.close()
  connection.lane.fail(error)
}

/** The connection that stands, or one that has just been asked for. */
function connected(): Connection {
  if (current) return current
  const connection: Connection = {
    id: ++asked,
    lane: new Lane((message) => {
      if (connection.port) connection.port.postMessage(message)
      else connection.waiting.push(message)
    }),
    port: undefined,
    waiting: [],
  }
  current = connection
  ipcRenderer.send(VAULT_IPC_CHANNEL, connection.id)
  return connection
}

export const vaultBridge: Bridge['vault'] = {
  call: (call, args) => connected().lane.call(SERVICE, call, args),
  subscribe: (feed, args, listener) => connected().lane.subscribe(SERVICE, feed, args, listener),
}
