import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

export interface Source {
  /** Relative to the repository, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly test: boolean
}

/** Every TypeScript file of the product that git knows or would know. */
export function sources(...folders: string[]): Source[] {
  const wanted = folders.length > 0 ? folders : ['src-main', 'src-shared', 'src-preload', 'src-renderer']
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...wanted], {
    cwd: root,
    encoding: 'utf8',
  })
  return list
    .split('\n')
    .filter((path) => /\.tsx?$/.test(path) && existsSync(join(root, path)))
    .map((path) => ({
      path,
      text: readFileSync(join(root, path), 'utf8'),
      test: /\.test\.tsx?$|\/port-tests\/|\/test-support\/|\/mock\//.test(path),
    }))
}

/** The modules a file imports, static and dynamic, types included. */
export function importsOf(text: string): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\{[^}]*\}[^'"\n;]*?)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g,
  )
  return [...found].map((match) => (match[1] ?? match[2]) as string)
}

/** `src-main/torrent` of `src-main/torrent/swarm/picker.ts`, `src-renderer` of anything below it. */
export function folderOf(path: string): string {
  const [side, folder] = path.split('/')
  return side === 'src-main' ? `${side}/${folder}` : (side as string)
}

/** The repository path that a relative import names, or undefined for a package. */
export function targetOf(from: string, module: string): string | undefined {
  if (module.startsWith('#shared/')) return `src-shared/${module.slice('#shared/'.length)}`
  if (!module.startsWith('.')) return undefined
  return relative(root, resolve(root, dirname(from), module)).replaceAll('\\', '/')
}
