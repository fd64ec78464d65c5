/**
 * Searches that a person watches hop by hop. Those that have ended stay for a while, so that their picture can be looked at.
 * Limits: `MAX_LIVE` at once, `MAX_ENDED` that have ended, and the contract's limits of steps and finds.
 */
import type { SearchState, SearchStep } from '#shared/contract/overlays.ts'
import { shownValue } from '../../codec/shown-value.ts'
import { toHex } from '../../kernel/bytes.ts'
import type { Clock, Millis } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { Random } from '../../kernel/random.ts'
import { Watchers } from '../watchers.ts'
import { OverlaysError } from './overlays-error.ts'
import type { OverlayName, SearchableOverlay, SearchMethod, SearchWatcher } from './searchable.ts'

export const MAX_LIVE = 16
export const MAX_ENDED = 32
const MAX_STEPS = 200
const MAX_FOUND = 1_000
const MAX_FOUND_TEXT = 2_000
const ID_BYTES = 8

/** A mutable item by its owner: the target alone does not tell the salt, without which no answer can be checked. */
export interface SoughtItem {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** At most 64 bytes. */
  readonly salt: Uint8Array
}

interface Search {
  readonly id: string
  readonly overlay: OverlayName
  /** 20 bytes. */
  readonly target: Uint8Array
  readonly method: SearchMethod
  /** Of the mutable item that is looked for. */
  readonly item: SoughtItem | undefined
  readonly startedAt: Millis
  readonly watchers: Watchers
  /** In the order of asking; a node that is asked twice is two. What they say may change on its own while it runs. */
  readonly steps: Map<object, (startedAt: Millis) => SearchStep>
  readonly found: Set<string>
  /** Of a value that was found. */
  form: SearchState['form']
  request: RunningRequest | undefined
  state: SearchState['state']
  result: SearchState['result']
}

export class Searches {
  private readonly clock: Clock
  private readonly random: Random
  private readonly all = new Map<string, Search>()

  constructor(ports: { readonly clock: Clock; readonly random: Random }) {
    this.clock = ports.clock
    this.random = ports.random
  }

  /** @returns its id. @throws OverlaysError TOO_MANY_SEARCHES, NO_SUCH_SEARCH */
  start(over: SearchableOverlay, target: Uint8Array, method: SearchMethod, item?: SoughtItem): string {
    const { overlay } = over
    if (!over.methods.includes(method)) throw new OverlaysError({ code: 'NO_SUCH_SEARCH', overlay, method })
    const running = [...this.all.values()].filter(({ state }) => state === 'running')
    if (running.length >= MAX_LIVE) throw new OverlaysError({ code: 'TOO_MANY_SEARCHES', limit: MAX_LIVE })
    const search: Search = {
      ...{ id: toHex(this.random.bytes(ID_BYTES)), overlay, target, method, item, startedAt: this.clock.now() },
      ...{ watchers: new Watchers(), steps: new Map(), found: new Set(), form: undefined },
      ...{ request: undefined, state: 'running', result: undefined },
    }
    this.all.set(search.id, search)
    search.request = over.search(method, target, item?.salt, this.watcherOf(search))
    return search.id
  }

  /** @throws OverlaysError SEARCH_GONE */
  cancel(id: string): void {
    const search = this.get(id)
    search.request?.cancel()
    this.end(search, 'cancelled')
  }

  /** Those of an overlay whose nodes are gone: nothing comes any more. */
  cancelAll(overlay: OverlayName): void {
    for (const search of [...this.all.values()]) {
      if (search.overlay !== overlay) continue
      search.request?.cancel()
      this.end(search, 'cancelled')
    }
  }

  /** @throws OverlaysError SEARCH_GONE */
  read(id: string): SearchState {
    const { overlay, target, method, item, state, steps, found, form, result, startedAt } = this.get(id)
    return {
      ...{ id, overlay, target: toHex(target), method, state },
      ...(item && { publicKey: toHex(item.publicKey), salt: toHex(item.salt) }),
      steps: Array.from(steps.values(), (step) => step(startedAt)),
      found: [...found],
      ...(form === undefined ? {} : { form }),
      ...(result === undefined ? {} : { result }),
    }
  }

  watch(id: string, changed: () => void): () => void {
    return this.get(id).watchers.add(changed)
  }

  private get(id: string): Search {
    const search = this.all.get(id)
    if (!search) throw new OverlaysError({ code: 'SEARCH_GONE', search: id })
    return search
  }

  private watcherOf(search: Search): SearchWatcher {
    return {
      stepped: (who, step) => {
        if (search.steps.has(who) || search.steps.size < MAX_STEPS) search.steps.set(who, step)
        search.watchers.notify()
      },
      found: (texts) => {
        for (const text of texts) if (search.found.size < MAX_FOUND) search.found.add(text)
        search.watchers.notify()
      },
      foundValue: (value) => {
        const { form, text } = shownValue(value, MAX_FOUND_TEXT)
        search.form = form
        search.found.add(text)
        search.watchers.notify()
      },
      done: (result) => {
        search.result = result
        this.end(search, 'done')
      },
    }
  }

  private end(search: Search, state: 'done' | 'cancelled'): void {
    if (search.state !== 'running') return
    search.state = state
    search.request = undefined
    search.watchers.notify()
    const ended = [...this.all.values()].filter((other) => other.state !== 'running')
    for (const oldest of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) {
      this.all.delete(oldest.id)
      oldest.watchers.notify()
    }
  }
}
