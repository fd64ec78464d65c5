import { CodedError } from '../../kernel/errors.ts'

/** Characters of the clipboard that are looked at: as many as a magnet link may have. */
export const MAX_CLIPBOARD_LENGTH = 16_384

/** What only a program with a window can do for the engine. Headless drivers use `headlessShell`. */
export interface AppShell {
  chooseFolder(title: string, start: string | undefined): Promise<string | undefined>
  chooseFile(title: string): Promise<string | undefined>
  chooseTorrentFile(): Promise<string | undefined>
  /** The path ends as `name` does. */
  chooseSavePath(title: string, name: string): Promise<string | undefined>
  /** Asks for a path as `chooseSavePath` does, and writes the text there. */
  saveText(title: string, name: string, text: string): Promise<string | undefined>
  /** Opens the file manager with `path` shown in its folder. */
  showInFolder(path: string): Promise<void>
  openProfile(profile: string): Promise<void>
  openExternal(url: string): Promise<void>
  /** .torrent files and magnet links the user has opened with Shoal since the last call. */
  takeOpened(): { paths: string[]; magnets: string[] }
  /** Calls `changed` whenever something was opened, until the returned function is called. */
  watchOpened(changed: () => void): () => void
  /** Text of the clipboard; longer text than `MAX_CLIPBOARD_LENGTH` is cut off. */
  readClipboard(): Promise<string>
  quit(): void
}

export class ShellError extends CodedError<
  { code: 'NO_WINDOW' } | { code: 'ADDRESS_REFUSED'; url: string } | { code: 'FOLDER_GONE'; path: string }
> {}

function noWindow(): never {
  throw new ShellError({ code: 'NO_WINDOW' }, 'This Shoal runs without a window; name the path on the command line.')
}

/** For the command line and tests: nothing to show anything on. */
export function headlessShell(quit: () => void): AppShell {
  return {
    chooseFolder: async () => noWindow(),
    chooseFile: async () => noWindow(),
    chooseTorrentFile: async () => noWindow(),
    chooseSavePath: async () => noWindow(),
    saveText: async () => noWindow(),
    showInFolder: async () => noWindow(),
    openProfile: async () => noWindow(),
    openExternal: async () => noWindow(),
    takeOpened: () => ({ paths: [], magnets: [] }),
    watchOpened: () => () => {},
    readClipboard: async () => noWindow(),
    quit,
  }
}
