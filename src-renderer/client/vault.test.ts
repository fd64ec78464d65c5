import { expect, test } from 'vitest'
import type { BridgeAnswer, FeedEvent } from '#shared/bridge.ts'
import { vaultClient } from './vault.ts'

function fake(answer: (call: string, args: unknown) => BridgeAnswer) {
  let emit: (event: FeedEvent) => void = () => {}
  const client = vaultClient({
    call: async (call, args) => answer(call, args),
    subscribe: (_feed, _args, listener) => {
      emit = listener
      return () => {}
    },
  })
  return { client, emit: (event: FeedEvent) => emit(event) }
}

test('answers are checked before anybody sees them', async () => {
  const { client } = fake((call, args) => ({ ok: true, value: call === 'create' ? { words: ['a', args] } : undefined }))
  await expect(client.create({ password: 'x'.repeat(8) })).rejects.toMatchObject({ code: 'BAD_ANSWER' })
  await expect(client.lock()).resolves.toBeUndefined()
})

test('what the vault refuses is told in its words', async () => {
  const error = { code: 'WRONG_PASSWORD', message: 'The password is wrong.' }
  const { client } = fake(() => ({ ok: false, error }))
  await expect(client.unlock({ password: 'guess' })).rejects.toMatchObject(error)
})

test('its state is a feed that ends with its process', () => {
  const { client, emit } = fake(() => ({ ok: true, value: undefined }))
  const seen: unknown[] = []
  const failed: string[] = []
  client.changes(undefined, { next: ([state]) => seen.push(state), failed: ({ code }) => failed.push(code) })
  const state = { exists: true, locked: false, locksAt: 5, wordsConfirmed: true }
  emit({ kind: 'feed', message: { kind: 'value', sequence: 0, value: state } })
  emit({ kind: 'failed', error: { code: 'VAULT_ENDED', message: 'It has ended.' } })
  expect([seen, failed]).toEqual([[state], ['VAULT_ENDED']])
})
