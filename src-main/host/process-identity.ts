/** Which process a pid means: pids are given out again, so the time at which a process started belongs to its identity. */
import fs from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** Boot and start time where the system tells them (Linux), else empty: then the pid alone decides. */
  readonly started: string
}

/** State and start time in /proc/PID/stat (proc(5)); the name before them is in brackets and may hold anything. */
const STATE_FIELD = 0
const START_TIME_FIELD = 19

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) ?? '' }
}

/** Whether that very process still runs. In doubt it does. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Not ours to signal, but there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = startOf(pid)
  return started === '' || now === '' || now === started
}

/** Undefined where the process is no more (or only waits to be reaped), empty where the system does not tell. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ''
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const gone = fields[STATE_FIELD] === 'Z' || fields[STATE_FIELD] === 'X'
    return gone ? undefined : `${boot} ${fields[START_TIME_FIELD]}`
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' && fs.existsSync('/proc/self/stat') ? undefined : ''
  }
}
