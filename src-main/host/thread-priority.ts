/**
 * The priority of one thread. Node sets it for whole processes only; but on Linux a thread has a number like a process, and the
 * call takes that. macOS and Windows have calls of their own for threads, which Node does not offer: there the priority stays,
 * and the share of time is all that holds a thread back.
 */
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/** Lets the calling thread run only when others leave time. @returns whether the platform can */
export function lowerThreadPriority(): boolean {
  if (process.platform !== 'linux') return false
  try {
    setPriority(ownThreadId(), constants.priority.PRIORITY_LOW)
    return true
  } catch {
    return false
  }
}

/** The kernel's number of the calling thread: the last part of `PID/task/TID`. */
function ownThreadId(): number {
  return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
}
