/** The real window under Playwright: a throw-away profile, packets to this machine only. */
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { electronRuntime, runtimeEnv } from '../../scripts/electron-runtime.mjs'

export const root = resolve(import.meta.dirname, '../..')

export interface ShoalWindow {
  readonly app: ElectronApplication
  readonly page: Page
  readonly profile: string
  /** What the page and the main process complained of. */
  readonly complaints: string[]
  close(): Promise<void>
}

/** For what a page shows: long enough for a busy machine, short enough to say what is missing. */
const ACTION_LIMIT = 30_000

const folders: string[] = []

/** A folder of this test run; removed by `removeFolders`. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `shoal-${name}-`))
  folders.push(folder)
  return folder
}

/** Resolves once a folder that exists holds a file of this name. */
export function appears(folder: string, name: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!existsSync(join(folder, name))) return
      watcher.close()
      resolve()
    }
    const watcher = watch(folder, look)
    look()
  })
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** @param options.files .torrent files given as arguments. @param options.welcomed skips the welcome */
export async function openShoal(
  options: { profile?: string; files?: string[]; welcomed?: boolean; args?: string[] } = {},
): Promise<ShoalWindow> {
  const profile = options.profile ?? temporaryFolder('profile')
  const runtime = await electronRuntime()
  // Playwright's own hook into the start (it holds `ready` back until it is attached) needs the electron package to find
  // the runtime; with `executablePath` it does without the hook and sometimes misses the start on a busy machine.
  process.env.ELECTRON_OVERRIDE_DIST_PATH = runtime.dir
  const app = await _electron.launch({
    args: ['--disable-gpu', root, '--profile', profile, '--offline', ...(options.args ?? []), ...(options.files ?? [])],
    env: (await runtimeEnv(runtime)) as Record<string, string>,
  })
  const complaints: string[] = []
  app.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`main: ${message.text()}`)
  })
  const page = await app.firstWindow()
  page.setDefaultTimeout(ACTION_LIMIT)
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`page: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`))
  await page.waitForLoadState('load')
  if (options.welcomed) await welcome(page)
  return { app, page, profile, complaints, close: () => app.close() }
}

async function welcome(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Welcome to Shoal' }).waitFor()
  await page.getByRole('button', { name: 'Skip for now' }).click()
  await page.getByRole('navigation').first().waitFor()
}

/** Answers the platform's dialogs with paths, in the order in which they are asked. */
export async function answerDialogs(
  app: ElectronApplication,
  answers: { open?: string[]; save?: string[] },
): Promise<void> {
  await app.evaluate(({ dialog }, { open = [], save = [] }) => {
    dialog.showOpenDialog = (async () => {
      const path = open.shift()
      return { canceled: path === undefined, filePaths: path === undefined ? [] : [path] }
    }) as typeof dialog.showOpenDialog
    dialog.showSaveDialog = (async () => {
      const path = save.shift()
      return { canceled: path === undefined, filePath: path ?? '' }
    }) as typeof dialog.showSaveDialog
  }, answers)
}
