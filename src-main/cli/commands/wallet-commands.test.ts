/** `wallet` against a served wallet and vault with set answers. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { utf8 } from '../../kernel/bytes.ts'
import type { SimulatedHost } from '../../simulation/host.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { ADDRESS, TXID } from '../chain-fakes.ts'
import { type Line, start } from '../test-support.ts'
import { COIN, FakeWallet, PASSWORD, WALLET_INFO, WORDS } from '../wallet-fakes.ts'

const HOUR = 3_600_000
const PROFILE = ['--profile', '/profile']
const SECRET = ['--password-file', '/home/password']

let sim: Simulation
let desk: SimulatedHost
let fake: FakeWallet
let close: () => Promise<void>

beforeEach(async () => {
  sim = new Simulation({ seed: 3 })
  desk = sim.host('desk')
  desk.files.put('/profile/lock', new Uint8Array())
  desk.files.put('/home/password', utf8(`${PASSWORD}\n`))
  desk.files.put('/home/words', utf8(`${WORDS.join(' ')}\n`))
  desk.files.put('/home/wrong', utf8('something else'))
  desk.files.put('/home/empty', utf8('\n'))
  fake = new FakeWallet()
  close = await sim.within(HOUR, fake.serve(desk, '/profile'))
})

afterEach(async () => {
  await sim.within(HOUR, close())
  await sim.stop()
})

const machine = () => ({ host: desk, makeFolder: (path: string) => desk.files.put(`${path}/lock`, new Uint8Array()) })

async function run(...args: string[]): Promise<{ status: number; lines: Line[]; last: Line }> {
  const running = start(machine(), ['wallet', ...args, ...PROFILE, '--json'])
  const status = await sim.within(HOUR, running.status)
  return { status, lines: running.lines, last: running.lines.at(-1) as Line }
}

async function text(...args: string[]): Promise<string> {
  const running = start(machine(), ['wallet', ...args, ...PROFILE])
  expect(await sim.within(HOUR, running.status)).toBe(0)
  return running.text.stdout
}

describe('secrets', () => {
  test('create tells the words and an address, with a password from a file', async () => {
    const { last } = await run('create', '--words', '24', '--language', 'french', ...SECRET)
    expect(last).toEqual({ event: 'done', words: WORDS.join(' '), address: ADDRESS })
    expect(fake.calls[0]).toEqual(['create', { words: 24, language: 'french', passphrase: '', password: PASSWORD }])
    expect(await text('create', ...SECRET)).toMatch(/ {2}2 {2}winner\n.* 12 {2}yellow\n/s)
  })

  test('create tells the words whatever becomes of the address', async () => {
    fake.addressFault = new Error('wallet.db cannot be written')
    const { status, last } = await run('create', ...SECRET)
    expect([status, last]).toEqual([0, { event: 'done', words: WORDS.join(' ') }])
    expect(await text('create', ...SECRET)).toContain('shoal wallet address')
  })

  test('where nobody can be asked, a file must be named; one that cannot be used is refused by its name', async () => {
    expect((await run('create')).last).toMatchObject({ event: 'error', code: 'NO_SECRET' })
    for (const file of ['/home/empty', '/home/gone']) {
      const { status, last } = await run('unlock', '--password-file', file)
      expect([status, last.code]).toEqual([1, 'BAD_SECRET_FILE'])
      expect(last.message).toContain(file)
    }
  })

  test('confirm takes the words that are asked for from a file', async () => {
    await run('confirm', '--words-file', '/home/words', ...SECRET)
    expect(fake.calls.at(-1)).toEqual(['confirm', { words: ['winner', 'wave', 'yellow'] }])
  })

  test('restore, with a birthday', async () => {
    const { last } = await run('restore', '--words-file', '/home/words', '--birthday', '2026-11-22', ...SECRET)
    // Before its blocks were looked through nobody knows which address is a new one.
    expect(last).toEqual({ event: 'done', restored: true })
    expect(fake.calls.map(([name]) => name)).toEqual(['restore'])
    expect(fake.calls[0]?.[1]).toMatchObject({ words: WORDS.join(' '), birthday: 1_795_305_600, password: PASSWORD })
    expect((await run('restore', '--birthday', 'yesterday')).status).toBe(2)
  })

  test('unlock, lock, passwd', async () => {
    expect((await run('unlock', '--password-file', '/home/wrong')).last).toMatchObject({ code: 'WRONG_PASSWORD' })
    expect((await run('unlock', ...SECRET)).last).toMatchObject({ event: 'done', locked: false })
    expect(fake.locked).toBe(false)
    expect((await run('lock')).last).toMatchObject({ locked: true })
    await run('passwd', ...SECRET, '--new-password-file', '/home/wrong')
    expect(fake.calls.at(-1)).toEqual(['changePassword', { from: PASSWORD, to: 'something else' }])
  })
})

describe('money', () => {
  test('balance: decimal text in SHL for scripts, and what a person needs to know', async () => {
    expect((await run('balance')).last).toMatchObject({
      ...{ event: 'done', available: '100.00000001', pending: '0.00000001', immature: '4950', height: 617 },
    })
    expect(await text('balance')).toBe(
      [
        'available      100.00000001 SHL',
        'pending        0.00000001 SHL',
        'immature       4950 SHL',
        'unconfirmed    1 transaction',
        'keys           locked',
        'words          not confirmed yet: shoal wallet confirm; never written down: put-aside',
        'scanned        [##########··········] 50.0 % of 1,234 blocks, 6 s left\n',
      ].join('\n'),
    )
  })

  test('without a wallet it says how to get one', async () => {
    fake.info = { ...WALLET_INFO, state: 'none' }
    expect(await text('balance')).toContain('shoal wallet create')
  })

  test('address, with a payment link', async () => {
    expect(await text('address')).toBe(`${ADDRESS}\n`)
    const { last } = await run('address', '--amount', '2.5', '--label', 'rent', '--message', 'November')
    expect(last).toMatchObject({ address: ADDRESS, uri: `shoal:${ADDRESS}?amount=2.5` })
    expect(fake.calls.at(-1)).toEqual([
      'paymentUri',
      { address: ADDRESS, amount: 250_000_000n, label: 'rent', message: 'November' },
    ])
  })

  test('send: plan, unlock for it, send, lock again', async () => {
    const line = ['send', ADDRESS, '12.5', '--to', `${ADDRESS}=everything`, '--fee-rate', '1.5', '--coin', COIN]
    const { lines, last } = await run(...line, '--yes', ...SECRET)
    expect(fake.calls).toEqual([
      [
        'plan',
        {
          recipients: [
            { to: ADDRESS, amount: 1_250_000_000n },
            { to: ADDRESS, amount: 'everything' },
          ],
          fee: { feeRate: 1.5 },
          coins: [COIN],
        },
      ],
      ['send', { plan: 7 }],
      ['lock', undefined],
    ])
    expect(lines[0]).toMatchObject({ event: 'plan', fee: '0.0000141', change: '37.4999859' })
    expect(last).toMatchObject({ event: 'done', txid: TXID, fee: '0.0000141', amount: '12.5' })
  })

  test('the plan is shown in full; a label cannot steer a terminal', async () => {
    const shown = await text('send', ADDRESS, '12.5', '--yes', ...SECRET)
    expect(shown).toContain(`12.5 SHL to ${ADDRESS} (rent [31m)`)
    expect(shown).toContain('! This address was paid to before.')
    expect(shown).toContain('fee            0.0000141 SHL, 10 grains/vB, 141 vB')
  })

  test('locked and no password: nothing is sent', async () => {
    expect((await run('send', ADDRESS, '1', '--yes')).last).toMatchObject({ event: 'error', code: 'WALLET_LOCKED' })
    expect(fake.calls.map(([name]) => name)).toEqual(['plan'])
  })

  test.each([
    ['send', ADDRESS, '1'],
    ['bump', TXID],
    ['cpfp', TXID],
  ])('%s where nobody can be asked: shown and not sent without --yes', async (...args) => {
    const { status, lines, last } = await run(...args, ...SECRET)
    expect([status, lines[0]?.event, last.code]).toEqual([1, 'plan', 'NOT_CONFIRMED'])
    expect(last.message).toContain('--yes')
    expect(fake.calls.map(([name]) => name)).not.toContain('send')
    expect(fake.locked).toBe(true)
  })

  test('only a link is asked how much it wants', async () => {
    for (const to of [ADDRESS, 'Anna'])
      expect((await run('send', to, ...SECRET)).last).toMatchObject({ code: 'NO_AMOUNT' })
    expect(fake.calls).toEqual([])
    expect((await run('send', `shoal:${ADDRESS}`, ...SECRET)).last).toMatchObject({ code: 'NO_AMOUNT' })
    expect(fake.calls).toEqual([['readTarget', { text: `shoal:${ADDRESS}` }]])
  })

  test.each(['0', '1.123456789', '1,5', '-1', '1e3', '', '21000001'])('"%s" is no amount', async (value) => {
    expect((await run('send', ADDRESS, value)).status).toBe(2)
    expect(fake.calls).toEqual([])
  })

  test('bump and cpfp name the transaction and how', async () => {
    expect((await run('bump', TXID.toUpperCase(), '--target', '1', '--yes', ...SECRET)).status).toBe(0)
    expect((await run('cpfp', TXID, '--yes', ...SECRET)).status).toBe(0)
    expect(fake.calls.filter(([name]) => name === 'planFaster')).toEqual([
      ['planFaster', { txid: TXID, fee: { target: 1 }, how: 'bump' }],
      ['planFaster', { txid: TXID, fee: { target: 3 }, how: 'child' }],
    ])
  })

  test('coins, freeze, abandon, rebroadcast, fees', async () => {
    expect((await run('coins', '--limit', '9')).lines[0]).toMatchObject({ event: 'row', id: COIN, value: '50' })
    await run('freeze', COIN)
    await run('unfreeze', COIN)
    await run('abandon', TXID)
    await run('rebroadcast', TXID)
    expect(fake.calls.slice(1)).toEqual([
      ['freeze', { coin: COIN, frozen: true }],
      ['freeze', { coin: COIN, frozen: false }],
      ['abandon', { txid: TXID }],
      ['rebroadcast', { txid: TXID }],
    ])
    expect(await text('fees')).toBe('next block  1 grain/vB (minimum fee)\n')
  })
})

describe('records', () => {
  test('history: a row each, as scripts read it', async () => {
    const { lines, last } = await run('history', '--search', 'rent', '--offset', '2')
    expect(lines[0]).toMatchObject({ event: 'row', txid: TXID, delta: '-12.5000141', status: 'confirmed' })
    expect(last).toEqual({ event: 'done', rows: 1, total: 3 })
    expect(fake.calls[0]?.[1]).toEqual({ search: 'rent', offset: 2, limit: 50 })
  })

  test.each([
    [TXID, 'tx'],
    [COIN, 'output'],
    [ADDRESS, 'addr'],
  ])('a label of %s', async (ref, type) => {
    await run('label', ref, 'rent')
    expect(fake.calls).toEqual([['setLabel', { type, ref, label: 'rent' }]])
  })

  test('contacts', async () => {
    expect((await run('contacts')).lines[0]).toMatchObject({ event: 'row', name: 'Anna' })
    await run('contacts', 'add', 'Anna', ADDRESS, 'x')
    await run('contacts', 'remove', '00'.repeat(8))
    expect(fake.calls.slice(1)).toEqual([
      ['setContact', { name: 'Anna', address: ADDRESS, note: 'x' }],
      ['removeContact', { id: '00'.repeat(8) }],
    ])
  })

  test('export makes a file and never writes over one; import reads one', async () => {
    expect((await run('export', '--file', 'out.csv')).last).toMatchObject({ format: 'csv', lines: 3 })
    expect((await run('export')).last).toMatchObject({ text: 'time,amount\n1,2\n3,4\n' })
    expect((await run('export', '--file', 'out.csv')).last).toMatchObject({ code: 'FILES_EXIST' })
    expect((await run('export', '--format', 'labels')).last).toMatchObject({ text: '{"type":"tx"}\n' })
    expect((await run('import', '--file', 'out.csv')).last).toMatchObject({ taken: 2, ignored: 1 })
    expect(fake.calls.at(-1)).toEqual(['importLabels', { text: 'time,amount\n1,2\n3,4\n' }])
  })

  test('what may surprise asks for --yes', async () => {
    expect((await run('put-aside')).last).toMatchObject({ code: 'NOT_CONFIRMED' })
    expect((await run('put-aside', '--yes')).last).toMatchObject({ file: '/profile/aside.db' })
    expect(await text('rescan', '--from', '7')).toContain('Blocks from 7 on')
    expect(await text('rescan')).toContain('All blocks')
    await run('look-further', '200')
    await run('backup', '--file', '/home/copy.db')
    await run('use-previous')
    expect(fake.calls.slice(1)).toEqual([
      ['rescan', { from: 7 }],
      ['rescan', {}],
      ['lookFurther', { more: 200 }],
      ['backup', { path: '/home/copy.db' }],
      ['usePrevious', undefined],
    ])
  })

  test.each([
    ['nothing'],
    ['send'],
    ['balance', 'x'],
    ['balance', '--yes'],
    ['bump', '12'],
    ['freeze', TXID],
    ['send', ADDRESS, '1', '--coin', TXID],
    ['send', ADDRESS, '1', '--coin', `${TXID}:x`],
    ['contacts', 'remove', 'zz'],
    ['send', ADDRESS, '1', '--target', '2'],
    ['send', ADDRESS, '1', '--target', '1', '--fee-rate', '2'],
    ['history', '--limit', '0'],
    ['create', '--words', '13'],
    ['create', '--language', 'klingon'],
    ['label'],
    ['contacts', 'add', 'Anna'],
  ])('%s %s %s is wrong usage', async (...args) => {
    expect((await run(...args)).status).toBe(2)
  })
})
