/** Whether every word of what was typed is somewhere in the texts of a row. */
export function matches(typed: string, texts: readonly string[]): boolean {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const all = texts.join('\n').toLowerCase()
  return words.every((word) => all.includes(word))
}

/** The rows of which some text holds what was typed; the same list where nothing was. */
export function filterBy<Row>(
  rows: readonly Row[],
  typed: string,
  texts: (row: Row) => readonly string[],
): readonly Row[] {
  return typed.trim() === '' ? rows : rows.filter((row) => matches(typed, texts(row)))
}
