import { expect, test } from 'vitest'
import { decodePexMessage, encodePexMessage, PEX_EXTENSION } from '../pex/pex-message.ts'
import type { Peer } from './peer.ts'
import { PeerExchange } from './peer-exchange.ts'

const HOSTS = ['9.9.9.9', '8.8.8.8', '192.168.1.2', '192.168.1.3', '127.0.0.1']
const flags = { prefersEncryption: false, seed: false, utp: false, holepunch: false, reachable: true }

function peerAt(host: string): { peer: Peer; told: string[] } {
  const told: string[] = []
  const wire = {
    extended: (_: string, payload: Uint8Array) =>
      told.push(...decodePexMessage(payload).added.map(({ endpoint }) => endpoint.host)),
  }
  const endpoint = { host, port: 6881 }
  const extensions = new Map([[PEX_EXTENSION, 1]])
  const peer = { host, endpoint, listens: endpoint, isSeed: false, incoming: false, told: { extensions }, wire }
  return { peer: peer as unknown as Peer, told }
}

const exchange = () => new PeerExchange({ private: false, tells: true, enabled: true })

test('private addresses are told to their own network only', () => {
  const all = HOSTS.map(peerAt)
  exchange().tick(new Map(all.map(({ peer }, n) => [`${n}`, peer])), 0)
  expect(all.map(({ told }) => told.toSorted())).toEqual([
    ['8.8.8.8'],
    ['9.9.9.9'],
    ['192.168.1.3', '8.8.8.8', '9.9.9.9'],
    ['192.168.1.2', '8.8.8.8', '9.9.9.9'],
    ['192.168.1.2', '192.168.1.3', '8.8.8.8', '9.9.9.9'],
  ])
})

test('what a peer of the internet tells of private addresses is not taken', () => {
  const added = HOSTS.map((host) => ({ endpoint: { host, port: 80 }, ...flags }))
  const payload = encodePexMessage({ added, dropped: [] })
  const takenOf = (host: string) => {
    const endpoints = exchange().received(peerAt(host).peer, payload, 0)
    return endpoints === 'TOO_OFTEN' ? endpoints : endpoints.map((endpoint) => endpoint.host)
  }
  expect(takenOf('7.7.7.7')).toEqual(['9.9.9.9', '8.8.8.8'])
  expect(takenOf('192.168.1.9')).toEqual(HOSTS.slice(0, 4))
  expect(takenOf('127.0.0.2')).toEqual(HOSTS)
})
