import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { STEP_MS, useWalk } from './use-walk.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (steps: number) => {
  for (let n = 0; n < steps; n++) act(() => vi.advanceTimersByTime(STEP_MS))
}

test('all steps are shown, and those that come', () => {
  const { result, rerender } = renderHook(({ total }) => useWalk(total), { initialProps: { total: 2 } })
  expect(result.current).toMatchObject({ shown: 2, isAtEnd: true, isPlaying: false })
  rerender({ total: 3 })
  expect(result.current.shown).toBe(3)
})

test('walks again from the start, a step at a time, and ends at the end', () => {
  const { result } = renderHook(() => useWalk(3))
  act(() => result.current.play())
  expect(result.current).toMatchObject({ shown: 0, isPlaying: true })
  pass(2)
  expect(result.current).toMatchObject({ shown: 2, isPlaying: true })
  pass(1)
  expect(result.current).toMatchObject({ shown: 3, isPlaying: false, isAtEnd: true })
  expect(vi.getTimerCount()).toBe(0)
})

test('stops where it is told to, and goes on from there', () => {
  const { result } = renderHook(() => useWalk(4))
  act(() => result.current.play())
  pass(1)
  act(() => result.current.pause())
  pass(5)
  expect(result.current).toMatchObject({ shown: 1, isPlaying: false })
  act(() => result.current.play())
  pass(1)
  expect(result.current.shown).toBe(2)
})

test('back and on by hand, not past either end', () => {
  const { result } = renderHook(() => useWalk(2))
  act(() => result.current.back())
  expect(result.current).toMatchObject({ shown: 1, isAtEnd: false })
  act(() => result.current.back())
  act(() => result.current.back())
  expect(result.current.shown).toBe(0)
  act(() => result.current.forward())
  act(() => result.current.forward())
  expect(result.current).toMatchObject({ shown: 2, isAtEnd: true })
  act(() => result.current.first())
  expect(result.current.shown).toBe(0)
})
