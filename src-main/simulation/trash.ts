import { posix } from 'node:path'
import type { Trash } from '../kernel/files.ts'
import type { SimulatedFiles } from './files.ts'

/** Where a simulated host's trash is, on the same drive. */
export const TRASH_FOLDER = '/trash'

/** Moves things below TRASH_FOLDER, each under a number and its name, and keeps a list of where they were. */
export class SimulatedTrash implements Trash {
  readonly moved: string[] = []
  private readonly files: SimulatedFiles

  constructor(files: SimulatedFiles) {
    this.files = files
  }

  async move(path: string): Promise<void> {
    await this.files.makeDirectory(TRASH_FOLDER)
    await this.files.rename(path, posix.join(TRASH_FOLDER, `${this.moved.length + 1} ${posix.basename(path)}`))
    this.moved.push(path)
  }
}
