/**
 * How a person has arranged the window: kept by the window itself, apart from the settings of the engine. What is read
 * back is checked; anything odd counts as never having been arranged.
 */
import { z } from 'zod'
import { createStore, type StoreApi } from 'zustand/vanilla'

const KEY = 'shoal.window'
export const DETAIL_HEIGHT = { min: 140, usual: 264, max: 640 }

const sortSchema = z.object({ by: z.string().max(32), direction: z.enum(['asc', 'desc']) })
const layoutSchema = z.object({
  widths: z.record(z.string().max(32), z.number().min(0).max(4_000)),
  shown: z.record(z.string().max(32), z.boolean()),
})

const preferencesSchema = z.object({
  /** The welcome was answered: the frame can be drawn before the settings are here. */
  welcomed: z.boolean().default(false),
  /** Undefined follows the window's width. */
  railCollapsed: z.boolean().optional(),
  sort: sortSchema,
  layout: layoutSchema,
  /** Order and columns of the other tables, by name. */
  tables: z
    .record(z.string().max(32), z.object({ sort: sortSchema.optional(), layout: layoutSchema.optional() }))
    .default({}),
  peersView: z.enum(['connected', 'chain', 'contacts', 'banned']).default('connected'),
  detailOpen: z.boolean(),
  detailHeight: z.number().min(DETAIL_HEIGHT.min).max(DETAIL_HEIGHT.max),
  detailTab: z.enum(['overview', 'files', 'peers', 'trackers']),
})
export type Preferences = z.infer<typeof preferencesSchema>

export const DEFAULT_PREFERENCES: Preferences = {
  welcomed: false,
  railCollapsed: undefined,
  sort: { by: 'added', direction: 'desc' },
  layout: { widths: {}, shown: {} },
  tables: {},
  peersView: 'connected',
  detailOpen: true,
  detailHeight: DETAIL_HEIGHT.usual,
  detailTab: 'overview',
}

/** What of a browser's storage is needed; it may refuse. */
export interface TextStore {
  getItem(key: string): string | null
  setItem(key: string, text: string): void
}

export interface PreferencesState extends Preferences {
  set(changes: Partial<Preferences>): void
}

export function createPreferences(storage: TextStore): StoreApi<PreferencesState> {
  return createStore((set, get) => ({
    ...read(storage),
    set(changes) {
      set(changes)
      write(storage, preferencesSchema.parse(get()))
    },
  }))
}

function read(storage: TextStore): Preferences {
  try {
    return preferencesSchema.parse(JSON.parse(storage.getItem(KEY) ?? ''))
  } catch {
    return DEFAULT_PREFERENCES
  }
}

function write(storage: TextStore, preferences: Preferences): void {
  try {
    storage.setItem(KEY, JSON.stringify(preferences))
  } catch {
    // A full or closed store costs only the memory of the arrangement.
  }
}
