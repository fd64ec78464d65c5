import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLog, fileSink, type LogOptions } from './log.ts'
import { offline } from './network-error.ts'
import { temporaryFolder } from './test-folder.ts'

function recorded(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const sink = { write: (line: string) => lines.push(line), close() {} }
  return { lines, log: createLog({ level: 'info', format: 'json', sink, ...options }) }
}

describe('the log', () => {
  test('writes from its level on, with the subject in front', () => {
    const { lines, log } = recorded()
    log.write('debug', 'left out')
    log.child('torrent').child('disk').write('warn', 'slow write', { ms: 700, path: '/x' })
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: 'warn',
      event: 'torrent: disk: slow write',
      ms: 700,
      path: '/x',
    })
  })

  test('as text, one line whatever the facts hold', () => {
    const { lines, log } = recorded({ format: 'text' })
    log.write('error', 'bad\nname \u001b[2J', { name: 'a\nb\u001b[2J', count: 3 })
    expect(lines[0]).toMatch(/^\S+Z ERROR bad name {2}\[2J name="a\\nb\\u001b\[2J" count=3$/)
  })

  test('shows every kind of fact, cut to size', () => {
    const { lines, log } = recorded()
    const circular: Record<string, unknown> = {}
    circular.self = circular
    log.write('info', 'facts', {
      big: 2n ** 60n,
      bytes: new Uint8Array([1, 255]),
      manyBytes: new Uint8Array(1_000),
      error: offline('8.8.8.8'),
      text: 'x'.repeat(5_000),
      nested: { a: [1n] },
      nothing: undefined,
      call: () => {},
    })
    const facts = JSON.parse(lines[0] ?? '')
    expect(facts).toMatchObject({
      big: '1152921504606846976',
      bytes: '01ff',
      nested: { a: ['1'] },
      nothing: 'undefined',
    })
    expect(facts.error).toEqual({ code: 'OFFLINE', message: expect.stringContaining('8.8.8.8') })
    expect([facts.text.length, facts.manyBytes.length]).toEqual([1_001, 129])
    expect(() => log.write('info', 'circular', circular)).not.toThrow()
    const failing = recorded({
      sink: {
        write: () => {
          throw new Error('no room')
        },
        close() {},
      },
    })
    expect(() => failing.log.write('info', 'lost')).not.toThrow()
  })

  test('a file stays within its bound, is for its owner only, and goes on after a restart', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'logs', 'shoal.log')
    const first = fileSink(path, 1_000)
    for (let i = 0; i < 50; i++) first.write(`line ${i} ${'x'.repeat(80)}`)
    first.close()
    const sizes = [path, `${path}.old`].map((file) => statSync(file).size)
    for (const size of sizes) expect(size).toBeLessThanOrEqual(1_000)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toContain('line 49 ')
    const second = fileSink(path, 1_000)
    second.write('after the restart')
    second.close()
    expect(readFileSync(path, 'utf8')).toMatch(/line 49 x+\nafter the restart\n$/)
    const nowhere = fileSink('/dev/null/impossible/shoal.log')
    nowhere.write('lost')
    nowhere.close()
    await folder.remove()
  })
})
