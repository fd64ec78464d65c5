/** An error in the form of the system's own, for what is refused before the system is asked. */
export function systemError(code: string, call: string, path: string, reason: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${reason}, ${call} '${path}'`), { code, syscall: call, path })
}
