/**
 * One kernel of Shoal in a process of its own: `measure.ts 'native (AVX2)' 0.5` prints what `HashSample` has. The time is the
 * processor's: wall time would count what others did meanwhile.
 */

import { miningKernels } from '../../scripts/mining-kernels.mjs'
import { kernelFiles } from '../../src-main/host/mining-kernel-files.ts'
import { createRandom } from '../../src-main/host/random.ts'
import { chooseKernel, usableKernels } from '../../src-main/miner/kernel/choose-kernel.ts'
import { HeaderSearch } from '../../src-main/miner/kernel/header-search.ts'

const BATCH = 65_536
/** Before the clock starts: V8 compiles the WebAssembly module a second time, with care, once it has run for a while. */
const WARM_UP_SECONDS = 0.3

const [name, limit = '0.5'] = process.argv.slice(2)
const sources = kernelFiles(await miningKernels())
const random = createRandom()
const kernels = usableKernels(sources, random)
if (name === undefined) {
  console.log(
    JSON.stringify({
      kernels: kernels.map((kernel) => kernel.name),
      chosen: chooseKernel(sources, random).kernel.name,
    }),
  )
} else {
  const kernel = kernels.find((other) => other.name === name)
  if (kernel === undefined) throw new Error(`no kernel ${name} here`)
  const search = new HeaderSearch(kernel, random.bytes(80), 0n)
  let next = 0
  const run = (seconds: number) => {
    const began = process.cpuUsage()
    const first = next
    for (;;) {
      next += search.search(next, BATCH).attempts
      const { user, system } = process.cpuUsage(began)
      if ((user + system) / 1e6 >= seconds) return { hashes: next - first, seconds: (user + system) / 1e6 }
    }
  }
  run(WARM_UP_SECONDS)
  console.log(JSON.stringify(run(Number(limit))))
}
