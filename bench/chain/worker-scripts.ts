/** The scripts of the chain's threads as `npm run build` made them, which is what people run; sources where nothing is built. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sourceScripts } from '../../src-main/host/source-scripts.ts'
import type { ThreadScripts } from '../../src-main/host/threads.ts'
import { ROOT } from '../bench.ts'

const CHUNKS = join(ROOT, 'out/main/chunks')

export const scripts: ThreadScripts = {
  chain: built('chain.worker') ?? sourceScripts.chain,
  lab: built('lab.worker') ?? sourceScripts.lab,
  signatures: built('signature.worker') ?? sourceScripts.signatures,
}

/** Beside a script lies a module of the same name that holds nothing but its path. */
function built(name: string): string | undefined {
  try {
    const files = readdirSync(CHUNKS).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.js'))
    const paths = files.map((file) => join(CHUNKS, file))
    return paths.sort((a, b) => statSync(b).size - statSync(a).size)[0]
  } catch {
    return undefined
  }
}
