import { posix } from 'node:path'
import { openMemoryDatabase } from '../host/database.ts'
import type { Database, Databases } from '../kernel/database.ts'
import type { Disk } from './disk.ts'
import { systemError } from './errors.ts'
import type { SimulatedFiles } from './files.ts'
import type { Program } from './ledger.ts'
import { RefusingDatabase } from './refusing-database.ts'

/**
 * SQLite in memory. The contents are read from the simulated file when a database is opened and written back when it is
 * closed or its program is killed (what was committed survives). So a test can damage, copy or remove the file.
 */
export class SimulatedDatabases implements Databases {
  private readonly program: Program
  private readonly disk: Disk
  private readonly files: SimulatedFiles
  private refusedWith: string | undefined

  constructor(program: Program, disk: Disk, files: SimulatedFiles) {
    this.program = program
    this.disk = disk
    this.files = files
  }

  /** A lever for tests: nothing can be changed in any database, which fails with this code; undefined ends it. */
  refuse(code: 'SQLITE_FULL' | 'SQLITE_IOERR' | undefined): void {
    this.refusedWith = code
  }

  open(path: string, _options: Parameters<Databases['open']>[1]): Database {
    const folder = this.disk.tree.find(posix.dirname(posix.resolve('/', path)), true)
    const there = this.disk.tree.find(path, true)
    if (folder?.kind !== 'directory' || (folder.readOnly && !there) || (there && there.kind !== 'file')) {
      throw systemError('SQLITE_CANTOPEN', 'open', path)
    }
    const database = openMemoryDatabase(path, this.files.get(path), (contents) => {
      claim.release()
      this.files.put(path, contents)
    })
    const claim = this.program.claim('database', path, () => database.close())
    return new RefusingDatabase(database, () =>
      this.refusedWith === undefined ? undefined : systemError(this.refusedWith, 'write', path),
    )
  }
}
