/** Threads as worker threads of Node. A thread keeps the process alive until it is terminated: it may be writing. */
import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { MessageLink, ThreadLink, Threads } from '../kernel/threads.ts'

/** The script of each thread: a source under Node, or what the build made of it. Threads are told of all of them. */
export interface ThreadScripts {
  readonly chain: string | URL
  /** Started by the chain's thread. */
  readonly signatures: string | URL
}

/** MiB for what is new: V8's own choice takes a hundred more for a chain, and is no quicker. */
const YOUNG_GENERATION = 32

export function createThreads(scripts: ThreadScripts): Threads {
  return { start: (name) => startThread(name, scripts) }
}

function startThread(name: 'chain', scripts: ThreadScripts): ThreadLink {
  const told: ThreadScripts = { chain: String(scripts.chain), signatures: String(scripts.signatures) }
  const worker = new Worker(scripts[name], {
    ...{ name, execArgv: [], workerData: told },
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
  })
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

/** What a worker thread was told of the scripts of others. */
export function threadScripts(): ThreadScripts {
  const { chain, signatures } = workerData as { readonly [name in keyof ThreadScripts]: string }
  return { chain: scriptOf(chain), signatures: scriptOf(signatures) }
}

/** A path stays one; sources are named by URL, which workers take as such and not as text. */
function scriptOf(text: string): string | URL {
  return text.startsWith('file:') ? new URL(text) : text
}
