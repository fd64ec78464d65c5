import { describe, expect, test } from 'vitest'
import { SECOND } from '../kernel/clock.ts'
import type { Endpoint } from '../kernel/network.ts'
import type { Response } from '../rpc/krpc-message.ts'
import { Simulation } from '../simulation/simulation.ts'
import { Contact } from './contact.ts'
import { Contacts } from './contacts.ts'
import { NodeId } from './node-id.ts'
import type { KademliaNodeOptions } from './node-options.ts'
import { MAPPING_LIFE, MAX_INVITED, MAX_PROSPECTS, PROSPECTS_PER_TICK } from './prospects.ts'
import { type Asked, ScriptedRpc } from './test-support.ts'

function world(options: Partial<KademliaNodeOptions> = {}) {
  const sim = new Simulation({ seed: 101 })
  const { clock, random, log } = sim.host('here')
  const rpc = new ScriptedRpc()
  rpc.id = NodeId.random(random).bytes
  const events: string[] = []
  const contacts = new Contacts(
    rpc,
    { clock, random, log },
    { mode: 'on', ...options },
    {
      reached: () => events.push('reached'),
      lostNeighbour: () => events.push('lost'),
      sentTo: () => {},
    },
  )
  const stranger = (n: number) => new Contact(NodeId.random(random), { host: `9.${n >> 8}.${n & 255}.1`, port: 1 })
  return { sim, rpc, contacts, events, stranger }
}

function responseFrom(id: Uint8Array, more: Partial<Response> = {}): Response {
  return { kind: 'response', transaction: new Uint8Array(2), id, ...more }
}

function answer(rpc: ScriptedRpc, asked: Asked, id: NodeId, more: Partial<Response> = {}): void {
  rpc.take(asked)
  asked.callbacks.replied(responseFrom(id.bytes, more), 20)
}

describe('who asks us', () => {
  test('is in the table once it has answered, and is asked again after it has been silent', async () => {
    const { sim, rpc, contacts, events, stranger } = world()
    const contact = stranger(1)
    contacts.asked(contact, false)
    expect([contacts.table.size, rpc.open.map(({ method }) => method)]).toEqual([0, ['ping']])
    answer(rpc, rpc.open[0] as Asked, contact.id)
    expect([contacts.table.size, events]).toEqual([1, ['reached']])
    await sim.run(MAPPING_LIFE - SECOND)
    contacts.tick()
    expect(rpc.open).toHaveLength(0)
    await sim.run(2 * SECOND)
    contacts.tick()
    expect(rpc.open).toHaveLength(1)
    rpc.open[0]?.callbacks.failed('timeout')
    expect(contacts.table.get(contact.id)?.fails).toBe(1)
  })

  test('is asked again later if it goes on asking us, as its router still lets us in', async () => {
    const { sim, rpc, contacts, stranger } = world()
    const contact = stranger(1)
    contacts.asked(contact, false)
    answer(rpc, rpc.open[0] as Asked, contact.id)
    for (let n = 0; n < 4; n++) {
      await sim.run(MAPPING_LIFE / 2)
      contacts.asked(contact, false)
      contacts.tick()
    }
    expect(rpc.open).toHaveLength(0)
    await sim.run(MAPPING_LIFE + SECOND)
    contacts.tick()
    expect(rpc.open).toHaveLength(1)
  })

  test('and asks only is never asked back, nor who cannot be', () => {
    const { rpc, contacts, stranger } = world()
    contacts.asked(stranger(1), true)
    for (const host of ['0.0.0.0', '224.0.0.1', '2a00::1']) {
      contacts.asked(new Contact(stranger(2).id, { host, port: 1 }), false)
    }
    contacts.asked(new Contact(contacts.self, { host: '9.1.1.1', port: 1 }), false)
    expect(rpc.open).toHaveLength(0)
  })

  test('in a flood: a few are asked at once, some wait, the others are forgotten', () => {
    const { rpc, contacts, stranger } = world()
    for (let n = 0; n < 1_000; n++) contacts.asked(stranger(n), false)
    expect(rpc.open).toHaveLength(PROSPECTS_PER_TICK)
    expect(contacts.waiting).toBe(MAX_PROSPECTS)
    contacts.tick()
    expect(rpc.open).toHaveLength(MAX_INVITED)
    expect(contacts.waiting).toBe(MAX_PROSPECTS - (MAX_INVITED - PROSPECTS_PER_TICK))
    contacts.stop()
    expect([rpc.open.length, contacts.waiting]).toEqual([0, 0])
  })

  test('in a flood of those who never answer, the table still asks what it has to', async () => {
    const { sim, rpc, contacts, stranger } = world()
    const contact = stranger(2_000)
    contacts.asked(contact, false)
    answer(rpc, rpc.open[0] as Asked, contact.id)
    for (let n = 0; n < 1_000; n++) contacts.asked(stranger(n), false)
    for (let tick = 0; tick < 4; tick++) contacts.tick()
    await sim.run(MAPPING_LIFE + SECOND)
    contacts.tick()
    expect(rpc.open.filter(({ to }) => to.host === contact.endpoint.host)).toHaveLength(1)
  })
})

