/**
 * Two Shoals that were told nothing of each other: on one network by multicast, and on the network `test` by the rendezvous
 * key in a DHT of the test's own. One mines, pays, and the other sees it arrive.
 */
import { test } from 'vitest'
import { Machine } from './support/machine.ts'
import { exitsWell } from './support/peers.ts'
import { BLOCKS, WORDS, writeTestNetworkChain } from './support/test-network-chain.ts'
import { WalletDaemon } from './support/wallet-daemon.ts'

const LIMIT = 60_000
const TEST_LIMIT = 400_000
/** Other programs take the interface of the multicast route, and want its flag. */
const MULTICAST = 'ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo'
const MATURITY = 100

test(
  'on one network: they find each other, one mines and pays, the other sees it',
  async (context) => {
    const machine = await Machine.start(context)
    await exitsWell(machine, machine.run('multicast over lo', ['sh', '-c', MULTICAST]), LIMIT)
    const [miner, payee] = ['miner', 'payee'].map(
      (name) => new WalletDaemon(machine, name, ['--local-discovery', 'on']),
    ) as [WalletDaemon, WalletDaemon]
    await miner.start()
    await payee.start()
    await miner.createWallet()
    const { address } = await payee.createWallet()
    await miner.untilInfo('it has found the other', ({ peers }) => peers !== 0)

    await miner.generate(MATURITY + 1)
    await miner.pay(address, '7.5', '--fee-rate', '1')
    await payee.untilBalance('it sees the payment', ({ pending }) => pending === '7.5')
    await miner.generate(1)
    await payee.untilBalance('it is confirmed', ({ available }) => available === '7.5')
    await Promise.all([miner.stop(), payee.stop()])
  },
  TEST_LIMIT,
)

test(
  'on the network test: by a rendezvous in a DHT, with blocks that take their work',
  async (context) => {
    const machine = await Machine.start(context)
    const dht = ['--dht', 'on']
    const miner = new WalletDaemon(machine, 'miner', dht, 'test')
    await writeTestNetworkChain(miner.profile)
    await miner.start()
    await miner.restoreWallet(WORDS)
    await miner.untilBalance('its rewards', ({ height, available }) => height === BLOCKS && available === '30')
    const payee = new WalletDaemon(machine, 'payee', [...dht, '--bootstrap', miner.listen], 'test')
    await payee.start()
    const { address } = await payee.createWallet()
    await payee.untilInfo('it has found the miner and its chain', ({ height }) => height === BLOCKS)

    await miner.run('miner', 'start', '--threads', '2', '--share', '100')
    await payee.untilMined(BLOCKS + 1)
    await miner.pay(address, '1.5', '--fee-rate', '2')
    await payee.untilBalance(
      'it sees the payment',
      ({ pending, available }) => pending === '1.5' || available === '1.5',
    )
    const { height } = await payee.info()
    await payee.untilMined(Number(height) + 1)
    await payee.untilBalance('the payment is confirmed', ({ available }) => available === '1.5')
    await miner.run('miner', 'stop')
    await Promise.all([miner.stop(), payee.stop()])
  },
  TEST_LIMIT,
)
