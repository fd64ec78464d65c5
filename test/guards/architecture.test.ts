import { describe, expect, test } from 'vitest'
import { importTable, outsideCalls, outsideExceptions, outsideFolders, outsideModules } from './import-table.ts'
import { folderOf, importsOf, sources, targetOf } from './sources.ts'

const all = sources()
const product = all.filter((source) => !source.test)

/** Comments and texts do not count as calls. */
function code(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/'[^'\n]*'|`[^`]*`/g, "''")
}

describe('the reader of imports', () => {
  test('finds every way to import', () => {
    const text = `import a from 'a'\nimport type { B,\n  C } from "./b.ts"\nexport * from './c.ts'\nimport 'd'\nconst e = await import('e')`
    expect(importsOf(text)).toEqual(['a', './b.ts', './c.ts', 'd', 'e'])
  })
})

describe('who may import whom', () => {
  test('there is something to guard', () => expect(product.length).toBeGreaterThan(20))

  test('every folder is in the table', () => {
    expect([...new Set(all.map(({ path }) => folderOf(path)))].filter((folder) => !importTable[folder])).toEqual([])
  })

  test('every import is allowed by the table', () => {
    const broken = product.flatMap(({ path, text }) => {
      const folder = folderOf(path)
      const allowed = (importTable[folder] ?? []).map((name) =>
        name === '#shared' ? 'src-shared' : `src-main/${name}`,
      )
      return importsOf(text)
        .map((module) => targetOf(path, module))
        .filter((target) => target !== undefined && !/^(resources\/|out\/|package\.json$)/.test(target))
        .filter((target) => ![folder, ...allowed].includes(folderOf(target as string)))
        .map((target) => `${path} -> ${target}`)
    })
    expect(broken).toEqual([])
  })

  test('electron is imported by desktop and preload only', () => {
    const users = product.filter(({ text }) => importsOf(text).some((module) => /^electron(\/|$)/.test(module)))
    expect(
      users.map(({ path }) => folderOf(path)).filter((f) => f !== 'src-main/desktop' && f !== 'src-preload'),
    ).toEqual([])
  })
})

describe('no way to the outside but through the host', () => {
  const inside = product.filter(({ path }) => !outsideFolders.includes(folderOf(path)) && !outsideExceptions[path])

  test('no module that does I/O', () => {
    const users = inside.flatMap(({ path, text }) =>
      importsOf(text)
        .filter((module) => outsideModules.includes(module) || outsideModules.includes(`node:${module}`))
        .map((module) => `${path} -> ${module}`),
    )
    expect(users).toEqual([])
  })

  test('no clock, timer or random number of the platform', () => {
    const users = inside.flatMap(({ path, text }) =>
      outsideCalls.filter((call) => call.test(code(text))).map((call) => `${path}: ${call.source}`),
    )
    expect(users).toEqual([])
  })

  test('every exception still exists', () => {
    expect(Object.keys(outsideExceptions).filter((path) => !product.some((source) => source.path === path))).toEqual([])
  })
})
