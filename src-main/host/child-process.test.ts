import { expect, test } from 'vitest'
import { startProgram } from './child-process.ts'

const node = (script: string, line: (text: string) => void = () => {}) =>
  startProgram(process.execPath, ['-e', script], line)

test('hands over each line, the exit status and what was said on standard error', async () => {
  const lines: string[] = []
  const child = node('console.log("one\\ntwo"); console.error("oh"); process.exitCode = 3', (text) => lines.push(text))
  expect(await child.ended).toEqual({ status: 3, errorText: 'oh\n' })
  expect(lines).toEqual(['one', 'two'])
})

test('a program that cannot be started says so', async () => {
  const child = startProgram('/no/such/program', [], () => {})
  expect(await child.ended).toMatchObject({ status: undefined, errorText: expect.stringContaining('ENOENT') })
})

test('stop asks, kill does not', async () => {
  const deaf = 'process.on("SIGTERM", () => console.log("asked")); console.log("ready"); setInterval(() => {}, 1e6)'
  const child = node(deaf, (text) => (text === 'ready' ? child.stop() : child.kill()))
  expect(await child.ended).toEqual({ status: undefined, errorText: '' })
})
