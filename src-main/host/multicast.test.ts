import { expect, test } from 'vitest'
import { testsOfMulticast } from '../kernel/port-tests/index.ts'
import { createDatagrams } from './datagrams.ts'
import { createLocalAddresses } from './local-addresses.ts'
import { MAX_MULTICAST_INTERFACES } from './multicast.ts'

/** Not the group of BEP 14, so that no other program takes part. */
const GROUP = { host: '239.255.67.71', port: 46_771 }
const loopback = createLocalAddresses()
  .list()
  .filter(({ host }) => host === '127.0.0.1')

testsOfMulticast('UDP on the loopback interface', () => ({
  datagrams: createDatagrams(),
  group: GROUP,
  addresses: loopback,
  tag: `${process.pid} ${performance.now()} `,
  settle: (promise) => promise,
  close: async () => {},
}))

test('interfaces that are not there are left out, and an IPv6 group takes IPv6 addresses only', async () => {
  const datagrams = createDatagrams()
  const gone = { host: '192.0.2.77', interface: 'gone0', internal: false }
  const ipv4 = await datagrams.joinMulticast(GROUP, () => {})
  await ipv4.joinOn([gone, ...loopback])
  expect(ipv4.interfaces).toEqual(loopback.map((address) => address.interface))
  await ipv4.close()
  const ipv6 = await datagrams.joinMulticast({ host: 'ff15::4347', port: GROUP.port }, () => {})
  await ipv6.joinOn([...loopback, { host: 'fe80::1%gone0', interface: 'gone0', internal: false }])
  expect(ipv6.interfaces).toEqual([])
  await ipv6.close()
})

test('a machine with very many interfaces uses some of them', async () => {
  const socket = await createDatagrams().joinMulticast(GROUP, () => {})
  const many = Array.from({ length: 254 }, (_, i) => `127.0.0.${i + 1}`)
  await socket.joinOn(many.map((host) => ({ host, interface: `of ${host}`, internal: true })))
  expect(socket.interfaces.length).toBeGreaterThan(0)
  expect(socket.interfaces.length).toBeLessThanOrEqual(MAX_MULTICAST_INTERFACES)
  await socket.close()
})
