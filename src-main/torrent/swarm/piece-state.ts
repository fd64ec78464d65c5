/** The states of a piece, as `PiecePicker.states` holds them. */

/** To be fetched; nothing of it is here or on its way. */
export const WANTED = 0
export const IN_FLIGHT = 1
export const VERIFYING = 2
export const HAVE = 3
/** Not to be fetched, and nothing of it is here or on its way. */
export const SKIPPED = 4
