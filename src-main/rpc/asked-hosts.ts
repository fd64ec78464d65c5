/**
 * Tells of each host that is asked something over a socket, whichever protocol asks. Routers let in what comes back from there, so
 * nobody who judges whether strangers reach us may take such a host for one.
 */
import type { OpenTransport } from './message-transport.ts'

export class AskedHosts {
  private readonly listeners = new Set<(host: string) => void>()

  /** `asked` is called for each query, before it is sent. @returns the function that ends it */
  readonly watch = (asked: (host: string) => void): (() => void) => {
    this.listeners.add(asked)
    return () => {
      this.listeners.delete(asked)
    }
  }

  /** The transport that `open` opens, watched. */
  over(open: OpenTransport): OpenTransport {
    return async (receiver) => {
      const transport = await open(receiver)
      return {
        local: transport.local,
        send: (message, to, size) => {
          if (message.kind === 'query') for (const asked of this.listeners) asked(to.host)
          transport.send(message, to, size)
        },
        close: () => transport.close(),
      }
    }
  }
}
