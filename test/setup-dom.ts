/** What jsdom lacks and the window's libraries ask for, and a clean page after every test. */
import { cleanup, configure } from '@testing-library/react'
import { afterEach, vi } from 'vitest'

const WIDTH = 1_200
const HEIGHT = 600

// Dialogs are loaded when first asked for, and a busy machine takes its time over that.
configure({ asyncUtilTimeout: 5_000 })
vi.setConfig({ testTimeout: 30_000 })

afterEach(() => {
  cleanup()
  window.localStorage.clear()
  delete document.documentElement.dataset.theme
})

class NoResizes {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver = NoResizes

/** The virtual list draws what fits: without a layout every element is as large as a usual window. */
for (const [name, size] of [
  ['offsetWidth', WIDTH],
  ['clientWidth', WIDTH],
  ['offsetHeight', HEIGHT],
  ['clientHeight', HEIGHT],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size })
}

/** As in browsers the event comes later than the call, and only where something moved. */
Element.prototype.scrollTo = function scrollTo(this: Element, options?: ScrollToOptions | number): void {
  const top = typeof options === 'object' ? (options.top ?? this.scrollTop) : this.scrollTop
  if (top === this.scrollTop) return
  this.scrollTop = top
  queueMicrotask(() => this.dispatchEvent(new Event('scroll')))
}
Element.prototype.scrollIntoView = () => {}
Element.prototype.hasPointerCapture = () => false
Element.prototype.setPointerCapture = () => {}
Element.prototype.releasePointerCapture = () => {}

window.matchMedia = (query) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener: () => {},
  removeEventListener: () => {},
  addListener: () => {},
  removeListener: () => {},
  dispatchEvent: () => false,
})
