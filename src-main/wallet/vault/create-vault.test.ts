import { describe, expect, test } from 'vitest'
import { Transaction } from '../../chain/primitives/transaction.ts'
import { MINUTE } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import type { MessageListener } from '../../kernel/threads.ts'
import type { ProcessLink } from '../../kernel/vault-process.ts'
import { PlainClock } from '../../simulation/plain-clock.ts'
import { VirtualTime } from '../../simulation/virtual-clock.ts'
import { MemoryKeyStore } from '../test-support/memory-key-store.ts'
import { CRASH_WINDOW, createVault, MAX_CRASHES } from './create-vault.ts'
import type { FromVault, ToVault } from './vault-messages.ts'
import { ENDING_LIMIT, MAX_SIGNINGS_AT_ONCE, OPENING_LIMIT, SIGNING_LIMIT } from './vault-run.ts'

/** A process that does what the test says. */
class Driven implements ProcessLink {
  readonly heard: ToVault[] = []
  readonly handed: unknown[] = []
  terminated = false
  #listener: MessageListener | undefined

  post(message: unknown): void {
    this.heard.push(structuredClone(message) as ToVault)
  }

  listen(listener: MessageListener): void {
    this.#listener = listener
  }

  readonly hand = (end: unknown) => void this.handed.push(end)

  say(message: FromVault): void {
    this.#listener?.message(message)
  }

  end(): void {
    this.#listener?.ended('it ended')
  }

  async terminate(): Promise<void> {
    this.terminated = true
    this.end()
  }

  count(kind: ToVault['kind']): number {
    return this.heard.filter((message) => message.kind === kind).length
  }
}

function bed() {
  const time = new VirtualTime()
  const started: Driven[] = []
  const store = new MemoryKeyStore()
  const vault = createVault({
    processes: {
      start() {
        const process = new Driven()
        started.push(process)
        return process
      },
    },
    ...{ store, network: 'local', socket: '/profile/vault.sock', lockAfter: 10, log: silentLog },
    clock: new PlainClock(time),
  })
  return {
    ...{ vault, store, started },
    newest: () => started.at(-1) as Driven,
    pass: (millis: number) => time.advance(time.now + millis, () => false),
    /** Opens it, and says that the keys are in memory. */
    async unlocked() {
      const opening = vault.open()
      const process = started.at(-1) as Driven
      process.say({ kind: 'opened' })
      await opening
      process.say({ kind: 'state', locked: false, locksAt: 600_000 })
      return process
    },
  }
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  )
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
const request = { transaction: new Transaction({ version: 2, inputs: [], outputs: [], lockTime: 0 }), inputs: [] }

