import { describe, expect, test } from 'vitest'
import { textOf, utf8 } from '../kernel/bytes.ts'
import { failureCode, testsOfDatagrams } from '../kernel/port-tests/index.ts'
import { createDatagrams } from './datagrams.ts'

for (const host of ['127.0.0.1', '::1']) {
  testsOfDatagrams(`UDP at ${host}`, () => ({
    datagrams: createDatagrams(),
    host,
    settle: (promise) => promise,
    close: async () => {},
  }))
}

describe('UDP', () => {
  test('addresses that cannot be bound are errors with a code', async () => {
    const datagrams = createDatagrams()
    expect(await failureCode(datagrams.bind({ host: 'localhost', port: 0 }, () => {}))).toBe('EINVAL')
    expect(await failureCode(datagrams.bind({ host: '127.0.0.1', port: 65_536 }, () => {}))).toBe('EINVAL')
    expect(await failureCode(datagrams.bind({ host: '192.0.2.1', port: 0 }, () => {}))).toBe('EADDRNOTAVAIL')
  })

  test('a burst of a hundred datagrams arrives', async () => {
    const datagrams = createDatagrams()
    const texts: string[] = []
    let arrived: (() => void) | undefined
    const receiver = await datagrams.bind({ host: '127.0.0.1', port: 0 }, (bytes) => {
      texts.push(textOf(bytes))
      if (texts.length === 100) arrived?.()
    })
    const sender = await datagrams.bind({ host: '127.0.0.1', port: 0 }, () => {})
    const all = new Promise<void>((resolve) => {
      arrived = resolve
    })
    for (let i = 0; i < 100; i++) sender.send(utf8(`${i}`), receiver.local)
    await all
    expect(texts).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`))
    await Promise.all([receiver.close(), sender.close()])
  })
})
