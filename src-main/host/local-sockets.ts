/**
 * Sockets within this machine that only their owner can open: the file has mode 0600, a folder made for it 0700.
 * A socket file left behind by a process that died is replaced; one that answers is in use and refused.
 */
import fs from 'node:fs'
import net from 'node:net'
import { dirname } from 'node:path'
import { codeOf } from '../kernel/errors.ts'
import type { Accept, LocalSockets } from '../kernel/network.ts'
import { NetworkError } from './network-error.ts'
import { NodeStream } from './node-stream.ts'
import { socketPath } from './socket-path.ts'
import { admit } from './streams.ts'

const isWindows = process.platform === 'win32'

export function createLocalSockets(): LocalSockets {
  return {
    connect: (path, handler) =>
      NodeStream.outgoing({ host: path, port: 0 }, handler, (socket, stream) => {
        try {
          socket.connect({ path: socketPath(path) })
        } catch (error) {
          stream.destroy(error instanceof Error ? error : new Error(String(error)))
        }
      }),
    listen,
  }
}

async function listen(asked: string, accept: Accept): Promise<{ close(): Promise<void> }> {
  const path = socketPath(asked)
  if (!isWindows) {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    await removeStale(path)
  }
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
    admit(NodeStream.incoming(socket, { host: asked, port: 0 }), accept),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(codeOf(error) === 'EADDRINUSE' ? inUse(asked) : error))
    server.listen({ path }, resolve)
  })
  server.removeAllListeners('error')
  server.on('error', () => {})
  if (!isWindows) fs.chmodSync(path, 0o600)
  return {
    // Node closes the socket and removes its file in this call; its callback would wait for every connection to end.
    close: async () => {
      server.close()
    },
  }
}

/** Removes a socket file on which nobody listens. Anything that is not a socket stays. */
async function removeStale(path: string): Promise<void> {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isSocket() || (await answers(path))) throw inUse(path)
  fs.rmSync(path, { force: true })
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    // A full queue or missing rights are signs of life; only a refusal shows that nobody listens.
    socket.once('error', (error) => resolve(codeOf(error) !== 'ECONNREFUSED' && codeOf(error) !== 'ENOENT'))
  })
}

function inUse(path: string): NetworkError {
  const message = `${path} is in use by another program. Quit that program, or use another profile folder.`
  return new NetworkError({ code: 'EADDRINUSE', path }, message)
}
