/** Joins class names, leaving out what is not there. */
export function cx(...names: readonly (string | false | undefined)[]): string {
  return names.filter((name) => name).join(' ')
}
