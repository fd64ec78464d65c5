/** Passwords and words: from a file that is named, or asked for at the terminal; never from an argument, which others can read. */
import { messageOf } from '../../kernel/errors.ts'
import type { CommandContext } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { interrupted } from '../interrupted.ts'
import { pathOf } from '../values.ts'
import { LOCAL_ONLY, withHost } from '../with-host.ts'

/** A secret is a line or a few. */
const MAX_FILE_BYTES = 4_096

export interface Secret {
  /** As the line calls the file's flag: `--password-file`. */
  readonly flag: string
  readonly file: string | undefined
  readonly question: string
}

/** @throws CommandError NO_SECRET where there is neither a file nor a terminal, BAD_SECRET_FILE */
export async function secretOf(context: CommandContext, secret: Secret): Promise<string> {
  if (secret.file !== undefined) return readSecret(context, secret.file)
  return answerOf(context, secret)
}

/** Asked for twice at a terminal: nobody can see what he types. @throws CommandError NOT_THE_SAME */
export async function newPassword(context: CommandContext, secret: Secret): Promise<string> {
  const password = await secretOf(context, secret)
  if (secret.file !== undefined) return password
  const again = await answerOf(context, { ...secret, question: 'The same again: ' })
  if (again !== password)
    throw new CommandError({ code: 'NOT_THE_SAME' }, 'The two passwords are not the same; run the command again.')
  return password
}

/** What the file holds, without the end of its last line. */
export async function readSecret(context: CommandContext, file: string): Promise<string> {
  const path = pathOf(file, context.workingDirectory)
  const text = await withHost(context, LOCAL_ONLY, async ({ files }) => {
    const handle = await files.open(path, 'read').catch((error) => {
      throw badFile(path, messageOf(error))
    })
    try {
      const buffer = new Uint8Array(MAX_FILE_BYTES + 1)
      const length = await handle.read(buffer, 0)
      if (length > MAX_FILE_BYTES) throw badFile(path, 'it is too large')
      return decoded(buffer.subarray(0, length), path)
    } finally {
      await handle.close()
    }
  })
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw badFile(path, 'it is empty')
  return secret
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw badFile(path, 'it is no text')
  }
}

async function answerOf({ system }: CommandContext, { flag, question }: Secret): Promise<string> {
  const { terminal } = system
  if (terminal === undefined)
    throw new CommandError({ code: 'NO_SECRET' }, `Nobody can be asked here; name a file with ${flag}.`)
  return terminal.askSecretly(question).catch(() => {
    throw interrupted('Nothing was changed.')
  })
}

function badFile(path: string, why: string): CommandError {
  const message = `${path} cannot be used (${why}); name a text file that holds the secret and nothing else.`
  return new CommandError({ code: 'BAD_SECRET_FILE', path }, message)
}
