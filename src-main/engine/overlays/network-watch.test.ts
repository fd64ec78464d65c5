import { expect, test } from 'vitest'
import type { LocalAddress } from '../../kernel/network.ts'
import { LOOK_PERIOD, type NetworkChange, NetworkWatch, SLEEP_SIGN } from './network-watch.ts'

function watched() {
  const state = { now: 0, wall: 1_000_000, addresses: [] as LocalAddress[], look: () => {}, cancelled: false }
  const cancel = () => {
    state.cancelled = true
  }
  const clock = {
    now: () => state.now,
    wallTime: () => state.wall,
    after: () => ({ cancel() {} }),
    every: (period: number, run: () => void) => {
      expect(period).toBe(LOOK_PERIOD)
      state.look = run
      return { cancel }
    },
  }
  const changes: NetworkChange[] = []
  const watch = new NetworkWatch({ clock, localAddresses: { list: () => state.addresses } }, (c) => changes.push(c))
  const pass = (now: number, wall: number) => {
    state.now += now
    state.wall += wall
    state.look()
    return changes.splice(0)
  }
  return { state, watch, pass }
}

const address = (host: string, internal = false): LocalAddress => ({ host, interface: 'x', internal })

test('other addresses are noticed; the order of the list, loopback and link-local ones are not', () => {
  const { state, pass } = watched()
  expect(pass(LOOK_PERIOD, LOOK_PERIOD)).toEqual([])
  state.addresses = [address('192.168.1.5'), address('2a00::1')]
  expect(pass(LOOK_PERIOD, LOOK_PERIOD)).toEqual(['addresses'])
  const useless = [address('127.0.0.1', true), address('fe80::1%veth3'), address('169.254.7.7')]
  state.addresses = [...useless, address('2a00::1'), address('192.168.1.5')]
  expect(pass(LOOK_PERIOD, LOOK_PERIOD)).toEqual([])
  state.addresses = []
  expect(pass(LOOK_PERIOD, LOOK_PERIOD)).toEqual(['addresses'])
})

test('sleep is noticed by either clock, a late timer or a small step of the calendar is not', () => {
  const { pass } = watched()
  expect(pass(LOOK_PERIOD, LOOK_PERIOD + SLEEP_SIGN)).toEqual([])
  expect(pass(LOOK_PERIOD, LOOK_PERIOD + SLEEP_SIGN + 1)).toEqual(['woken'])
  expect(pass(LOOK_PERIOD + SLEEP_SIGN + 1, LOOK_PERIOD)).toEqual(['woken'])
  expect(pass(LOOK_PERIOD, LOOK_PERIOD - SLEEP_SIGN)).toEqual([])
})

test('it ends', () => {
  const { state, watch } = watched()
  watch.stop()
  expect(state.cancelled).toBe(true)
})
