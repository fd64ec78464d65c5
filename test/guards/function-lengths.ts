/** Length in lines of each function, method and arrow function with a block, by the indentation of its closing brace. */
export function functionLengths(text: string): { name: string; lines: number }[] {
  const lines = text.split('\n')
  const found: { name: string; lines: number }[] = []
  const head =
    /^(\s*)(?:export\s+)?(?:default\s+)?(?:(?:public|private|protected|static|override|async|readonly|get|set)\s+)*(?:function\s*\*?\s*(\w+)|(?:const|let)\s+(\w+)\s*=.*|(\w+)\s*\(.*|constructor\s*\(.*)/
  for (const [index, line] of lines.entries()) {
    const match = head.exec(line)
    if (!match || /^\s*(?:if|for|while|switch|return|catch|describe|test|else|new|await)\b/.test(line)) continue
    // A head ends in what it opens; a line that ends otherwise is a call or a value.
    if (/[\w,;)\]'`]\s*$/.test(line)) continue
    let open = index
    while (open < index + 12 && open < lines.length && !/(\{|=>\s*\{)\s*$/.test(lines[open] as string)) open++
    if (!/(\)\s*(?::[^{]*)?|=>)\s*\{\s*$/.test(lines[open] ?? '')) continue
    const close = lines.findIndex((other, at) => at > open && other.startsWith(`${match[1]}}`))
    if (close > 0) found.push({ name: match[2] ?? match[3] ?? match[4] ?? 'constructor', lines: close - index + 1 })
  }
  return found
}
