import { expect, test } from 'vitest'
import type { OriginatedPeer } from '../../torrent/metadata/metadata-swarm-options.ts'
import { addByOrigin, originatedPeers } from './originated-peers.ts'

const at = (n: number) => ({ host: `192.0.2.${n}`, port: n })

test('peers of an origin that is not known are left out, the others keep theirs', () => {
  const recorded = ['tracker', 'constructor', 'pex', '', 'given'].map((origin, n) => ({ endpoint: at(n + 1), origin }))
  expect(originatedPeers(recorded)).toEqual([
    { endpoint: at(1), origin: 'tracker' },
    { endpoint: at(3), origin: 'pex' },
    { endpoint: at(5), origin: 'given' },
  ])
})

test('peers are handed on once for each origin, in order', () => {
  const peers: OriginatedPeer[] = [
    { endpoint: at(1), origin: 'pex' },
    { endpoint: at(2), origin: 'tracker' },
    { endpoint: at(3), origin: 'pex' },
  ]
  const calls: unknown[] = []
  addByOrigin({ addPeers: (endpoints, origin) => calls.push([origin, endpoints]) }, peers)
  expect(calls).toEqual([
    ['pex', [at(1), at(3)]],
    ['tracker', [at(2)]],
  ])
})
