import { isIpAddress, isLoopback } from '../host/ip-address.ts'
import type {
  Accept,
  Endpoint,
  Listener,
  LocalSockets,
  StreamHandler,
  StreamSocket,
  Streams,
} from '../kernel/network.ts'
import { Channel } from './channel.ts'
import { systemError } from './errors.ts'
import type { Program } from './ledger.ts'
import type { NetworkNode, Route } from './network.ts'
import { type SimulatedListener, SimulatedSocket, type StreamWorld } from './stream-socket.ts'

const NO_HANDLER: StreamHandler = { data() {}, closed() {} }

/** TCP of one host: one round trip to connect, then two channels that keep their order. */
export class SimulatedStreams implements Streams {
  private readonly world: StreamWorld
  private readonly program: Program
  private readonly node: NetworkNode

  constructor(world: StreamWorld, program: Program, node: NetworkNode) {
    this.world = world
    this.program = program
    this.node = node
  }

  connect(to: Endpoint, handler: StreamHandler, options: { readonly timeout: number }): StreamSocket {
    const { network } = this.world
    const route = network.route(this.node, to.host)
    const local = {
      host: isLoopback(to.host) ? '127.0.0.1' : this.node.address,
      port: this.node.listeners.ephemeral(),
    }
    const nodes = { own: this.node, remote: route?.node ?? this.node }
    const socket = new SimulatedSocket(this.world, this.program, nodes, { local, remote: to }, handler)
    if (Number.isFinite(options.timeout)) {
      network.time.schedule(options.timeout, () => {
        if (socket.isConnecting) socket.fail('ETIMEDOUT', 'connect')
      })
    }
    if (!isIpAddress(to.host)) socket.fail('EINVAL', 'connect')
    else if (route && this.program.isAlive) {
      const find = () => route.node.listeners.find(route.destinationAddress, to.port)
      socket.knock(() => arriveAt(this.world, socket, find, { from: this.node, route, local, at: to }))
    }
    return socket
  }

  listen(at: Endpoint, accept: Accept): Promise<Listener> {
    const { program, node } = this
    return program.later(`listen on ${at.host}:${at.port}`, 0, (origin) => {
      const local = node.listeners.bind(at, { program, accept })
      const claim = program.claim(
        'listener',
        `on ${local.host}:${local.port}`,
        () => node.listeners.release(local),
        origin,
      )
      return { local, close: () => program.later('close of a listener', 0, () => claim.end()) }
    })
  }
}

/** Sockets within one simulated host, by path. */
export class SimulatedLocalSockets implements LocalSockets {
  private readonly world: StreamWorld
  private readonly program: Program
  private readonly node: NetworkNode

  constructor(world: StreamWorld, program: Program, node: NetworkNode) {
    this.world = world
    this.program = program
    this.node = node
  }

  connect(path: string, handler: StreamHandler): StreamSocket {
    const { node } = this
    const at = { host: path, port: 0 }
    const nodes = { own: node, remote: node }
    const socket = new SimulatedSocket(this.world, this.program, nodes, { local: at, remote: at }, handler)
    const route: Route = { node, sourceAddress: path, destinationAddress: path }
    const find = () => node.localListeners.get(path)
    if (this.program.isAlive) {
      socket.knock(() => {
        if (find()) arriveAt(this.world, socket, find, { from: node, route, local: at, at })
        else socket.fail('ENOENT', 'connect')
      })
    }
    return socket
  }

  listen(path: string, accept: Accept): Promise<{ close(): Promise<void> }> {
    const { program, node } = this
    return program.later(`listen on ${path}`, 0, (origin) => {
      if (node.localListeners.has(path)) throw systemError('EADDRINUSE', 'listen', path)
      node.localListeners.set(path, { program, accept })
      const claim = program.claim('listener', `on ${path}`, () => node.localListeners.delete(path), origin)
      return { close: () => program.later('close of a listener', 0, () => claim.end()) }
    })
  }
}

interface Knock {
  readonly from: NetworkNode
  readonly route: Route
  readonly local: Endpoint
  readonly at: Endpoint
}

/** The wish to connect has arrived: somebody takes it, or it is refused. */
function arriveAt(
  world: StreamWorld,
  client: SimulatedSocket,
  find: () => SimulatedListener | undefined,
  { from, route, local, at }: Knock,
): void {
  const listener = find()
  const own = route.node
  if (listener === undefined) {
    const back = new Channel(world.network, own, from, () => {})
    back.send(0, 0, () => client.fail('ECONNREFUSED', 'connect'))
    return
  }
  const ends = { local: at, remote: { host: route.sourceAddress, port: local.port } }
  const server = new SimulatedSocket(world, listener.program, { own, remote: from }, ends, NO_HANDLER)
  server.join(client)
  client.join(server)
  server.confirm()
  server.opened()
  const handler = listener.accept(server)
  if (handler) server.join(client, handler)
  else server.destroy()
}
