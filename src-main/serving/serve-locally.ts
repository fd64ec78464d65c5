/** Serves on a local socket, for `shoal` commands that talk to a running engine or to the process that holds the wallet's keys. */
import { messageOf } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import type { LocalSockets, StreamSocket } from '../kernel/network.ts'
import { encodeLine, LineReader } from './json-lines.ts'
import type { ServerMessage } from './messages.ts'
import type { ServedClient } from './service-server.ts'

export const MAX_LOCAL_CLIENTS = 32
/** A client that does not read is dropped once this much waits for it. */
export const MAX_WAITING_BYTES = 64 * 1024 * 1024

/** Only the owner of the profile can connect: the socket file is theirs alone. */
export async function serveLocally(
  server: { connect(send: (message: ServerMessage) => void): ServedClient },
  sockets: LocalSockets,
  path: string,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  const open = new Set<StreamSocket>()
  const listener = await sockets.listen(path, (socket) => {
    if (open.size >= MAX_LOCAL_CLIENTS) return undefined
    open.add(socket)
    const reader = new LineReader()
    const client = server.connect((message) => {
      if (socket.bufferedBytes > MAX_WAITING_BYTES) socket.destroy()
      else socket.write(encodeLine(message))
    })
    return {
      data(bytes) {
        try {
          reader.push(bytes, (message) => client.receive(message))
        } catch (error) {
          log.write('warn', 'local client closed', { reason: messageOf(error) })
          socket.destroy()
        }
      },
      ended: () => socket.end(),
      closed() {
        open.delete(socket)
        client.close()
      },
    }
  })
  return {
    async close() {
      for (const socket of open) socket.destroy()
      await listener.close()
    },
  }
}
