import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../codec/bencode.ts'
import { signItem } from '../items/item.ts'
import { utf8 } from '../kernel/bytes.ts'
import { MINUTE } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'
import { fitResponse } from '../rpc/krpc-encode.ts'
import type { Query, QueryArguments, Response, ResponseFields } from '../rpc/krpc-message.ts'
import type { Answer } from '../rpc/rpc-port.ts'
import { Simulation } from '../simulation/simulation.ts'
import { Contact } from './contact.ts'
import type { KademliaNodePort, ServingMode } from './dht.ts'
import { targetOf } from './item-target.ts'
import { KademliaNode } from './kademlia-node.ts'
import { NodeId } from './node-id.ts'
import { LOCAL, ScriptedRpc } from './test-support.ts'

const asker = { host: '9.9.9.9', port: 4_000 }
const askerId: Uint8Array = new Uint8Array(20).fill(0x77)
const target = new Uint8Array(20).fill(0x12)
const seed = new Uint8Array(32).fill(5)

/** A node that answers, with entries at the hosts. */
function nodeWith(hosts: readonly string[] = [], mode: ServingMode = 'on', siblings: readonly Contact[] = []) {
  const sim = new Simulation({ seed: 91 })
  const { clock, random, log } = sim.host('here')
  const rpc = new ScriptedRpc()
  const sibling = { closest: () => siblings, phase: 'joined' } as unknown as KademliaNodePort
  const node = new KademliaNode(rpc, { clock, random, log }, { mode, external: LOCAL.host, sibling: () => sibling })
  node.startWith(hosts.map((host) => new Contact(NodeId.random(random), { host, port: 1 })))
  const ask = <M extends keyof QueryArguments>(
    method: M,
    args: QueryArguments[M],
    from: Endpoint = asker,
    id = askerId,
  ): Answer | undefined => {
    return rpc.handler(
      { kind: 'query', transaction: new Uint8Array(2), id, readOnly: false, method, args } as Query,
      from,
    )
  }
  const fields = (...query: Parameters<typeof ask>) => ask(...query) as ResponseFields & Answer
  return { sim, rpc, node, ask, fields }
}

const bad = (code: number) => ({ kind: 'error', code, message: expect.any(String) })
const done = { kind: 'response' }

describe('nodes', () => {
  test('are named of the families asked for, of ours when none is (BEP 32)', () => {
    const six = new Contact(NodeId.of(target), { host: '2a00::1', port: 6 })
    const privateSix = new Contact(NodeId.of(askerId.map((byte) => byte + 1)), { host: 'fd00::1', port: 6 })
    const { fields } = nodeWith(['8.8.8.8'], 'on', [six, privateSix])
    const named = ({ nodes, nodes6 }: ResponseFields) => [nodes?.length, nodes6?.length]
    expect(named(fields('find_node', { target }))).toEqual([1, undefined])
    expect(named(fields('find_node', { target, want: ['n6'] }))).toEqual([undefined, 1])
    expect(named(fields('get_peers', { infoHash: target, want: ['n4', 'n6'] }))).toEqual([1, 1])
    expect(named(fields('get', { target, want: [] }))).toEqual([1, undefined])
    expect(named(fields('sample_infohashes', { target }))).toEqual([1, undefined])
  })

  test('private ones are named to their own network only, and nobody is named to himself', () => {
    const { fields, node } = nodeWith(['8.8.8.8', '192.168.1.1', '127.0.0.9'])
    const named = (from: Endpoint, id = askerId) =>
      fields('find_node', { target }, from, id)
        .nodes?.map(({ endpoint }) => endpoint.host)
        .sort()
    expect(named(asker)).toEqual(['8.8.8.8'])
    expect(named({ host: '192.168.1.7', port: 1 })).toEqual(['192.168.1.1', '8.8.8.8'])
    expect(named({ host: '127.0.0.1', port: 1 })).toHaveLength(3)
    const public8 = node.closest(NodeId.of(target), 3).find(({ endpoint }) => endpoint.host === '8.8.8.8')
    expect(named(asker, public8?.id.bytes)).toEqual([])
  })

  test('a method that we do not know is answered with them where it has a target', () => {
    const { rpc } = nodeWith(['8.8.8.8'])
    const unknown = { method: 'unknown', name: 'dance', args: { target } } as const
    const query = { kind: 'query', transaction: new Uint8Array(2), id: askerId, readOnly: false, ...unknown } as const
    expect(rpc.handler(query, asker)).toMatchObject({ kind: 'response', nodes: [expect.anything()] })
  })
})

describe('tokens', () => {
  test('a write needs the one given to this address, port and id for this target', () => {
    const { fields, ask, rpc } = nodeWith()
    const { token } = fields('get_peers', { infoHash: target }) as { token: Uint8Array }
    const announce = { infoHash: target, port: 5, impliedPort: false, token }
    expect(ask('announce_peer', announce, { ...asker, host: '9.9.9.8' })).toEqual(bad(203))
    expect(ask('announce_peer', announce, { ...asker, port: 4_001 })).toEqual(bad(203))
    expect(ask('announce_peer', announce, asker, new Uint8Array(20))).toEqual(bad(203))
    expect(ask('announce_peer', { ...announce, infoHash: new Uint8Array(20) })).toEqual(bad(203))
    expect(rpc.shown).toEqual([])
    expect(ask('announce_peer', announce)).toEqual(done)
    expect(rpc.shown).toEqual([asker])
  })

  test('are out of date after ten minutes', async () => {
    const { sim, node, fields, ask } = nodeWith()
    const { token } = fields('get_peers', { infoHash: target }) as { token: Uint8Array }
    await sim.run(11 * MINUTE)
    expect(ask('announce_peer', { infoHash: target, port: 5, impliedPort: false, token })).toEqual(bad(203))
    node.stop()
  })

  test('shown with a get, prove the address; a wrong one does no harm', () => {
    const { fields, rpc } = nodeWith()
    const { token } = fields('get', { target }) as { token: Uint8Array }
    expect(fields('get', { target, token: utf8('wrong') }).kind).toBe('response')
    expect(rpc.shown).toEqual([])
    fields('get', { target, token })
    expect(rpc.shown).toEqual([asker])
  })
})

