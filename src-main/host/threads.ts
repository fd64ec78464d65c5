/** Threads as worker threads of Node. A thread keeps the process alive until it is terminated: it may be writing. */
import { parentPort, type ResourceLimits, Worker, workerData } from 'node:worker_threads'
import type { MessageLink, ThreadLink, ThreadName, Threads } from '../kernel/threads.ts'

/** The script of each thread: a source under Node, or what the build made of it. Threads are told of all of them. */
export interface ThreadScripts {
  readonly chain: string | URL
  readonly lab: string | URL
  /** Started by the chain's thread. */
  readonly signatures: string | URL
}

/** In MiB. */
const LIMITS: Readonly<Record<ThreadName, ResourceLimits>> = {
  // V8's own choice of what is new takes a hundred more for a chain, and is no quicker.
  chain: { maxYoungGenerationSizeMb: 32 },
  // The largest networks that the window offers take half of it. Beyond, the thread ends and says so.
  lab: { maxOldGenerationSizeMb: 1_024, maxYoungGenerationSizeMb: 64 },
}

export function createThreads(scripts: ThreadScripts): Threads {
  return { start: (name) => startThread(name, scripts) }
}

function startThread(name: ThreadName, scripts: ThreadScripts): ThreadLink {
  const told: ThreadScripts = {
    ...{ chain: String(scripts.chain), lab: String(scripts.lab), signatures: String(scripts.signatures) },
  }
  const worker = new Worker(scripts[name], {
    ...{ name, execArgv: [], workerData: told },
    resourceLimits: LIMITS[name],
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
  const { chain, lab, signatures } = workerData as { readonly [name in keyof ThreadScripts]: string }
  return { chain: scriptOf(chain), lab: scriptOf(lab), signatures: scriptOf(signatures) }
}

/** A path stays one; sources are named by URL, which workers take as such and not as text. */
function scriptOf(text: string): string | URL {
  return text.startsWith('file:') ? new URL(text) : text
}
