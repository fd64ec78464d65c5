import { expect, test } from 'vitest'
import { textOf, utf8 } from '../../kernel/bytes.ts'
import { clientName } from './client-name.ts'
import { makePeerId } from './peer-id.ts'

test.each([
  ['-TR3000-', 'Transmission 3.00'],
  ['-TR2940-', 'Transmission 2.94'],
  ['-TR4060-', 'Transmission 4.0.6'],
  ['-TR410Z-', 'Transmission 4.1.0'],
  ['-qB4650-', 'qBittorrent 4.6.5'],
  ['-qB5030-', 'qBittorrent 5.0.3'],
  ['-LT20B0-', 'libtorrent 2.0.11'],
  ['-lt0D80-', 'rTorrent 0.13.8'],
  ['A2-1-36-0-', 'aria2 1.36.0'],
  ['-WW0300-', 'WebTorrent 3.0'],
  ['-WD0024-', 'WebTorrent Desktop 0.24'],
  ['-WWab12-', 'WebTorrent ab12'],
  ['-DE211s-', 'Deluge 2.1.1'],
  ['-UT355W-', 'µTorrent 3.5.5'],
  ['-AZ5760-', 'Vuze 5.7.6.0'],
  ['-BI4100-', 'BiglyBT 4.1.0.0'],
  ['-SH0100-', 'Shoal 0.1.0'],
  ['-ZZ1234-', 'Unknown client (ZZ 1234)'],
  ['M7-10-5--', 'Unknown client'],
  ['-TR\u0001000-', 'Unknown client'],
])('%s is %s', (prefix, name) => {
  const peerId = new Uint8Array(20).fill(0xff)
  peerId.set(utf8(prefix))
  expect(clientName(peerId)).toBe(name)
})

test('our peer id is our prefix and random bytes, and is named after us', () => {
  const peerId = makePeerId({ bytes: (length) => new Uint8Array(length).fill(7), below: () => 0 })
  expect([textOf(peerId.subarray(0, 8)), [...peerId.subarray(8)]]).toEqual(['-SH0100-', Array(12).fill(7)])
  expect(clientName(peerId)).toBe('Shoal 0.1.0')
})
