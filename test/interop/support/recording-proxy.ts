/** Stands between the commands and the socket of a daemon, and keeps everything that crosses. */
import { renameSync } from 'node:fs'
import net from 'node:net'

export interface RecordingProxy {
  /** Both ways, as it came. */
  traffic(): Buffer
  close(): void
}

/** @param path of the daemon's socket, which goes on behind it under another name */
export async function recordSocket(path: string): Promise<RecordingProxy> {
  const behind = `${path}.behind`
  renameSync(path, behind)
  const parts: Buffer[] = []
  const sockets = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const daemon = net.connect(behind)
    for (const [from, to] of [
      [client, daemon],
      [daemon, client],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk: Buffer) => parts.push(chunk))
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
      from.pipe(to)
    }
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    traffic: () => Buffer.concat(parts),
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
