import type { ChildProgram } from '../host/child-process.ts'
import type { TemporaryFolder } from '../host/temporary-folder.ts'
import type { Terminal } from '../host/terminal.ts'

/** What a command may ask of the machine beside the ports of the host: the process it runs in, and folders of its own. */
export interface System {
  readonly platform: NodeJS.Platform
  /** Undefined where nobody can be asked: output of a script, `--json`. */
  readonly terminal: Terminal | undefined
  /** The profile of the window. */
  readonly defaultProfile: string
  readonly defaultDownloadFolder: string
  /** A folder to share where none is named: one that every copy of the repository has. */
  readonly sampleFolder: string
  /** Makes the profile folder where it is missing and takes it. @throws ProfileError */
  lockProfile(folder: string): { release(): void }
  temporaryFolder(): Promise<TemporaryFolder>
  /** Removes a folder that a command made, with everything in it. */
  removeFolder(path: string): Promise<void>
  /** Starts another process of this program. It ends with this one. */
  startShoal(args: readonly string[], line: (text: string) => void): ChildProgram
}
