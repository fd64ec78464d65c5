/** The platform's power state by Electron. Changes of battery are told; whether somebody is there must be asked for. */
import { powerMonitor } from 'electron'
import type { Clock } from '../kernel/clock.ts'
import { SECOND } from '../kernel/clock.ts'
import type { PowerMonitor, PowerState } from '../kernel/power.ts'

/** Seconds without keyboard or mouse after which nobody is there. */
const IDLE_AFTER = 60
const ASK_EVERY = 5 * SECOND

export function createPowerMonitor(clock: Clock): PowerMonitor {
  return {
    now: stateNow,
    watch(changed) {
      let last = stateNow()
      const look = () => {
        const next = stateNow()
        if (next.onBattery === last.onBattery && next.userActive === last.userActive) return
        last = next
        changed()
      }
      const timer = clock.every(ASK_EVERY, look)
      powerMonitor.on('on-battery', look)
      powerMonitor.on('on-ac', look)
      return () => {
        timer.cancel()
        powerMonitor.off('on-battery', look)
        powerMonitor.off('on-ac', look)
      }
    },
  }
}

function stateNow(): PowerState {
  return {
    onBattery: powerMonitor.onBatteryPower,
    userActive: powerMonitor.getSystemIdleState(IDLE_AFTER) === 'active',
  }
}
