import { describe, expect, test } from 'vitest'
import { createClient } from '#shared/contract/client/clients.ts'
import { vault as channel } from '#shared/contract/vault-channel.ts'
import { MessageClient } from '../../engine/serving/message-client.ts'
import { utf8 } from '../../kernel/bytes.ts'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { linkPair } from '../../simulation/thread-link.ts'
import { CHEAP_COST, inlineDerivation, simulatedVaults } from '../../simulation/vault.ts'
import { MemoryKeyStore } from '../test-support/memory-key-store.ts'
import { createVault } from './create-vault.ts'
import { MAX_PORTS, serveVault } from './serve-vault.ts'
import type { FromVault, ToVault } from './vault-messages.ts'

const PASSWORD = 'correct horse'

/** A vault on a simulated host, and ports to its process. */
function bed(store = new MemoryKeyStore()) {
  const sim = new Simulation({ seed: 3 })
  const host = sim.host('wallet', { vaultProcesses: simulatedVaults })
  const { clock, log, vaultProcesses: processes } = host
  const vault = createVault({ processes, store, clock, log, network: 'local', socket: '/p/vault.sock', lockAfter: 10 })
  const ends: string[] = []
  const port = () => {
    const [ours, theirs] = linkPair(clock)
    const messages = new MessageClient((message) => ours.post(message))
    ours.listen({ message: (message) => messages.receive(message), ended: (reason) => ends.push(reason) })
    return { client: createClient(messages, channel), theirs, close: () => theirs.end('the page is gone') }
  }
  return {
    ...{ sim, host, vault, store, port, ends },
    within: <T>(promise: Promise<T>) => sim.within(MINUTE, promise),
    async stop() {
      await sim.within(MINUTE, vault.stop())
      await sim.stop()
    },
  }
}

describe('the channel', () => {
  test('is served on a port that is handed over, and its state is a feed', async () => {
    const { vault, port, within, stop, sim } = bed()
    const { client, theirs } = port()
    await within(vault.hand(theirs))
    const seen: boolean[] = []
    client.changes(undefined, { next: ([state]) => seen.push(state?.locked ?? false), failed: () => {} })
    const { words } = await within(client.create({ password: PASSWORD }))
    expect(words).toHaveLength(12)
    await sim.run(SECOND)
    expect(seen).toEqual([true, false])
    expect(await within(client.check({ words: 'abandon aban' }))).toMatchObject({ suggestions: ['abandon'] })
    await stop()
  })

  test('has a limit of ports at one time; one that closes makes place', async () => {
    const { vault, port, within, stop, sim, ends } = bed()
    const ports = Array.from({ length: MAX_PORTS }, port)
    for (const { theirs } of ports) await within(vault.hand(theirs))
    const last = ports.at(-1)
    expect(await within(last?.client.state() ?? Promise.reject())).toMatchObject({ exists: false })
    const over = port()
    await within(vault.hand(over.theirs))
    await sim.run(SECOND)
    // Closed, so that its page asks for another; those that are served stay.
    expect(ends).toEqual(['the other side is gone'])
    last?.close()
    await sim.run(SECOND)
    const next = port()
    await within(vault.hand(next.theirs))
    expect(await within(next.client.state())).toMatchObject({ locked: true })
    await stop()
  })

  test('answers the lock before the process ends, and is gone with it', async () => {
    const { vault, port, within, stop, host, sim } = bed()
    const { client, theirs } = port()
    await within(vault.hand(theirs))
    await within(client.create({ password: PASSWORD }))
    await within(client.lock())
    await sim.run(SECOND)
    expect(vault.state.locked).toBe(true)
    const refused = new Promise((resolve) => {
      host.localSockets.connect('/p/vault.sock', { data() {}, closed: resolve })
    })
    expect(await within(refused)).toBeInstanceOf(Error)
    await stop()
  })
})

describe('the process', () => {
  test('logs events and codes, and nothing that was typed', async () => {
    const { vault, within, stop, host, sim } = bed()
    const { socket } = await within(vault.open())
    const closed = new Promise<void>((resolve) => {
      const typed = host.localSockets.connect(socket, {
        connected: () => typed.write(utf8('verysecret\n')),
        ended: () => typed.destroy(),
        data() {},
        closed: () => resolve(),
      })
    })
    await within(closed)
    await sim.run(SECOND)
    expect(host.log.entries).toMatchObject([{ level: 'warn', event: 'vault: local client closed', facts: {} }])
    expect(JSON.stringify(host.log.entries)).not.toMatch(/verysecret|reason/)
    await stop()
  })

  test('ends, and its socket with it, when whoever started it is gone', async () => {
    const { sim, host } = bed()
    const { clock, localSockets, random } = host
    const [engine, own] = linkPair(clock)
    let ended = 0
    serveVault(own, {
      ...{ derivation: inlineDerivation, cost: CHEAP_COST, random, clock, localSockets },
      ports() {},
      end: () => ended++,
    })
    const opened = new Promise<void>((resolve) => {
      engine.listen({
        message(message) {
          const said = message as FromVault
          if (said.kind === 'store') engine.post({ kind: 'stored', id: said.id, value: undefined } satisfies ToVault)
          else if (said.kind === 'opened') resolve()
        },
        ended() {},
      })
    })
    const configuration = { network: 'local', socket: '/p/own.sock', lockAfter: 10 } as const
    engine.post({ kind: 'open', configuration } satisfies ToVault)
    await sim.within(MINUTE, opened)
    expect(ended).toBe(0)
    own.end('the parent is gone')
    await sim.run(SECOND)
    expect(ended).toBeGreaterThan(0)
    const refused = new Promise((resolve) => {
      localSockets.connect('/p/own.sock', { data() {}, closed: resolve })
    })
    expect(await sim.within(MINUTE, refused)).toBeInstanceOf(Error)
    await sim.stop()
  })
})