describe('answers', () => {
  test('under another id than expected: neither is in the table, its neighbours are asked', () => {
    const { rpc, contacts, stranger } = world()
    const [a, b] = [stranger(1), stranger(2)]
    for (const contact of [a, b]) {
      contacts.asked(contact, false)
      answer(rpc, rpc.open[0] as Asked, contact.id)
    }
    contacts.ask(a, 'ping', {}, { replied() {}, failed() {} })
    answer(rpc, rpc.open[0] as Asked, stranger(3).id)
    expect(contacts.table.get(a.id)).toBeUndefined()
    expect(contacts.table.size).toBe(1)
    expect(rpc.open.map(({ to }) => to.host)).toEqual([b.endpoint.host])
  })

  test('tell how others see us, each network once', () => {
    const { rpc, contacts, stranger } = world()
    const tell = (to: Contact) => {
      contacts.ask(to, 'ping', {}, { replied() {}, failed() {} })
      answer(rpc, rpc.open.at(-1) as Asked, to.id, { ip: { host: '45.9.9.9', port: 1 } })
    }
    for (let n = 0; n < 8; n++) tell(stranger(n))
    expect(contacts.external.host).toBeUndefined()
    for (let n = 1; n < 6; n++) tell(stranger(n * 256))
    expect(contacts.external.host).toBe('45.9.9.9')
  })

  test('an error is a sign of life; silence is counted of those who have answered before', () => {
    const { rpc, contacts, stranger } = world()
    const known = [1, 2, 3].map((n) => stranger(n * 256))
    for (const contact of known) contacts.table.offer(contact, 10, 0)
    for (const contact of [...known, stranger(9 * 256)]) {
      contacts.ask(contact, 'ping', {}, { replied() {}, failed() {} })
      const asked = rpc.open[0] as Asked
      rpc.take(asked)
      asked.callbacks.failed('timeout')
    }
    expect(contacts.unanswered).toBe(3)
    contacts.askEndpoint({ host: '9.9.9.9', port: 1 }, 'ping', {}, { replied() {}, failed() {} })
    const error = { kind: 'error', transaction: new Uint8Array(2), code: 202, message: '' } as const
    rpc.open[0]?.callbacks.failed('error', error)
    expect(contacts.unanswered).toBe(0)
  })

  test('what they name of the other family goes to the sibling while that looks for nodes', () => {
    const suggested: Endpoint[] = []
    const sibling = { phase: 'joining', suggest: (some: readonly Endpoint[]) => suggested.push(...some) }
    const { contacts, stranger } = world({ sibling: () => sibling as never })
    const [four, six] = [
      { host: '8.8.8.8', port: 4 },
      { host: '2a00::1', port: 6 },
    ]
    const nodes = [{ id: stranger(1).id.bytes, endpoint: four }]
    const nodes6 = [{ id: stranger(2).id.bytes, endpoint: six }]
    const named = contacts.nodesIn(responseFrom(stranger(3).id.bytes, { nodes, nodes6 }), stranger(3).endpoint)
    expect(named.map(({ endpoint }) => endpoint)).toEqual([four])
    expect(suggested).toEqual([six])
    expect(contacts.want).toEqual({ want: ['n4', 'n6'] })
    sibling.phase = 'joined'
    expect(contacts.want).toEqual({})
  })
})

test('another id: every entry is kept, around the new one', () => {
  const { rpc, contacts, stranger } = world()
  const known = Array.from({ length: 12 }, (_, n) => stranger(n))
  for (const contact of known) {
    contacts.asked(contact, false)
    answer(rpc, rpc.open[0] as Asked, contact.id)
  }
  const before = contacts.table.size
  const id = stranger(99).id
  contacts.changeId(id)
  expect(contacts.self).toBe(id)
  expect(rpc.id).toEqual(id.bytes)
  expect(contacts.table.size).toBe(before)
})
