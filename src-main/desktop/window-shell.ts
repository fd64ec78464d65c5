/** What the engine may ask of the window: dialogs, the file manager, a second profile. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { extname } from 'node:path'
import { app, BrowserWindow, clipboard, dialog, type OpenDialogOptions, shell } from 'electron'
import { type AppShell, MAX_CLIPBOARD_LENGTH, ShellError } from '../engine/app/shell.ts'
import type { OpenedFiles } from './opened-files.ts'
import { openExternal } from './security.ts'

/** What the platform's dialog calls the files of each ending. */
const ENDINGS: Readonly<Record<string, string>> = {
  '.torrent': 'Torrents',
  '.csv': 'Tables',
  '.jsonl': 'Labels',
  '.db': 'Wallets',
}

async function chooseSavePath(title: string, name: string): Promise<string | undefined> {
  const window = BrowserWindow.getAllWindows()[0]
  const ending = extname(name).toLowerCase()
  const options = {
    title,
    defaultPath: name,
    filters: [{ name: ENDINGS[ending] ?? 'Files', extensions: [ending.slice(1)] }],
  }
  const result = window ? await dialog.showSaveDialog(window, options) : await dialog.showSaveDialog(options)
  if (result.canceled || result.filePath === '') return undefined
  return result.filePath.toLowerCase().endsWith(ending) ? result.filePath : `${result.filePath}${ending}`
}

export function windowShell(opened: OpenedFiles, offline: boolean): AppShell {
  const choose = async (options: OpenDialogOptions) => {
    const window = BrowserWindow.getAllWindows()[0]
    const result = window ? await dialog.showOpenDialog(window, options) : await dialog.showOpenDialog(options)
    return result.canceled ? undefined : result.filePaths[0]
  }
  return {
    chooseFolder: (title, start) =>
      choose({ title, defaultPath: start ?? homedir(), properties: ['openDirectory', 'createDirectory'] }),
    chooseFile: (title) => choose({ title, properties: ['openFile'] }),
    chooseTorrentFile: () =>
      choose({
        title: 'Add torrent',
        properties: ['openFile'],
        filters: [
          { name: 'Torrents', extensions: ['torrent'] },
          { name: 'All files', extensions: ['*'] },
        ],
      }),
    chooseSavePath,
    async saveText(title, name, text) {
      const path = await chooseSavePath(title, name)
      if (path !== undefined) await writeFile(path, text)
      return path
    },
    async showInFolder(path) {
      if (!existsSync(path))
        throw new ShellError(
          { code: 'FOLDER_GONE', path },
          `"${path}" is not there; connect its drive or choose Recheck.`,
        )
      shell.showItemInFolder(path)
    },
    async openProfile(profile) {
      const args = [
        ...(app.isPackaged ? [] : [app.getAppPath()]),
        '--profile',
        profile,
        ...(offline ? ['--offline'] : []),
      ]
      spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref()
    },
    openExternal,
    takeOpened: () => opened.take(),
    watchOpened: (changed) => opened.watch(changed),
    readClipboard: async () => (await clipboard.readText()).slice(0, MAX_CLIPBOARD_LENGTH),
    quit: () => app.quit(),
  }
}