describe('the vault’s process', () => {
  test('is started when it is first needed, once, and told what to open', async () => {
    const { vault, started, newest } = bed()
    expect(started).toEqual([])
    vault.setLockAfter(30)
    const both = Promise.all([vault.open(), vault.open(), vault.hand('a port')])
    newest().say({ kind: 'opened' })
    expect((await both)[0]).toEqual({ socket: '/profile/vault.sock' })
    expect(started).toHaveLength(1)
    const configuration = { network: 'local', socket: '/profile/vault.sock', lockAfter: 30 }
    expect(newest().heard).toEqual([{ kind: 'open', configuration }])
    expect(newest().handed).toEqual(['a port'])
  })

  test('has its store here, and learns what went wrong there', async () => {
    const { unlocked, store } = bed()
    const process = await unlocked()
    const account = { extendedPublicKey: 'tpub', fingerprint: '00000000', birthday: 1, wordsConfirmed: false }
    process.say({ kind: 'store', id: 1, call: 'begin', args: [Uint8Array.of(1), account] })
    process.say({ kind: 'store', id: 2, call: 'begin', args: [Uint8Array.of(2), account] })
    process.say({ kind: 'store', id: 3, call: 'constructor' as 'read', args: [] })
    process.say({ kind: 'store', id: 4, call: 'read', args: [] })
    await turn()
    expect(store.account).toEqual(account)
    const answers = process.heard.flatMap((message) => ('id' in message ? [message] : []))
    expect(answers.sort((a, b) => a.id - b.id)).toMatchObject([
      { kind: 'stored', id: 1 },
      { kind: 'not-stored', id: 2, error: { code: 'WALLET_EXISTS' } },
      { kind: 'not-stored', id: 3, error: { code: 'UNEXPECTED' } },
      { kind: 'stored', id: 4, value: { sealed: Uint8Array.of(1) } },
    ])
  })

  test('that locks itself is waited for, and the next use starts another', async () => {
    const { vault, started, unlocked } = bed()
    const process = await unlocked()
    expect(vault.state).toEqual({ locked: false, locksAt: 600_000 })
    process.say({ kind: 'state', locked: true, locksAt: undefined })
    expect(vault.state.locked).toBe(true)
    const opening = vault.open()
    await turn()
    expect(started).toHaveLength(1)
    process.end()
    await turn()
    expect(started).toHaveLength(2)
    started[1]?.say({ kind: 'opened' })
    await opening
  })

  test('is asked to end, and made to where it does not', async () => {
    const { vault, unlocked, pass } = bed()
    const process = await unlocked()
    const locking = vault.lock()
    expect([process.count('lock'), vault.state.locked]).toEqual([1, true])
    await pass(ENDING_LIMIT - 1)
    expect(process.terminated).toBe(false)
    await pass(1)
    expect(process.terminated).toBe(true)
    await locking
    await vault.lock()
  })

  test('that does not come to serve is ended', async () => {
    const { vault, newest, pass } = bed()
    const opening = codeOf(vault.open())
    await pass(OPENING_LIMIT)
    expect([await opening, newest().terminated]).toEqual(['VAULT_FAILED', true])
  })

  test('that cannot serve says why', async () => {
    const { vault, newest } = bed()
    const opening = vault.open()
    newest().say({ kind: 'not-opened', error: { code: 'EADDRINUSE', message: 'It is in use. Quit the other.' } })
    await expect(opening).rejects.toMatchObject({ code: 'EADDRINUSE', message: 'It is in use. Quit the other.' })
  })

  test('that keeps ending by itself is not started for ever, and again after a while', async () => {
    const { vault, started, newest, unlocked, pass } = bed()
    for (let i = 0; i < MAX_CRASHES; i++) {
      await unlocked()
      newest().end()
      await turn()
      expect(vault.state.locked).toBe(true)
    }
    expect(await codeOf(vault.open())).toBe('VAULT_FAILED')
    expect(started).toHaveLength(MAX_CRASHES)
    await pass(CRASH_WINDOW)
    await unlocked()
    expect(vault.state.locked).toBe(false)
  })

  test('is not started again after the stop', async () => {
    const { vault, started, unlocked, newest } = bed()
    await unlocked()
    const stopping = vault.stop()
    newest().end()
    await stopping
    expect(await codeOf(vault.open())).toBe('VAULT_ENDED')
    expect(started).toHaveLength(1)
  })

  test('is told of another time to lock after', async () => {
    const { vault, unlocked } = bed()
    const process = await unlocked()
    vault.setLockAfter(3)
    expect(process.heard.at(-1)).toEqual({ kind: 'lock-after', minutes: 3 })
  })
})

describe('signing', () => {
  test('needs it unlocked, and starts nothing', async () => {
    const { vault, started } = bed()
    expect(await codeOf(vault.sign(request))).toBe('WALLET_LOCKED')
    expect(started).toEqual([])
  })

  test('gives each caller its own answer', async () => {
    const { vault, unlocked } = bed()
    const process = await unlocked()
    const [one, other] = [vault.sign(request), vault.sign(request)]
    const asked = process.heard.filter((message) => message.kind === 'sign')
    expect(asked).toMatchObject([{ request: { transaction: { version: 2 } } }, {}])
    process.say({ kind: 'not-signed', id: asked[1]?.id as number, fault: { code: 'NOT_OURS' } })
    process.say({ kind: 'signed', id: asked[0]?.id as number, witnesses: [[Uint8Array.of(7)]] })
    expect([await one, await codeOf(other)]).toEqual([[[Uint8Array.of(7)]], 'NOT_OURS'])
  })

  test('ends with the process, after a time, and beyond a number', async () => {
    const { vault, unlocked, pass } = bed()
    const process = await unlocked()
    const slow = codeOf(vault.sign(request))
    await pass(SIGNING_LIMIT)
    expect(await slow).toBe('SIGNING_FAILED')
    const many = Array.from({ length: MAX_SIGNINGS_AT_ONCE + 1 }, () => codeOf(vault.sign(request)))
    expect(await many.at(-1)).toBe('SIGNING_FAILED')
    process.end()
    expect(new Set(await Promise.all(many.slice(0, -1)))).toEqual(new Set(['VAULT_ENDED']))
  })

  test('tells whoever watches of each change, until they look away', async () => {
    const { vault, unlocked } = bed()
    const seen: boolean[] = []
    const unwatch = vault.watch(() => seen.push(vault.state.locked))
    const process = await unlocked()
    process.say({ kind: 'state', locked: false, locksAt: 600_000 })
    process.say({ kind: 'state', locked: false, locksAt: 10 * MINUTE + 1 })
    unwatch()
    process.end()
    await turn()
    expect(seen).toEqual([false, false])
  })
})
