/** The scripts of worker threads as sources, for programs that Node runs without a build: tests and development. */
import { fileURLToPath } from 'node:url'
import type { HostScripts } from './real-host.ts'

const at = (path: string) => new URL(path, import.meta.url)

export const sourceScripts: HostScripts = {
  hash: at('./hash.worker.ts'),
  chain: at('../workers/chain.worker.ts'),
  lab: at('../workers/lab.worker.ts'),
  signatures: at('./signature.worker.ts'),
  mining: at('./mining.worker.ts'),
  vault: at('../workers/vault.process.ts'),
}

/** What `npm run build` made, or nothing: then JavaScript mines. */
export const sourceKernels: string = fileURLToPath(at('../../out/kernels'))
