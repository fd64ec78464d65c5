/**
 * How long the mining threads of this process have stood in line for a processor that others had: they give way to all. Linux
 * tells it for each thread; elsewhere it counts as nothing.
 */
import { readdirSync, readFileSync } from 'node:fs'

const TASKS = '/proc/self/task'
const LOWEST_PRIORITY = 19
const NANOSECONDS = 1e9

/** Seconds, of all threads of the lowest priority together. */
export function waitedForProcessor(): number {
  if (process.platform !== 'linux') return 0
  return readdirSync(TASKS)
    .filter((id) => priorityOf(id) === LOWEST_PRIORITY)
    .reduce(
      (sum, id) => sum + Number(readFileSync(`${TASKS}/${id}/schedstat`, 'latin1').split(' ')[1]) / NANOSECONDS,
      0,
    )
}

/** The 19th field of stat; the name in brackets before it may hold anything. */
function priorityOf(id: string): number {
  const stat = readFileSync(`${TASKS}/${id}/stat`, 'latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
}
