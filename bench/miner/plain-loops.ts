/** The plain C loops, compiled for this machine. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { has } from '../bench.ts'

/** What each set of instructions is called in the loops, and which flags its file is compiled with. */
export const LOOPS = {
  sse2: [],
  avx2: ['-mavx2'],
  avx512: ['-mavx512f'],
  'sha-ni': ['-msha', '-msse4.1'],
} as const
export type Loop = keyof typeof LOOPS

export interface HashSample {
  readonly hashes: number
  /** Of processor time. */
  readonly seconds: number
}

/** The program of all loops in `folder`; undefined without a compiler or on another kind of processor. */
export function compilePlainLoops(folder: string): string | undefined {
  const compiler = ['cc', 'gcc', 'clang'].find(has)
  if (compiler === undefined || process.arch !== 'x64') return undefined
  const source = (name: string) => join(import.meta.dirname, `plain-${name}.c`)
  const object = (name: string) => join(folder, `plain-${name}.o`)
  const compile = (name: string, flags: readonly string[]) =>
    execFileSync(compiler, ['-O3', '-std=gnu11', ...flags, '-c', source(name), '-o', object(name)])
  for (const [name, flags] of Object.entries(LOOPS)) compile(name, flags)
  compile('main', [])
  const program = join(folder, 'plain')
  execFileSync(compiler, [...Object.keys(LOOPS), 'main'].map(object).concat('-o', program))
  return program
}

/** @throws where two loops do not come to the same */
export function runPlainLoop(program: string, loop: Loop, seconds: number): HashSample {
  const { words, ...sample } = JSON.parse(execFileSync(program, [loop, `${seconds}`], { encoding: 'utf8' }))
  wordsOfAll ??= words
  if (words !== wordsOfAll) throw new Error(`the plain loop ${loop} hashes wrong`)
  return sample
}
let wordsOfAll: number | undefined
