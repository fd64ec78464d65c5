/**
 * Inside the process that holds a wallet's keys: the link to whoever started it, and what keeps its memory from others.
 *
 * It runs under no debugger, writes no core file (Linux; elsewhere that is the system's own setting), says nothing on
 * standard streams, whatever goes wrong, and ends with its parent. That other programs of the same user may look into it
 * with a debugger of the system is the system's to refuse.
 */
import { writeFileSync } from 'node:fs'
import { url } from 'node:inspector'
import type { MessageLink } from '../kernel/threads.ts'
import type { HandedLink } from '../kernel/vault-process.ts'

/** As in sysexits.h: refused to run, and an error of our own. */
const EXIT_REFUSED = 78
const EXIT_FAILED = 70

/** What Electron gives a utility process in place of Node's channel. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown; ports: readonly HandedPort[] }) => void): void
}

interface HandedPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
  on(event: 'close', listener: () => void): void
  start(): void
  close(): void
}

export interface VaultParent {
  readonly link: MessageLink
  /** Each end of a channel that the parent hands over. A child process of Node gets none. */
  ports(accept: (port: HandedLink) => void): void
}

/** Shuts the process off; refuses to go on under a debugger. */
export function shutOff(title: string): void {
  process.title = title
  if (url() !== undefined || process.execArgv.some((flag) => flag.startsWith('--inspect'))) process.exit(EXIT_REFUSED)
  writeNoCores()
  // The parent decides; a key press in its terminal reaches its children too.
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) process.on(signal, () => {})
  // Node would print the error, and with it what it is about.
  process.on('uncaughtException', () => process.exit(EXIT_FAILED))
}

/** Which parts of its memory a core file of this process would hold: none. */
function writeNoCores(): void {
  if (process.platform !== 'linux') return
  try {
    writeFileSync('/proc/self/coredump_filter', '0')
  } catch {
    // No /proc, or not ours to set: as elsewhere.
  }
}

/** @throws Error in a process that nobody started for this */
export function vaultParent(): VaultParent {
  const { parentPort } = process as unknown as { parentPort?: ParentPort }
  if (parentPort) return utilityParent(parentPort)
  if (!process.send) throw new Error('this program is started by Shoal alone')
  return { link: channelLink(), ports: () => {} }
}

function channelLink(): MessageLink {
  return {
    post: (message) => void process.send?.(message, undefined, undefined, () => {}),
    listen({ message, ended }) {
      process.on('message', message)
      process.on('disconnect', () => ended('the parent is gone'))
    },
  }
}

/** Electron ends a utility process together with its parent. */
function utilityParent(parent: ParentPort): VaultParent {
  let accept: ((port: HandedLink) => void) | undefined
  const early: HandedPort[] = []
  return {
    link: {
      post: (message) => parent.postMessage(message),
      listen: ({ message }) =>
        parent.on('message', ({ data, ports: [port] }) => {
          if (!port) message(data)
          else if (accept) accept(portLink(port))
          else early.push(port)
        }),
    },
    ports(taken) {
      accept = taken
      for (const port of early.splice(0)) taken(portLink(port))
    },
  }
}

function portLink(port: HandedPort): HandedLink {
  return {
    post: (message) => port.postMessage(message),
    listen({ message, ended }) {
      port.on('message', ({ data }) => message(data))
      port.on('close', () => ended('the other side is gone'))
      port.start()
    },
    close: () => port.close(),
  }
}
