import { describe, expect, test } from 'vitest'
import { silentLog } from '../../kernel/log.ts'
import type { SettingsRepository } from '../../storage/settings-repository.ts'
import { defaultSettings, SettingsService } from './settings-service.ts'

function service(kept: Record<string, unknown> = {}, overrides = {}) {
  const values = new Map(Object.entries(kept))
  const written: string[] = []
  const repository = {
    all: () => values,
    set: (key: string, value: unknown) => {
      written.push(key)
      values.set(key, value)
    },
  } as unknown as SettingsRepository
  return { settings: new SettingsService(repository, defaultSettings('/d'), overrides, silentLog), written, values }
}

describe('settings', () => {
  test('a fresh profile has a DHT and nobody asked yet', () => {
    expect(service().settings.now).toMatchObject({
      ...{ networkConsent: 'unasked', dht: 'auto', dhtBucketSize: 8, dhtParallelism: 4 },
      ...{ chord: 'on', chordVirtualNodes: 4, chordNodes: [] },
      ...{ localDiscovery: true, peerExchange: true },
    })
  })

  test('what is out of range falls back alone; what a command line says is not kept', () => {
    const { settings, written } = service({ dht: 'maybe', dhtParallelism: 3 }, { dht: 'on' })
    expect(settings.now).toMatchObject({ dht: 'on', dhtParallelism: 3 })
    expect(written).toEqual([])
    expect(service({ dht: 'maybe' }).settings.now.dht).toBe('auto')
  })

  test('only what changes is written, lists included', async () => {
    const { settings, written } = service()
    const { bootstrapNodes } = settings.now
    await settings.set({ bootstrapNodes: [...bootstrapNodes], dht: 'auto' })
    expect(written).toEqual([])
    await settings.set({ bootstrapNodes: ['[2001:db8::1]:6881'], dht: 'off' })
    expect(written.sort()).toEqual(['bootstrapNodes', 'dht'])
  })

  test('a bootstrap node that is no HOST:PORT is refused with its name, and nothing changes', async () => {
    const { settings, written } = service()
    const before = settings.now
    await expect(settings.set({ dht: 'off', bootstrapNodes: ['ok.example:1', 'http://x'] })).rejects.toMatchObject({
      code: 'BAD_BOOTSTRAP_NODE',
      message: expect.stringContaining('http://x'),
    })
    expect(settings.now).toBe(before)
    expect(written).toEqual([])
  })

  test.each([
    [{ chordNodes: ['192.0.2.7:6881', '[192.0.2.7]'] }, 'BAD_CHORD_NODE', '“[192.0.2.7]” is no HOST:PORT'],
    [{ chainPeers: ['192.0.2.7:9533', '192.0.2.7'] }, 'BAD_CHAIN_PEER', '“192.0.2.7” is no HOST:PORT'],
    [{ chainPeers: ['host:70000'] }, 'BAD_CHAIN_PEER', 'host:70000'],
    [{ minerAddress: 'nowhere' }, 'BAD_CHECKSUM', 'has a mistake in it'],
    [{ minerAddress: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq' }, 'OTHER_NETWORK', 'an address of Bitcoin'],
    [{ minerAddress: 'lshl1qqurswpc8qurswpc8qurswpc9qurswpc83lqrqw' }, 'WRONG_CHARACTER', 'Character 30'],
  ])('%j is refused (%s), and nothing changes', async (change, code, sentence) => {
    const { settings, written } = service()
    await expect(settings.set({ dht: 'off', ...change })).rejects.toMatchObject({
      ...{ code, message: expect.stringContaining(sentence) },
    })
    expect(settings.now.dht).toBe('auto')
    expect(written).toEqual([])
  })

  test('where rewards go may be an address of another network of ours, or nothing', async () => {
    const { settings } = service()
    const minerAddress = 'lshl1qqurswpc8qurswpc8qurswpc8qurswpc83lqrqw'
    expect(await settings.set({ minerAddress, chainPeers: ['[2001:db8::1]:9533'] })).toMatchObject({ minerAddress })
    expect((await settings.set({ minerAddress: '' })).minerAddress).toBe('')
  })
})
