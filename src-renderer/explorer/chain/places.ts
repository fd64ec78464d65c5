/** The pages of the chain and the way through them: where one is, what was before, what may come again. As values. */

/** `block` by its hash, or by its height in the best chain. */
export type Place =
  | { readonly kind: 'tip' }
  | { readonly kind: 'block'; readonly id: string | number }
  | { readonly kind: 'transaction'; readonly id: string }
  | { readonly kind: 'address'; readonly id: string }
  | { readonly kind: 'mempool' }

export interface Trail {
  readonly places: readonly Place[]
  /** Which of them is shown. */
  readonly at: number
}

export const TIP: Place = { kind: 'tip' }
export const MEMPOOL: Place = { kind: 'mempool' }
export const FIRST_PLACE: Trail = { places: [TIP], at: 0 }
/** The oldest are forgotten. */
export const MAX_PLACES = 100

export const placeOf = (trail: Trail): Place => trail.places[trail.at] ?? TIP
export const canGoBack = (trail: Trail): boolean => trail.at > 0
export const canGoForward = (trail: Trail): boolean => trail.at < trail.places.length - 1

/** Names a place; equal places have equal keys. */
export function keyOf(place: Place): string {
  return 'id' in place ? `${place.kind} ${place.id}` : place.kind
}

/** Goes to a place. What lay forward is dropped; going where one is already changes nothing. */
export function visit(trail: Trail, place: Place): Trail {
  if (keyOf(placeOf(trail)) === keyOf(place)) return trail
  const places = [...trail.places.slice(0, trail.at + 1), place].slice(-MAX_PLACES)
  return { places, at: places.length - 1 }
}

export function back(trail: Trail): Trail {
  return canGoBack(trail) ? { ...trail, at: trail.at - 1 } : trail
}

export function forward(trail: Trail): Trail {
  return canGoForward(trail) ? { ...trail, at: trail.at + 1 } : trail
}
