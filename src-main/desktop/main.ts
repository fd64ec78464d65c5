/** The app's entry: one window and one engine on one profile. Nothing slow happens before the window is asked for. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog, Menu, session } from 'electron'
import { defaultProfile } from '../host/default-folders.ts'
import hash from '../host/hash.worker.ts?modulePath'
import mining from '../host/mining.worker.ts?modulePath'
import signatures from '../host/signature.worker.ts?modulePath'
import { messageOf } from '../kernel/errors.ts'
import chain from '../workers/chain.worker.ts?modulePath'
import lab from '../workers/lab.worker.ts?modulePath'
import vault from '../workers/vault.process.ts?modulePath'
import { registerAppScheme, serveApp } from './app-protocol.ts'
import { readArguments } from './arguments.ts'
import { firstQuestion, serveWindow } from './ipc.ts'
import { appMenu } from './menu.ts'
import { isMagnetLink, isTorrentFile, OpenedFiles, readOpened } from './opened-files.ts'
import { denyPermissions, guardPages } from './security.ts'
import type { RunningEngine } from './start-engine.ts'
import { serveVaultPorts } from './vault-channel.ts'
import { openWindow } from './window.ts'
import { windowShell } from './window-shell.ts'

const args = readArguments(process.argv.slice(app.isPackaged ? 1 : 2), process.cwd())
const profile = args.profile ?? defaultProfile()
const chromiumFolder = join(profile, 'window')
const opened = new OpenedFiles()

/** Electron's single instance is by `userData`, so each profile has a window of its own. */
function claimProfile(): boolean {
  mkdirSync(chromiumFolder, { recursive: true, mode: 0o700 })
  app.setPath('userData', chromiumFolder)
  app.setPath('sessionData', chromiumFolder)
  return app.requestSingleInstanceLock({ ...args.opened })
}

function run(): void {
  let engine: Promise<RunningEngine> | undefined
  let window: ReturnType<typeof openWindow> | undefined
  let stopped = false

  opened.add(args.opened)
  app.on('second-instance', (_event, _argv, _directory, data) => {
    opened.add(readOpened(data))
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    if (isTorrentFile(path)) opened.add({ paths: [path], magnets: [] })
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    if (isMagnetLink(url)) opened.add({ paths: [], magnets: [url] })
  })
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (stopped || !engine) return
    event.preventDefault()
    // What is verified is recorded before the process ends; Chromium waits for nothing else.
    void engine
      .then((running) => running.stop())
      .catch(() => {})
      .finally(() => {
        stopped = true
        app.quit()
      })
  })

  app.whenReady().then(() => {
    serveApp(session.defaultSession.protocol, join(import.meta.dirname, '../renderer'))
    denyPermissions(session.defaultSession)
    Menu.setApplicationMenu(appMenu())
    const shell = windowShell(opened, args.offline)
    window = openWindow(chromiumFolder, join(import.meta.dirname, '../preload/index.cjs'), 'Shoal')
    // The page is served by this process too: the engine's modules load while Chromium makes its own, and the profile is
    // opened once the page has drawn itself and asks. A thousand torrents would keep it waiting for seconds.
    const modules = import('./start-engine.ts')
    const starting = Promise.all([modules, firstQuestion(window)]).then(([{ startEngine }]) =>
      startEngine({
        profile,
        offline: args.offline,
        network: args.network,
        scripts: { hash, chain, lab, signatures, mining, vault },
        // Beside the code of this process, also in a package.
        miningKernels: join(import.meta.dirname, '../kernels'),
        shell,
      }),
    )
    engine = starting
    serveWindow(
      window,
      starting.then(({ server }) => server),
    )
    serveVaultPorts(window, starting)
    starting.catch((error) => {
      stopped = true
      process.stderr.write(`Shoal cannot start: ${messageOf(error)}\n`)
      dialog.showErrorBox('Shoal cannot start', messageOf(error))
      app.exit(1)
    })
  })
}

registerAppScheme()
guardPages(app)
// As root Chromium has no sandbox to enable (only development machines and CI run it so) and refuses to start with one.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
if (claimProfile()) run()
else app.quit()
