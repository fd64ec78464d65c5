/** Threads as worker threads of Node. A thread keeps the process alive only as long as something else does. */
import { parentPort, Worker } from 'node:worker_threads'
import type { MessageLink, ThreadLink, Threads } from '../kernel/threads.ts'

/** The script of each thread: a source under Node, or what the build made of it. */
export type ThreadScripts = Readonly<Record<Parameters<Threads['start']>[0], string | URL>>

export function createThreads(scripts: ThreadScripts): Threads {
  return { start: (name) => startThread(name, scripts[name]) }
}

function startThread(name: string, script: string | URL): ThreadLink {
  const worker = new Worker(script, { name, execArgv: [] })
  worker.unref()
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    listen({ message, ended }) {
      let reason = 'the thread ended'
      worker.on('message', message)
      worker.on('error', (error) => {
        reason = error instanceof Error ? error.message : String(error)
      })
      worker.on('exit', () => ended(reason))
    },
    terminate: async () => {
      await worker.terminate()
    },
  }
}

/** The link of a worker thread to whoever started it. @throws Error outside a worker thread */
export function linkToParent(): MessageLink {
  const port = parentPort
  if (port === null) throw new Error('there is no parent of the main thread')
  return {
    post: (message, transfer = []) => port.postMessage(message, [...transfer]),
    listen({ message, ended }) {
      port.on('message', message)
      port.on('close', () => ended('the parent is gone'))
    },
  }
}
