import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bytesEqual, textOf, utf8 } from '../kernel/bytes.ts'
import { codeOf } from '../kernel/errors.ts'
import { failureCode, patternBytes, StreamProbe } from '../kernel/port-tests/index.ts'
import { createLocalSockets } from './local-sockets.ts'
import { MAX_SOCKET_PATH_BYTES, socketPath } from './socket-path.ts'
import { temporaryFolder } from './test-folder.ts'

const sockets = createLocalSockets()

/** Listens at the path and answers what it gets; resolves to both ends' probes after one exchange. */
async function exchangeAt(path: string) {
  const server = new StreamProbe()
  const listener = await sockets.listen(path, (socket) => {
    server.react.ended = () => {
      socket.write(server.received())
      socket.end()
    }
    return server
  })
  const client = new StreamProbe()
  const sent = patternBytes(1_000_000)
  const socket = client.use(() => sockets.connect(path, client))
  socket.write(sent)
  socket.end()
  await client.untilEvent('closed')
  expect(bytesEqual(client.received(), sent)).toBe(true)
  expect([client.violations, server.violations]).toEqual([[], []])
  return listener
}

describe('local sockets', () => {
  test('carry bytes both ways, and leave no file behind', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'new', 'shoal.sock')
    const listener = await exchangeAt(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder.path, 'new')).mode & 0o777).toBe(0o700)
    await listener.close()
    expect(existsSync(path)).toBe(false)
    await folder.remove()
  })

  test('a socket in use is refused, and stays in use', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'shoal.sock')
    const listener = await exchangeAt(path)
    await expect(sockets.listen(path, () => undefined)).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(path),
    })
    const probe = new StreamProbe()
    const socket = sockets.connect(path, probe)
    await probe.untilEvent('connected')
    socket.destroy()
    await probe.untilEvent('closed')
    await listener.close()
    await folder.remove()
  })

  test('the socket of a process that was killed is replaced', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'shoal.sock')
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
    const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(owner.stdout, 'data')
    expect(await failureCode(sockets.listen(path, () => undefined))).toBe('EADDRINUSE')
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    expect(lstatSync(path).isSocket()).toBe(true)
    await (await exchangeAt(path)).close()
    await folder.remove()
  })

  test('a file that is no socket is never replaced', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'precious')
    writeFileSync(path, 'kept')
    expect(await failureCode(sockets.listen(path, () => undefined))).toBe('EADDRINUSE')
    expect(lstatSync(path).isFile()).toBe(true)
    await folder.remove()
  })

  test('connecting where nobody listens fails through `closed`', async () => {
    const folder = await temporaryFolder()
    const probe = new StreamProbe()
    probe.use(() => sockets.connect(join(folder.path, 'nobody.sock'), probe))
    await probe.untilEvent('closed')
    expect(codeOf(probe.error)).toBe('ENOENT')
    expect(probe.events).toEqual(['closed'])
    await folder.remove()
  })

  test('a path that is too long for the system works all the same', async () => {
    const folder = await temporaryFolder()
    const path = join(folder.path, 'long'.repeat(40), 'shoal.sock')
    expect(path.length).toBeGreaterThan(MAX_SOCKET_PATH_BYTES)
    await (await exchangeAt(path)).close()
    await folder.remove()
  })
})

describe('the path of a socket', () => {
  test('is the one asked for where that is short enough, by its bytes', async () => {
    expect(socketPath('/short/shoal.sock')).toBe('/short/shoal.sock')
    const folder = await temporaryFolder()
    const long = `/${'ü'.repeat(60)}/shoal.sock`
    const short = socketPath(long, folder.path)
    expect(short.startsWith(folder.path)).toBe(true)
    expect(socketPath(long, folder.path)).toBe(short)
    expect(socketPath(`${long}2`, folder.path)).not.toBe(short)
    await folder.remove()
  })

  test('is refused where even the temporary folder is too long, or its folder is open to others', async () => {
    const long = `/${'x'.repeat(200)}`
    expect(() => socketPath(long, `/${'tmp'.repeat(40)}`)).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }))
    const folder = await temporaryFolder()
    mkdirSync(join(folder.path, `shoal-${process.getuid?.()}`), { mode: 0o755 })
    expect(() => socketPath(long, folder.path)).toThrow(expect.objectContaining({ code: 'EACCES' }))
    await folder.remove()
  })
})

test('a local socket can be written to before it stands, and hears what the other side says first', async () => {
  const folder = await temporaryFolder()
  const path = join(folder.path, 's')
  const server = new StreamProbe()
  const listener = await sockets.listen(path, (socket) => {
    socket.write(utf8('welcome'))
    return server
  })
  const client = new StreamProbe()
  const socket = sockets.connect(path, client)
  socket.write(utf8('hello'))
  await Promise.all([server.untilReceived(5), client.untilReceived(7)])
  expect([textOf(server.received()), textOf(client.received())]).toEqual(['hello', 'welcome'])
  socket.destroy()
  await client.untilEvent('closed')
  await listener.close()
  await folder.remove()
})
