import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { terminalOf } from './terminal.ts'

function typing() {
  const input = Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.ReadStream
  const output = Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.WriteStream
  let shown = ''
  output.on('data', (chunk) => (shown += String(chunk)))
  const terminal = terminalOf(input, output)
  if (terminal === undefined) throw new Error('no terminal')
  return { terminal, type: (text: string) => input.push(text), shown: () => shown }
}

describe('questions at a terminal', () => {
  test('an answer is shown while it is typed, a secret is not', async () => {
    const { terminal, type, shown } = typing()
    const name = terminal.ask('Name: ')
    type('anna\r')
    expect(await name).toBe('anna')
    const secret = terminal.askSecretly('Password: ')
    type('hush hush\r')
    expect(await secret).toBe('hush hush')
    expect(shown()).toContain('anna')
    expect(shown()).toContain('Password: ')
    expect(shown()).not.toContain('hush')
  })

  test('Ctrl-C and the end of input are no answer', async () => {
    const { terminal, type } = typing()
    const first = terminal.askSecretly('Password: ')
    type('half\u0003')
    await expect(first).rejects.toThrow('No answer was given.')
    const second = terminal.ask('Name: ')
    type('\u0004')
    await expect(second).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('nobody can be asked where either stream is no terminal', () => {
    const pipe = new PassThrough() as unknown as NodeJS.ReadStream
    expect(terminalOf(pipe, process.stderr)).toBeUndefined()
  })
})
