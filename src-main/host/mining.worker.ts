/** A mining thread: tests its kernels, then does what it is ordered. Its event loop runs between any two batches. */
import { parentPort, workerData } from 'node:worker_threads'
import { chooseKernel } from '../miner/kernel/choose-kernel.ts'
import { kernelFiles } from './mining-kernel-files.ts'
import { MiningLoop } from './mining-loop.ts'
import type { MiningOrder, MiningReply, MiningThreadData } from './mining-messages.ts'
import { createRandom } from './random.ts'
import { lowerThreadPriority } from './thread-priority.ts'

const port = parentPort
if (port === null) throw new Error('the mining worker runs in a worker thread only')

const reply = (message: MiningReply) => port.postMessage(message)
const { kernels } = workerData as MiningThreadData
const { kernel, refused } = chooseKernel(kernelFiles(kernels), createRandom())
const loop = new MiningLoop(kernel, {
  now: () => performance.now(),
  after: (delay, run) => {
    if (delay < 1) {
      // Unlike a timer it does not wait for the next millisecond; messages come first all the same.
      const immediate = setImmediate(run)
      return () => clearImmediate(immediate)
    }
    const timer = setTimeout(run, delay)
    return () => clearTimeout(timer)
  },
  reply,
})

reply({
  kind: 'ready',
  kernel: kernel.name,
  refused: refused.map(({ fault }) => ({
    kernel: fault.kernel,
    reason: 'reason' in fault ? fault.reason : fault.code,
  })),
  lowPriority: lowerThreadPriority(),
})
port.on('message', (order: MiningOrder) => loop.take(order))
