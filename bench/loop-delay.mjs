// Loaded into a Shoal process by `node --import`: how late its event loop ran. Each SIGUSR2 writes what was seen since the
// last one as a line of JSON to the file in SHOAL_BENCH_DELAY, and begins anew; the end of the process does the same.
import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 2
const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
const milliseconds = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)

function write() {
  const line = { p99: milliseconds(histogram.percentile(99)), max: milliseconds(histogram.max) }
  appendFileSync(process.env.SHOAL_BENCH_DELAY, `${JSON.stringify(line)}\n`)
  histogram.reset()
}

histogram.enable()
process.on('SIGUSR2', write)
process.on('exit', write)