describe('stores', () => {
  test('a peer is kept at the port named, or at that of the packet (BEP 5), and counted (BEP 33, 51)', () => {
    const { fields, ask } = nodeWith()
    const announce = (from: Endpoint, impliedPort: boolean, isSeed: boolean) => {
      const { token } = fields('get_peers', { infoHash: target }, from) as { token: Uint8Array }
      expect(ask('announce_peer', { infoHash: target, port: 5, impliedPort, token, seed: isSeed }, from)).toEqual(done)
    }
    announce(asker, false, false)
    announce({ host: '9.8.8.8', port: 4_444 }, true, true)
    const { values } = fields('get_peers', { infoHash: target })
    expect(values).toEqual([
      { host: '9.9.9.9', port: 5 },
      { host: '9.8.8.8', port: 4_444 },
    ])
    expect(fields('get_peers', { infoHash: target, noseed: true }).values).toHaveLength(1)
    const scraped = fields('get_peers', { infoHash: target, scrape: true })
    expect([scraped.seedFilter?.length, scraped.peerFilter?.length]).toEqual([256, 256])
    expect(fields('sample_infohashes', { target })).toMatchObject({ samples: [target], num: 1 })
  })

  test('peers with private addresses are named to their own network only', () => {
    const { fields, ask } = nodeWith()
    const hosts = ['9.9.9.9', '192.168.1.9', '127.0.0.9']
    for (const host of hosts) {
      const { token } = fields('get_peers', { infoHash: target }, { host, port: 1 }) as { token: Uint8Array }
      ask('announce_peer', { infoHash: target, port: 5, impliedPort: false, token }, { host, port: 1 })
    }
    const told = (host: string) =>
      fields('get_peers', { infoHash: target }, { host, port: 1 }).values?.map((peer) => peer.host)
    expect(told('8.8.8.8')).toEqual(['9.9.9.9'])
    expect(told('10.0.0.1')).toEqual(['9.9.9.9', '192.168.1.9'])
    expect(told('127.0.0.1')).toEqual(hosts)
  })

  test('of more peers than fit, each is told of at some time, with filters too', () => {
    const { fields, ask } = nodeWith(Array.from({ length: 8 }, (_, n) => `8.8.${n}.8`))
    for (let n = 0; n < 95; n++) {
      const from = { host: `9.9.${n}.9`, port: 1 }
      const { token } = fields('get_peers', { infoHash: target }, from) as { token: Uint8Array }
      expect(ask('announce_peer', { infoHash: target, port: 5, impliedPort: false, token }, from)).toEqual(done)
    }
    for (const scrape of [false, true]) {
      const told = new Set<string>()
      for (let n = 0; n < 60; n++) {
        const answer = fields('get_peers', { infoHash: target, scrape })
        const whole = { ...answer, kind: 'response', transaction: new Uint8Array(20), id: target, ip: asker } as const
        const sent = fitResponse({ ...whole, version: new Uint8Array(4) } as Response)
        expect(sent.values?.length).toBe(answer.values?.length)
        for (const { host } of sent.values ?? []) told.add(host)
      }
      expect(told.size).toBe(95)
    }
  })

  test('items come back as they were put; one not newer than known by its number alone (BEP 44)', () => {
    const { fields, ask } = nodeWith()
    const item = signItem(seed, { value: encodeBencode('kept'), seq: 3n, salt: utf8('salt') })
    const { bytes } = targetOf(item)
    const { token } = fields('get', { target: bytes }) as { token: Uint8Array }
    const { value: v, publicKey: k, signature: sig, seq, salt } = item
    expect(ask('put', { token, v, k, sig, seq, salt })).toEqual(done)
    expect(fields('get', { target: bytes })).toMatchObject({ v, k, sig, seq })
    const known = fields('get', { target: bytes, seq: 3n })
    expect([known.v, known.seq]).toEqual([undefined, 3n])
    expect(fields('get', { target: bytes, seq: 2n }).v).toEqual(v)
    expect(ask('put', { token, v, k, sig, seq: 2n, salt })).toEqual(bad(302))
    expect(ask('put', { token, v, k, sig, seq: 4n, salt })).toEqual(bad(206))
    expect(ask('put', { token, v, k, sig, seq: 4n, salt, cas: 1n })).toEqual(bad(301))
    expect(ask('put', { token, v, k, sig, seq, salt: utf8('other') })).toEqual(bad(203))
  })
})

test('who asks only answers nothing', () => {
  for (const mode of ['read-only', 'auto'] as const) {
    const { ask, rpc } = nodeWith(['8.8.8.8'], mode)
    expect(rpc.readOnly).toBe(true)
    expect(ask('ping', {})).toBeUndefined()
    expect(ask('get_peers', { infoHash: target })).toBeUndefined()
  }
})
