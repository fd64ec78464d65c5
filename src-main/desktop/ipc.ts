/** The contract over Electron's IPC: only our own window's top frame, on our own page, is listened to (security list, item 17). */
import { type BrowserWindow, type IpcMainEvent, ipcMain, type WebContents } from 'electron'
import { IPC_CHANNEL } from '#shared/bridge.ts'
import type { ContractServer } from '../engine/serving/contract-server.ts'
import type { ServedClient } from '../serving/service-server.ts'
import { isOwnPage } from './security.ts'

/** Messages kept while the engine is still starting. */
const MAX_WAITING = 1_000
const LONGEST_SILENCE_MS = 3_000

/** Resolves when the page has asked its first question; after a while in any case, for the engine serves `shoal` commands too. */
export function firstQuestion({ webContents }: BrowserWindow): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LONGEST_SILENCE_MS)
    webContents.ipc.once(IPC_CHANNEL, () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Whether a message comes from the top frame of our window, and our own page is in it. */
export function isFromOwnPage({ sender, senderFrame }: IpcMainEvent, contents: WebContents): boolean {
  return sender === contents && senderFrame === contents.mainFrame && isOwnPage(senderFrame.url)
}

/** Serves one window. `engine` may arrive later than the window's first calls. Ends with the window. */
export function serveWindow(window: BrowserWindow, engine: Promise<ContractServer>): void {
  const contents = window.webContents
  let client: ServedClient | undefined
  let waiting: unknown[] = []
  let page = 0

  const connect = (server: ContractServer) => {
    client?.close()
    const mine = ++page
    client = server.connect((message) => {
      if (mine === page && !contents.isDestroyed()) contents.send(IPC_CHANNEL, message)
    })
  }

  const listener = (event: IpcMainEvent, message: unknown) => {
    if (!isFromOwnPage(event, contents)) return
    if (client) client.receive(message)
    else if (waiting.length < MAX_WAITING) waiting.push(message)
  }
  ipcMain.on(IPC_CHANNEL, listener)
  window.on('closed', () => {
    ipcMain.off(IPC_CHANNEL, listener)
    page++
    client?.close()
  })

  engine.then(
    (server) => {
      connect(server)
      for (const message of waiting) client?.receive(message)
      waiting = []
      // A reloaded page knows nothing of the old one's subscriptions.
      contents.on('did-start-navigation', (details) => {
        if (details.isMainFrame && !details.isSameDocument) connect(server)
      })
    },
    () => window.destroy(),
  )
}
