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
})
