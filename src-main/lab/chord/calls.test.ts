import { describe, expect, test } from 'vitest'
import { type ChordContact, contactAt } from '../../chord/contact.ts'
import { BUSY } from '../../chord/messages.ts'
import { PATIENT_DEADLINE } from '../../chord/wire/rpc-chord-port.ts'
import { ObjectNetwork } from '../../simulation/object-network.ts'
import { labAddress } from '../lab-addresses.ts'
import { ANSWER_WITHIN, ChordCalls, LONGEST_BUSY, MAX_CALLS } from './calls.ts'
import { HostCalls } from './host-calls.ts'

const contact = (n: number) => contactAt({ host: labAddress(n), port: 6881 }, 0) as ChordContact
const [self, other] = [contact(1), contact(2)]
const ALIVE = { kind: 'alive' } as const

/** A network without anybody on it, of which only the clock counts. */
function clockOf() {
  const network = new ObjectNetwork<never>({ seed: 1, latency: [1, 1], fold() {} })
  return { network, clock: network.clock }
}

describe('questions to virtual nodes', () => {
  function asking() {
    const { network, clock } = clockOf()
    const sent: number[] = []
    const calls = new ChordCalls({ clock, send: (_from, _to, serial) => sent.push(serial) })
    const heard: string[] = []
    const port = calls.portOf(self)
    const ask = (name: string) =>
      port.ask(
        other,
        { kind: 'ping' },
        {
          answered: ({ kind }) => heard.push(`${name} ${kind}`),
          missed: () => heard.push(`${name} missed at ${network.elapsed}`),
          keptBusy: () => heard.push(`${name} kept busy at ${network.elapsed}`),
        },
      )
    return { network, calls, sent, heard, ask }
  }

  test('are answered once, or missed once their time is over; what comes later is nothing', async () => {
    const { network, calls, sent, heard, ask } = asking()
    ask('first')
    ask('second')
    expect(sent).toEqual([1, 2])
    calls.answered(1, ALIVE)
    calls.answered(1, ALIVE)
    calls.answered(99, ALIVE)
    await network.run(ANSWER_WITHIN)
    calls.answered(2, ALIVE)
    expect(heard).toEqual(['first alive', `second missed at ${ANSWER_WITHIN}`])
    expect(calls.size).toBe(0)
  })

  test('are waited for longer after busy, but that once only', async () => {
    const { network, calls, heard, ask } = asking()
    ask('first')
    ask('second')
    await network.run(ANSWER_WITHIN - 1)
    calls.answered(1, BUSY)
    calls.answered(2, BUSY)
    await network.run(LONGEST_BUSY / 2)
    calls.answered(1, ALIVE)
    calls.answered(2, BUSY)
    await network.run(LONGEST_BUSY)
    expect(heard).toEqual(['first alive', `second kept busy at ${ANSWER_WITHIN - 1 + LONGEST_BUSY}`])
  })

  test('are missed at once, and not sent, where too many are open', async () => {
    const { network, calls, sent, heard, ask } = asking()
    for (let n = 0; n <= MAX_CALLS; n++) ask(`${n}`)
    expect([calls.size, sent.length, heard]).toEqual([MAX_CALLS, MAX_CALLS, []])
    await network.run(0)
    expect(heard).toEqual([`${MAX_CALLS} missed at 0`])
  })
})

describe('questions to hosts', () => {
  test('are answered once; those that others must be asked for are waited for longer; too many are missed at once', async () => {
    const { network, clock } = clockOf()
    let sent = 0
    const calls = new HostCalls({ clock, send: () => (sent += 1) })
    const heard: string[] = []
    const callbacks = (name: string) => ({
      answered: ({ kind }: { readonly kind: string }) => heard.push(`${name} ${kind}`),
      missed: () => heard.push(`${name} missed at ${network.elapsed}`),
    })
    const forward = { kind: 'forward', target: self.id, steps: 3 } as const
    calls.ask(other.endpoint, { kind: 'ping' }, callbacks('ping'))
    calls.ask(other.endpoint, forward, callbacks('forward'))
    calls.ask(other.endpoint, { kind: 'ping' }, callbacks('answered'))
    calls.answered(3, { kind: 'done' })
    calls.answered(3, { kind: 'done' })
    await network.run(PATIENT_DEADLINE)
    expect(heard).toEqual([
      ...['answered done', `ping missed at ${ANSWER_WITHIN}`, `forward missed at ${PATIENT_DEADLINE}`],
    ])
    for (let n = 0; n <= MAX_CALLS; n++) calls.ask(other.endpoint, { kind: 'ping' }, callbacks(`${n}`))
    expect(sent).toBe(3 + MAX_CALLS)
    await network.run(0)
    expect(heard.slice(3)).toEqual([`${MAX_CALLS} missed at ${PATIENT_DEADLINE}`])
  })
})
