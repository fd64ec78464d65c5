/** The private key of a publisher in a file of its own: 64 hex digits, readable by its owner alone. */
import { fromHex, toHex, utf8 } from '../kernel/bytes.ts'
import { codeOf } from '../kernel/errors.ts'
import type { CommandContext } from './command.ts'
import { CommandError } from './command-error.ts'
import { pathOf } from './values.ts'
import { LOCAL_ONLY, withHost } from './with-host.ts'

export const SEED_BYTES = 32
const MAX_FILE_BYTES = 1_000

/** The key in the file, in hex; a new one where there is no such file. @throws CommandError BAD_KEY_FILE */
export function keySeed(context: CommandContext, file: string): Promise<string> {
  const path = pathOf(file, context.workingDirectory)
  return withHost(context, LOCAL_ONLY, async ({ files, random }) => {
    const stat = await files.stat(path)
    if (stat === undefined) {
      const seed = toHex(random.bytes(SEED_BYTES))
      const handle = await files.open(path, 'secret')
      try {
        await handle.write(utf8(`${seed}\n`), 0)
        await handle.sync()
      } finally {
        await handle.close()
      }
      return seed
    }
    const handle = await files.open(path, 'read').catch((error) => {
      throw badKey(path, codeOf(error))
    })
    try {
      const buffer = new Uint8Array(MAX_FILE_BYTES)
      const text = new TextDecoder().decode(buffer.subarray(0, await handle.read(buffer, 0))).trim()
      if (!/^[0-9a-f]{64}$/i.test(text)) throw badKey(path, 'it does not hold 64 hex digits')
      return toHex(fromHex(text.toLowerCase()) as Uint8Array)
    } finally {
      await handle.close()
    }
  })
}

function badKey(path: string, why: string): CommandError {
  const message = `${path} cannot be used as a key (${why}); name another file, or one that does not exist to make a new key.`
  return new CommandError({ code: 'BAD_KEY_FILE', path }, message)
}
