import { parseSync } from 'vite'

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/** Length in lines of every function, method and arrow function of a source, from its syntax tree. */
export function functionLengths(path: string, text: string): { line: number; lines: number }[] {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length
  const found: { line: number; lines: number }[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { type, start, end } = node as { type?: string; start?: number; end?: number }
    if (type && FUNCTIONS.has(type) && start !== undefined && end !== undefined) {
      found.push({ line: lineOf(start), lines: lineOf(end) - lineOf(start) + 1 })
    }
    for (const child of Object.values(node)) visit(child)
  }
  visit(program)
  return found
}
