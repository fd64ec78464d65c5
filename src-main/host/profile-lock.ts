/**
 * One process at a time on a profile folder.
 *
 * The folder holds numbered files, `lock.1`, `lock.2` and so on, each with the identity of the process that made it; the
 * highest number is the lock. Whoever finds its owner gone makes the next number: creation is atomic and fails for all but
 * one, so two processes that start at once after a crash cannot both get it, and no live lock is ever removed.
 * Releasing empties the file and leaves it, so that numbers never go back; the next owner removes those below its own.
 * Invariant: a process holds the profile exactly while the highest file names it. Survives kill -9 of its owner.
 */
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import { CodedError, codeOf, type Fault } from '../kernel/errors.ts'
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts'

const LOCK_NAME = /^lock\.([1-9]\d{0,14})$/
/** How often we start anew when another process was faster. */
const MAX_ATTEMPTS = 100

export type ProfileFault = Fault &
  (
    | { readonly code: 'PROFILE_IN_USE'; readonly folder: string; readonly pid: number }
    | { readonly code: 'PROFILE_UNUSABLE'; readonly folder: string; readonly cause: string }
  )

/** The profile folder cannot be had. */
export class ProfileError extends CodedError<ProfileFault> {}

export interface ProfileLock {
  readonly folder: string
  /** Gives the profile free; again does nothing. Happens by itself when the process exits in an orderly way. */
  release(): void
}

/** Makes the folder (only for its owner) where it is missing, and takes it. @throws ProfileError */
export function lockProfile(folder: string): ProfileLock {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    return heldLock(folder, takeLock(folder))
  } catch (error) {
    if (error instanceof ProfileError) throw error
    const cause = codeOf(error)
    const message = `The profile folder ${folder} cannot be used (${cause}). Check that you may write there, or name another with --profile.`
    throw new ProfileError({ code: 'PROFILE_UNUSABLE', folder, cause }, message, { cause: error })
  }
}

/** The process that holds the profile, undefined where none does. */
export function profileOwner(folder: string): ProcessIdentity | undefined {
  return runningOwner(folder, newestLock(folder))
}

function takeLock(folder: string): string {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const previous = newestLock(folder)
    const owner = runningOwner(folder, previous)
    if (owner !== undefined) throw inUse(folder, owner.pid)
    const number = previous + 1
    const path = lockPath(folder, number)
    if (!createLock(folder, path)) continue
    // A slow process may have made a number that was passed and cleared away meanwhile: the highest decides. And on a file
    // system without links the one before may have been empty only because its owner was still writing.
    if (newestLock(folder) === number && runningOwner(folder, previous) === undefined) {
      removeOlder(folder, number)
      return path
    }
    fs.rmSync(path, { force: true })
  }
  throw inUse(folder, 0)
}

/** Makes the lock file with its contents in one step; false where it is there already. */
function createLock(folder: string, path: string): boolean {
  const draft = join(folder, `lock-draft-${randomBytes(8).toString('hex')}`)
  fs.writeFileSync(draft, JSON.stringify(ownIdentity()), { mode: 0o600, flag: 'wx' })
  try {
    fs.linkSync(draft, path)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) throw error
    return createWithoutLinks(path)
  } finally {
    fs.rmSync(draft, { force: true })
  }
}

/** On file systems without hard links (FAT), in two steps: while it is still empty it counts as released. */
function createWithoutLinks(path: string): boolean {
  try {
    fs.writeFileSync(path, JSON.stringify(ownIdentity()), { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function heldLock(folder: string, path: string): ProfileLock {
  let held = true
  const release = (): void => {
    if (!held) return
    held = false
    process.off('exit', release)
    try {
      fs.truncateSync(path)
    } catch {
      // The folder has been removed: then nothing is locked.
    }
  }
  process.on('exit', release)
  return { folder, release }
}

const lockPath = (folder: string, number: number) => join(folder, `lock.${number}`)

const lockNumbers = (folder: string) =>
  fs.readdirSync(folder).flatMap((name) => {
    const match = LOCK_NAME.exec(name)
    return match === null ? [] : [Number(match[1])]
  })

const newestLock = (folder: string) => Math.max(0, ...lockNumbers(folder))

function removeOlder(folder: string, than: number): void {
  for (const number of lockNumbers(folder)) if (number < than) fs.rmSync(lockPath(folder, number), { force: true })
}

/** The process that a lock file names, where it still runs. */
function runningOwner(folder: string, number: number): ProcessIdentity | undefined {
  const owner = number === 0 ? undefined : readOwner(lockPath(folder, number))
  return owner !== undefined && isRunning(owner) ? owner : undefined
}

/** Undefined where it was released, or holds no identity. */
function readOwner(path: string): ProcessIdentity | undefined {
  try {
    const content = JSON.parse(fs.readFileSync(path, 'utf8')) as { pid?: unknown; started?: unknown } | null
    const { pid, started } = content ?? {}
    return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && typeof started === 'string'
      ? { pid, started }
      : undefined
  } catch (error) {
    if (error instanceof SyntaxError || codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function inUse(folder: string, pid: number): ProfileError {
  const message = `The profile ${folder} is in use by process ${pid}. Use that window, quit it first, or name another folder with --profile.`
  return new ProfileError({ code: 'PROFILE_IN_USE', folder, pid }, message)
}
