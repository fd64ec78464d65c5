/** For tests: the command line on any host, its lines read back, other processes of it started in this one. */
import type { ChildProgram } from '../host/child-process.ts'
import type { FileStore } from '../kernel/files.ts'
import type { Host } from '../kernel/host.ts'
import type { CommandHost, Commands } from './command.ts'
import { commands } from './commands/index.ts'
import { runCommandLine } from './run.ts'
import type { System } from './system.ts'
import { LOCAL_ONLY } from './with-host.ts'

export const SAMPLE = '/repository/sample'

/** Loaded before anything runs: virtual time does not wait for a real module. */
const loaded: Commands = Object.fromEntries(
  await Promise.all(
    Object.entries(commands).map(async ([name, load]) => {
      const command = await load()
      return [name, async () => command] as const
    }),
  ),
)

export interface Line {
  readonly event: string
  readonly [fact: string]: unknown
}

export interface RunningLine {
  readonly status: Promise<number>
  /** With `--json`: what it has said so far. */
  readonly lines: Line[]
  readonly text: { stdout: string; stderr: string }
  /** Ctrl-C. */
  stop(): void
}

/** A machine on which commands run: a host, and how a folder comes into being at once there. */
export interface Machine {
  readonly host: Host
  makeFolder(path: string): void
}

/** Starts `shoal` with these words. @param said gets each line of JSON as it comes */
export function start(machine: Machine, args: readonly string[], said: (line: Line) => void = () => {}): RunningLine {
  const text = { stdout: '', stderr: '' }
  const lines: Line[] = []
  const stop = new AbortController()
  const take = (part: string) => {
    text.stdout += part
    if (!args.includes('--json')) return
    const line = JSON.parse(part) as Line
    lines.push(line)
    said(line)
  }
  const status = runCommandLine(loaded, '9.9', args, {
    stdout: { write: take },
    stderr: { write: (part) => (text.stderr += part) },
    workingDirectory: '/home',
    stop: stop.signal,
    openHost: (policy): CommandHost => {
      // All commands of a machine share its one network here; one that talks to a daemon of it must not cut that off.
      if (policy !== LOCAL_ONLY) machine.host.network.set(policy)
      return { ...machine.host, close: async () => {} }
    },
    system: systemOf(machine),
  })
  return { status, lines, text, stop: () => stop.abort() }
}

function systemOf(machine: Machine): System {
  const { files } = machine.host
  let folders = 0
  return {
    platform: 'linux',
    terminal: undefined,
    defaultProfile: '/home/profile',
    defaultDownloadFolder: '/home/Downloads',
    sampleFolder: SAMPLE,
    lockProfile: (folder) => {
      machine.makeFolder(folder)
      return { release() {} }
    },
    temporaryFolder: async () => {
      const path = `/tmp/shoal-${++folders}`
      await files.makeDirectory(path)
      return { path, remove: () => removeAll(files, path) }
    },
    removeFolder: (path) => removeAll(files, path),
    startShoal: (args, line) => child(start(machine, args, (said) => line(JSON.stringify(said)))),
  }
}

function child(running: RunningLine): ChildProgram {
  return {
    pid: 1,
    ended: running.status.then((status) => ({ status, errorText: running.text.stderr })),
    stop: () => running.stop(),
    kill: () => running.stop(),
  }
}

async function removeAll(files: FileStore, path: string): Promise<void> {
  const stat = await files.stat(path)
  if (stat?.kind === 'directory') for (const name of await files.list(path)) await removeAll(files, `${path}/${name}`)
  await files.remove(path)
}
