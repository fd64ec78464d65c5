import { describe, expect, test } from 'vitest'
import { command, TimedOut } from './command.ts'
import { runCommandLine } from './run.ts'
import type { System } from './system.ts'

const seen: unknown[] = []
const echo = command({
  name: 'echo',
  summary: 'says it again',
  positionals: ['WORD', '[MORE…]'],
  flags: {
    loud: { type: 'boolean', summary: 'in capitals' },
    tag: { short: 't', type: 'string', multiple: true, value: 'TAG', summary: 'a mark' },
  },
  examples: ['echo hello'],
  run: async ({ positionals, flags }, { out, profile, network }) => {
    seen.push({ positionals, flags, profile, network })
    if (positionals[0] === 'fail') throw Object.assign(new Error('raw'), { code: 'ENOENT', path: '/x' })
    if (positionals[0] === 'slow') throw new TimedOut({ code: 'TIMED_OUT', seconds: 1 }, 'Too slow; wait longer.')
    out.progress({ at: 1n }, 'half way')
    out.done({ word: positionals[0] }, `said ${positionals[0]}`)
  },
})

async function line(...args: string[]) {
  let stdout = ''
  let stderr = ''
  const status = await runCommandLine({ echo: async () => echo }, '9.9', args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    workingDirectory: '/here',
    stop: new AbortController().signal,
    openHost: () => {
      throw new Error('not used')
    },
    system: {} as System,
  })
  return { status, stdout, stderr }
}

describe('the command line', () => {
  test('runs a command with its flags, global ones on either side', async () => {
    expect(await line('--profile', 'p', 'echo', 'hi', 'there', '--loud', '--tag', 'a', '--tag', 'b')).toMatchObject({
      status: 0,
      stdout: 'said hi\n',
      stderr: 'half way\n',
    })
    const flags = { loud: true, tag: ['a', 'b'] }
    expect(seen.at(-1)).toMatchObject({ positionals: ['hi', 'there'], flags, profile: '/here/p' })
  })

  test('a number below zero is a value of the flag before it', async () => {
    expect((await line('echo', 'hi', '--tag', '-5', '--tag', '-0.5')).status).toBe(0)
    expect(seen.at(-1)).toMatchObject({ positionals: ['hi'], flags: { tag: ['-5', '-0.5'] } })
    expect((await line('echo', 'hi', '--loud', '-5')).status).toBe(2)
  })

  test('--network on either side of the command; another is none', async () => {
    expect((await line('--network', 'local', 'echo', 'hi')).status).toBe(0)
    expect(seen.at(-1)).toMatchObject({ positionals: ['hi'], network: 'local' })
    expect((await line('echo', 'hi', '--network', 'test')).status).toBe(0)
    expect(seen.at(-1)).toMatchObject({ network: 'test' })
    const { status, stderr } = await line('echo', 'hi', '--network', 'bitcoin')
    expect([status, stderr]).toEqual([2, expect.stringContaining('use main, test, local')])
  })

  test('with --json each line is an object, the last one done or error', async () => {
    const { stdout, stderr } = await line('echo', 'hi', '--json')
    expect(
      stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text)),
    ).toEqual([
      { event: 'progress', at: '1' },
      { event: 'done', word: 'hi' },
    ])
    expect(stderr).toBe('')
    const failed = await line('echo', 'fail', '--json')
    const message = '"/x": There is no such file or folder; check the path.'
    expect(JSON.parse(failed.stdout)).toEqual({ event: 'error', code: 'ENOENT', message })
  })

  test.each([
    [['echo'], 2, /Missing WORD/],
    [['echo', 'x', '--nonsense'], 2, /^There is no --nonsense here\. See: shoal echo --help /m],
    [['echo', 'x', '-z'], 2, /^There is no -z here\./m],
    [['echo', 'x', '--loud=very'], 2, /^--loud takes no value\./m],
    [['echo', 'x', '--tag'], 2, /^--tag needs a value; one that begins with a dash is written --tag=-…\./m],
    [['echo', 'x', '--tag', '--loud'], 2, /^--tag needs a value;/m],
    [['echo', 'x', '-t'], 2, /^--tag needs a value;/m],
    [['echo', 'x', '-t', '--loud'], 2, /^--tag needs a value;/m],
    [['ecko'], 2, /no command "ecko"/],
    [[], 2, /Usage/],
    [['echo', 'x', '--log', 'all'], 2, /log level/],
    [['echo', 'fail'], 1, /ENOENT/],
    [['echo', 'slow'], 3, /TIMED_OUT/],
  ])('%j ends with status %i', async (args, status, words) => {
    const result = await line(...args)
    expect(result.status).toBe(status)
    expect(result.stderr).toMatch(words)
  })

  test('help comes on stdout and from the description', async () => {
    expect(await line('help')).toMatchObject({ status: 0, stderr: '' })
    const { stdout } = await line('echo', '--help')
    expect(stdout).toContain('--tag TAG …')
    expect(stdout).toContain('shoal echo hello')
    expect((await line('--version')).stdout).toBe('shoal 9.9\n')
  })
})
