/** What the machine runs on and whether somebody is at it: mining gives way to both. */
export interface PowerState {
  readonly onBattery: boolean
  /** Somebody used keyboard or mouse within the last minute. */
  readonly userActive: boolean
}

export interface PowerMonitor {
  /** As it is now. Where the platform cannot tell: on mains and nobody there. */
  now(): PowerState
  /** Calls `changed` after each change, within ten seconds, until the returned function is called. */
  watch(changed: () => void): () => void
}

/** For programs without a window. */
export const noPowerMonitor: PowerMonitor = {
  now: () => ({ onBattery: false, userActive: false }),
  watch: () => () => {},
}
