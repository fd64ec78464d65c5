import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BrowserWindow, nativeTheme, type Rectangle, screen } from 'electron'
import { APP_ORIGIN } from './app-protocol.ts'

const SMALLEST = { width: 720, height: 480 }
const USUAL = { width: 1280, height: 800 }

/** Security list, items 2, 3, 4, 6, 8, 9, 10: said outright although most are defaults, so that a test can hold them. */
export const webPreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const

/** The window, where it stood last time. It is shown with its first paint. */
export function openWindow(stateFolder: string, preload: string, title: string): BrowserWindow {
  const stateFile = join(stateFolder, 'window.json')
  const bounds = lastBounds(stateFile)
  const window = new BrowserWindow({
    ...USUAL,
    ...bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14181d' : '#f7f8fa',
    webPreferences: { ...webPreferences, preload },
  })
  window.on('page-title-updated', (event) => event.preventDefault())
  window.once('ready-to-show', () => window.show())
  window.on('close', () => {
    try {
      writeFileSync(stateFile, JSON.stringify(window.getNormalBounds()))
    } catch {
      // Where the window stood is a comfort: a full disk must not keep it from closing.
    }
  })
  void window.loadURL(`${APP_ORIGIN}/`)
  return window
}

/** Bounds of the last time, where they are sane and still on a screen. */
function lastBounds(file: string): Partial<Rectangle> {
  try {
    const { x, y, width, height } = JSON.parse(readFileSync(file, 'utf8')) as Rectangle
    if (![x, y, width, height].every(Number.isInteger)) return {}
    const bounds = { x, y, width: Math.max(width, SMALLEST.width), height: Math.max(height, SMALLEST.height) }
    const area = screen.getDisplayMatching(bounds).workArea
    const visible =
      x < area.x + area.width - 50 && x + width > area.x + 50 && y >= area.y - 10 && y < area.y + area.height - 50
    return visible ? bounds : {}
  } catch {
    return {}
  }
}
