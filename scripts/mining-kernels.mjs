// Makes the mining kernels from src-native/mining: the WebAssembly one always, the native one where there is a C compiler.
// What has been made once is kept in the user's cache, under a name that says from what. The build, tests and the bench call
// this; by hand: `node scripts/mining-kernels.mjs [FOLDER]` prints where they are, or puts them into a folder.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const require = createRequire(import.meta.url)
const run = promisify(execFile)
const SOURCES = path.join(import.meta.dirname, '../src-native/mining')
const COMPILERS = [process.env.CC, 'cc', 'gcc', 'clang']
const FLAGS = ['-O3', '-std=gnu11', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra']
/** Each file with what it may use of the processor; the add-on asks the processor before it calls one. */
const UNITS = { 'addon.c': [], 'cpu.c': [], 'scan-plain.c': [] }
const X64_UNITS = { 'scan-avx2.c': ['-mavx2'], 'scan-avx512.c': ['-mavx512f'], 'scan-sha-ni.c': ['-msha', '-msse4.1'] }
/** GCC's own order of instructions is worse than the written one where registers are many: a tenth of the speed (GCC 12). */
const AS_WRITTEN = ['-fno-schedule-insns2', '-fno-tree-reassoc']

export const WEBASSEMBLY_FILE = 'sha256d.wasm'
export const NATIVE_FILE = 'sha256d.node'

function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache')
  const folder = path.resolve(process.env.SHOAL_CACHE ?? path.join(base, 'shoal'))
  mkdirSync(folder, { recursive: true })
  return folder
}

/** A name for what comes of these files and words. */
function keyOf(files, ...words) {
  const hash = createHash('sha256').update(JSON.stringify(words))
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}

/** The file of this name in the cache, made by `make(folder, file)` unless it is there. Two processes at once are safe. */
async function cached(name, make) {
  const out = path.join(cacheFolder(), name)
  if (existsSync(out)) return out
  const folder = mkdtempSync(path.join(cacheFolder(), 'tmp-'))
  try {
    const made = path.join(folder, 'made')
    await make(folder, made)
    renameSync(made, out)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return out
}

async function webAssembly() {
  const source = path.join(SOURCES, 'sha256d-wat.mjs')
  const key = keyOf([source], require('wabt/package.json').version)
  return cached(`sha256d-${key}.wasm`, async (_folder, file) => {
    const { sha256dWat } = await import(pathToFileURL(source).href)
    const module = (await require('wabt')()).parseWat('sha256d.wat', sha256dWat(), { simd: true })
    module.validate()
    writeFileSync(file, module.toBinary({}).buffer)
  })
}

/** The first compiler that answers, with its version. */
async function findCompiler() {
  for (const program of COMPILERS.filter(Boolean)) {
    try {
      return { program, version: (await run(program, ['--version'])).stdout }
    } catch {
      // Not this one.
    }
  }
  throw new Error('there is no C compiler')
}

async function native() {
  if (process.platform === 'win32') throw new Error('on Windows none is made yet')
  const { program, version } = await findCompiler()
  const units = { ...UNITS, ...(process.arch === 'x64' && X64_UNITS) }
  const isGcc = version.includes('Free Software Foundation')
  if (isGcc && units['scan-avx512.c']) units['scan-avx512.c'] = [...units['scan-avx512.c'], ...AS_WRITTEN]
  const files = readdirSync(SOURCES).filter((name) => /\.[ch]$/.test(name))
  const key = keyOf(
    files.sort().map((name) => path.join(SOURCES, name)),
    process.platform,
    process.arch,
    version,
    FLAGS,
    units,
  )
  return cached(`sha256d-${key}.node`, async (folder, out) => {
    const headers = require('node-api-headers').include_dir
    const object = (name) => path.join(folder, `${name}.o`)
    const compile = ([name, flags]) =>
      run(program, [...FLAGS, ...flags, '-I', headers, '-c', path.join(SOURCES, name), '-o', object(name)])
    await Promise.all(Object.entries(units).map(compile))
    const undefinedLater = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []
    await run(program, ['-shared', ...undefinedLater, '-o', out, ...Object.keys(units).map(object)])
  })
}

/** Paths of the kernels; without `native` where it cannot be made, with the reason. */
export async function miningKernels() {
  const wasm = await webAssembly()
  try {
    return { webAssembly: wasm, native: await native() }
  } catch (error) {
    return { webAssembly: wasm, whyNoNative: error.stderr || error.message }
  }
}

/** Puts the kernels into a folder, under the names the app looks for. */
export async function placeMiningKernels(folder) {
  const kernels = await miningKernels()
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  copyFileSync(kernels.webAssembly, path.join(folder, WEBASSEMBLY_FILE))
  if (kernels.native) copyFileSync(kernels.native, path.join(folder, NATIVE_FILE))
  else process.stderr.write(`No native mining kernel, the one in WebAssembly does instead: ${kernels.whyNoNative}\n`)
  return kernels
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder] = process.argv.slice(2)
  console.log(folder ? await placeMiningKernels(folder) : await miningKernels())
}
