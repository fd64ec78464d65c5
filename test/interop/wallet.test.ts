/** Wallets of real daemons on the local network, driven by the command line: two of them, five of them, and one restored. */
import { describe, expect, test } from 'vitest'
import { Machine } from './support/machine.ts'
import { PASSWORD, WalletDaemon } from './support/wallet-daemon.ts'

const LIMIT = 300_000
const MATURITY = 100

/** A daemon that has mined to maturity, with one reward to spend. */
async function miner(machine: Machine, name = 'miner'): Promise<{ node: WalletDaemon; words: string }> {
  const node = new WalletDaemon(machine, name)
  await node.start()
  const { words } = await node.createWallet()
  await node.confirmWords(words)
  await node.generate(MATURITY + 1)
  expect(await node.balance()).toMatchObject({ available: '100', immature: '4950' })
  return { node, words }
}

async function peerOf(machine: Machine, name: string, ...others: WalletDaemon[]): Promise<WalletDaemon> {
  const node = new WalletDaemon(
    machine,
    name,
    others.flatMap(({ chainListen }) => ['--chain-peer', chainListen]),
  )
  await node.start()
  return node
}

const sameTip = async (one: WalletDaemon, other: WalletDaemon) => {
  const { tip } = await one.info()
  await other.untilInfo('the same tip', (info) => info.tip === tip)
}

describe('two wallets', { timeout: LIMIT }, () => {
  test('mine to maturity, send both ways, bump a fee, and one is restored elsewhere', async (context) => {
    const machine = await Machine.start(context)
    const { node: first, words } = await miner(machine)
    const second = await peerOf(machine, 'second', first)
    const { address } = await second.createWallet()
    await sameTip(first, second)

    const payment = await first.pay(address, '12.5', '--fee-rate', '1')
    await second.untilBalance('it sees the payment', ({ pending }) => pending === '12.5')
    const { txid: dearer } = await first.run(
      'wallet',
      'bump',
      payment,
      '--fee-rate',
      '20',
      '--yes',
      ...(await password(first)),
    )
    expect(dearer).not.toBe(payment)
    expect(await first.statusOf(payment)).toBe('replaced')
    await second.until(
      'the replacement alone',
      ({ total }) => total === 1,
      ...['wallet', 'history', '--search', String(dearer)],
    )
    await first.generate(1)
    await second.untilBalance('it is confirmed', ({ available }) => available === '12.5')

    const back = await second.pay(await first.address(), '3.25', '--target', '1')
    await first.untilBalance('it sees what comes back', ({ pending }) => pending === '3.25')
    await first.generate(1)
    expect(await first.statusOf(back)).toBe('confirmed')
    await second.untilBalance('its change is confirmed', ({ unconfirmed }) => unconfirmed === 0)

    const third = await peerOf(machine, 'third', first)
    await third.restoreWallet(words)
    await sameTip(first, third)
    const whole = await first.history()
    // What was replaced never was in a block: nobody can work it out from the chain.
    const onChain = whole.filter(({ status }) => status !== 'replaced')
    await third.untilBalance(
      'all is found again',
      ({ height, target, available }) => height === target && available !== '0',
    )
    expect(await third.history()).toEqual(onChain)
    const { available, immature } = await first.balance()
    expect(await third.balance()).toMatchObject({ available, immature })
    await Promise.all([first, second, third].map((node) => node.stop()))
  })

  test('a coin is not spent twice, and of two conflicting spends the one in the longer branch stands', async (context) => {
    const machine = await Machine.start(context)
    const { node: first, words } = await miner(machine)
    const twin = await peerOf(machine, 'twin', first)
    await twin.restoreWallet(words)
    await sameTip(first, twin)
    await twin.untilBalance('the same coins', ({ available }) => available === '100')
    const payee = await peerOf(machine, 'payee', first)
    const { address } = await payee.createWallet()
    await sameTip(first, payee)
    const { rows } = await first.rows('wallet', 'coins', '--limit', '200')
    const coin = String(rows.find(({ status }) => status === 'available')?.id)

    // Known to both, refused at the second try by the wallet and by every mempool.
    await first.pay(address, '1', '--coin', coin)
    expect(await first.refused('wallet', 'send', address, '1', '--yes', '--coin', coin)).toMatchObject({
      event: 'error',
    })
    await first.generate(1)
    await sameTip(first, twin)

    // Apart: each spends the same coin in a branch of its own.
    const free = String(
      (await first.rows('wallet', 'coins', '--limit', '200')).rows.find(({ status }) => status === 'available')?.id,
    )
    await twin.stop()
    const kept = await first.pay(address, '2', '--coin', free)
    await first.generate(3)
    await first.stop()
    await payee.stop()
    const alone = new WalletDaemon(machine, 'twin')
    await alone.start()
    const lost = await alone.pay(await alone.address(), '5', '--coin', free)
    await alone.generate(1)
    expect(await alone.statusOf(lost)).toBe('confirmed')

    await first.start('--chain-peer', alone.chainListen)
    await sameTip(first, alone)
    await alone.synced()
    expect(await alone.statusOf(lost)).toBe('conflicted')
    expect(await alone.statusOf(kept)).toBe('confirmed')
    const { available, immature, pending } = await first.balance()
    expect(await alone.balance()).toMatchObject({ available, immature, pending })
    await Promise.all([first, alone].map((node) => node.stop()))
  })
})

describe('five wallets', { timeout: LIMIT }, () => {
  test('pay each other around, one is killed meanwhile, and all agree in the end', async (context) => {
    const machine = await Machine.start(context)
    const { node: first } = await miner(machine, 'first')
    const nodes = [first]
    for (const name of ['second', 'third', 'fourth', 'fifth'])
      nodes.push(await peerOf(machine, name, nodes.at(-1) as WalletDaemon))
    const others = nodes.slice(1)
    for (const node of others) await node.createWallet()
    await Promise.all(others.map((node) => sameTip(first, node)))

    const wants = await Promise.all(others.map(async (node) => `${await node.address()}=10`))
    const [one = '', ...further] = wants
    const split = one.split('=')
    await first.pay(String(split[0]), String(split[1]), ...further.flatMap((want) => ['--to', want]))
    await first.generate(1)
    await Promise.all(others.map((node) => node.untilBalance('its share', ({ available }) => available === '10')))

    // Around the circle, while one of them is killed and comes back.
    const payers = nodes.slice(1, 4)
    await Promise.all(
      payers.map(async (node, place) =>
        node.pay(await (nodes[place + 2] as WalletDaemon).address(), '1', '--fee-rate', '2'),
      ),
    )
    const killed = nodes[4] as WalletDaemon
    await killed.kill()
    await first.until('all payments', ({ transactions }) => transactions === 3, 'chain', 'mempool')
    await first.generate(1)
    await killed.start()
    await killed.untilBalance('what came while it was gone', ({ available }) => available === '11')
    await Promise.all(nodes.map((node) => node.untilBalance('nothing is open', ({ unconfirmed }) => unconfirmed === 0)))
    const balances = await Promise.all(others.map((node) => node.balance()))
    const sum = balances.reduce((total, { available }) => total + Number(available), 0)
    // Three payments of one, and their fees.
    expect(sum).toBeGreaterThan(39.99)
    expect(sum).toBeLessThan(40)
    await Promise.all(nodes.map((node) => node.stop()))
  })
})

async function password(node: WalletDaemon): Promise<string[]> {
  return ['--password-file', await node.secret(PASSWORD)]
}
