/** Processes of this machine, as Linux shows them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Children of a process, and theirs. */
export function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === pid)
    .map(Number)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

/** What a process calls itself; empty for one that is gone. */
export function titleOf(pid: number): string {
  return read(pid, 'cmdline').split('\0').join(' ').trim()
}

export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(read(pid, 'status'))
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(read(pid, 'status'))?.[1])
}

/** A file of the process, as text. */
export function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
