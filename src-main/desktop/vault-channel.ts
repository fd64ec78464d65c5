/**
 * Gives the window's page one end of a channel to the process that holds the wallet's keys, and that process the other.
 * Only our own page on our own window's top frame gets one. What crosses it is not seen here.
 */
import { type BrowserWindow, type IpcMainEvent, ipcMain, MessageChannelMain } from 'electron'
import { VAULT_IPC_CHANNEL, type VaultPortAnswer } from '#shared/bridge.ts'
import type { Engine } from '../engine/engine.ts'
import { plainError } from '../serving/service-server.ts'
import { isFromOwnPage } from './ipc.ts'

/** Ends with the window. */
export function serveVaultPorts(window: BrowserWindow, engine: Promise<Pick<Engine, 'handToVault'>>): void {
  const contents = window.webContents
  const answer = (message: VaultPortAnswer, ports: Electron.MessagePortMain[]) => {
    if (!contents.isDestroyed()) contents.postMessage(VAULT_IPC_CHANNEL, message, ports)
  }
  const listener = (event: IpcMainEvent, id: unknown) => {
    if (!isFromOwnPage(event, contents) || typeof id !== 'number') return
    const { port1, port2 } = new MessageChannelMain()
    engine
      .then(({ handToVault }) => handToVault(port1))
      .then(
        () => answer({ id }, [port2]),
        (error: unknown) => answer({ id, error: plainError(error) }, []),
      )
  }
  ipcMain.on(VAULT_IPC_CHANNEL, listener)
  window.on('closed', () => ipcMain.off(VAULT_IPC_CHANNEL, listener))
}
