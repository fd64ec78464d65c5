/** The file system as a port. Paths are absolute, in the platform's form. Errors carry the system's code (`ENOENT`, `ENOSPC`). */
export interface FileStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other'
  readonly size: number
  readonly modifiedMs: number
}

export interface FileHandle {
  /** Reads into `into` from `position`; the count is smaller only at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>
  /** Writes all of `bytes` at `position`, growing the file sparsely where needed. */
  write(bytes: Uint8Array, position: number): Promise<void>
  truncate(size: number): Promise<void>
  stat(): Promise<FileStat>
  /** Returns when what was written is on the medium. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** `read`: must exist. `update`: must exist, read and write. `create`: read and write, made when missing, never cut. `exclusive`: must not exist. `secret`: as `exclusive`, and for its owner alone. */
export type OpenMode = 'read' | 'update' | 'create' | 'exclusive' | 'secret'

export interface FileStore {
  /** Refuses a symbolic link as last element when the mode writes (`ELOOP`). */
  open(path: string, mode: OpenMode): Promise<FileHandle>
  /** Does not follow symbolic links; undefined where there is nothing. */
  stat(path: string): Promise<FileStat | undefined>
  /** Names in a folder, in no order. */
  list(path: string): Promise<readonly string[]>
  /** The path with every symbolic link resolved. */
  realPath(path: string): Promise<string>
  /** Makes the folder and its parents; nothing where it is there already. */
  makeDirectory(path: string): Promise<void>
  /** Atomic within one file system; replaces a file at `to`. */
  rename(from: string, to: string): Promise<void>
  /** Removes a file or an empty folder. Nothing where there is none. */
  remove(path: string): Promise<void>
  /** Makes a folder's entries durable. */
  syncDirectory(path: string): Promise<void>
  /** Bytes that we may still write on the file system that holds `path` (or its nearest existing parent). */
  freeSpace(path: string): Promise<number>
}

/** Moves a file or folder to where the user can get it back from. */
export interface Trash {
  move(path: string): Promise<void>
}
