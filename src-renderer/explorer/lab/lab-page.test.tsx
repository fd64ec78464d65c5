import { act, screen, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import type { MockOptions } from '../../mock/mock-clients.ts'
import { sampleRun } from '../../mock/mock-lab.ts'
import { everythingRead, type Rendered, renderWindow } from '../../mock/render.tsx'

async function openLab(options: MockOptions = {}): Promise<Rendered> {
  const window = renderWindow(options)
  await window.user.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Explorer' }))
  await screen.findByRole('heading', { level: 1, name: 'Explorer' })
  await window.user.click(screen.getByRole('button', { name: 'Lab' }))
  if (options.labFeed === undefined) {
    await everythingRead()
    await screen.findByRole('navigation', { name: 'Experiments' })
  }
  return window
}

const experiments = () => screen.getByRole('navigation', { name: 'Experiments' })
const run = ({ user }: Rendered) => user.click(screen.getByRole('button', { name: 'Run' }))
const tick = ({ mock }: Rendered, times = 1) =>
  act(() => {
    for (let n = 0; n < times; n++) mock.lab.tick()
  })
const results = () => screen.getByRole('region', { name: 'Results of Chain' })

describe('experiments', () => {
  test('stand with a sentence each; the options of the one that is shown are as usual', async () => {
    const { user } = await openLab()
    const [chain, difficulty] = within(experiments()).getAllByRole('button')
    expect(chain?.getAttribute('aria-current')).toBe('true')
    expect(difficulty?.textContent).toContain('How rules bear a strong miner who comes and goes.')
    expect(screen.getByLabelText<HTMLInputElement>('Nodes').value).toBe('60')
    expect(screen.getByRole('heading', { name: 'Nothing has been run yet' })).toBeTruthy()
    await user.click(difficulty as HTMLElement)
    expect(screen.getByRole('heading', { level: 2, name: 'Difficulty' })).toBeTruthy()
    expect(screen.getByLabelText<HTMLSelectElement>('Nodes start').value).toBe('warm')
    expect(screen.getByLabelText<HTMLInputElement>('Encode every message').checked).toBe(false)
  })

  test('the one that was shown is shown again after another page', async () => {
    const { user } = await openLab()
    await user.click(within(experiments()).getByRole('button', { name: /^Difficulty/ }))
    await user.click(screen.getByRole('button', { name: 'Chain' }))
    await user.click(screen.getByRole('button', { name: 'Lab' }))
    expect(await screen.findByRole('heading', { level: 2, name: 'Difficulty' })).toBeTruthy()
  })
})

describe('options', () => {
  test('what was chosen is what is run', async () => {
    const window = await openLab()
    const { user, callsOf } = window
    await user.clear(screen.getByLabelText('Nodes'))
    await user.type(screen.getByLabelText('Nodes'), '12')
    await user.click(screen.getByLabelText('Tampering'))
    await run(window)
    expect(callsOf('lab.start')).toEqual([{ experiment: 'chain', options: { nodes: 12, parts: ['forks'], seed: 1 } }])
  })

  test('what cannot be run is told beside it, and is not run', async () => {
    const window = await openLab()
    const { user, callsOf } = window
    await user.clear(screen.getByLabelText('Nodes'))
    await user.type(screen.getByLabelText('Nodes'), '9')
    expect(screen.getByLabelText('Nodes').getAttribute('aria-invalid')).toBe('true')
    expect(screen.getByRole('alert').textContent).toBe('Enter a number from 10 to 500.')
    await run(window)
    expect(callsOf('lab.start')).toEqual([])
    await user.click(screen.getByRole('button', { name: 'Reset' }))
    expect(screen.queryByRole('alert')).toBeNull()
    await user.click(screen.getByLabelText('Forks'))
    await user.click(screen.getByLabelText('Tampering'))
    expect(screen.getByRole('alert').textContent).toBe('Choose at least one.')
  })

  test('what the engine refuses is told in its sentence', async () => {
    const message = '4 experiments wait already. Cancel one, or let one end.'
    const window = await openLab({ failures: { 'lab.start': { code: 'TOO_MANY_RUNS', message } } })
    await run(window)
    expect(await screen.findByText(message)).toBeTruthy()
  })
})

describe('a run', () => {
  test('tells how far it is, and its report grows; done, it is told', async () => {
    const window = await openLab()
    await run(window)
    expect(screen.getByText('Nothing found yet.')).toBeTruthy()
    tick(window)
    expect(screen.getByRole('progressbar', { name: 'Progress of Chain' }).getAttribute('aria-valuenow')).toBe('25')
    expect(screen.getByText('25.0 %, forks')).toBeTruthy()
    const rows = () => within(screen.getByRole('table')).getAllByRole('row').length
    expect(rows()).toBe(2)
    tick(window, 3)
    expect(rows()).toBe(5)
    expect(within(results()).getByText('Done in 4 s.')).toBeTruthy()
    expect(screen.queryByRole('progressbar')).toBeNull()
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull()
  })

  test('is cancelled; what it had found stays', async () => {
    const window = await openLab()
    await run(window)
    tick(window, 2)
    await window.user.click(screen.getByRole('button', { name: 'Cancel' }))
    expect(window.callsOf('lab.cancel')).toEqual([{ run: '1' }])
    expect(screen.getByText('Cancelled at 50.0 %. What it had found stays below.')).toBeTruthy()
    expect(screen.getByRole('table')).toBeTruthy()
  })

  test('that fails says why, and what to do', async () => {
    const window = await openLab()
    await run(window)
    act(() => window.mock.lab.die('The thread of the Lab has ended. Choose smaller numbers, then run it again.'))
    expect(screen.getByRole('alert').textContent).toContain('Choose smaller numbers')
    expect(screen.getByText('It had found nothing yet.')).toBeTruthy()
  })

  test('waits for the one before it; either can be looked at', async () => {
    const window = await openLab()
    await run(window)
    await window.user.clear(screen.getByLabelText('Nodes'))
    await window.user.type(screen.getByLabelText('Nodes'), '100')
    await run(window)
    expect(screen.getAllByText('Waits until the experiment before it has ended.').length).toBeGreaterThan(0)
    tick(window, 4)
    const choice = screen.getByLabelText<HTMLSelectElement>('Run')
    expect([...choice.options].map(({ text }) => text)).toEqual(['2, running: Nodes 100', '1, done: as usual'])
    await window.user.selectOptions(choice, '1')
    expect(within(results()).getByText('Done in 4 s.')).toBeTruthy()
  })

  test('goes on while another page is shown, and stands in the list', async () => {
    const window = await openLab()
    await run(window)
    await window.user.click(within(experiments()).getByRole('button', { name: /^Difficulty/ }))
    expect(within(experiments()).getByRole('button', { name: /^Chain/ }).textContent).toContain('running')
    tick(window, 4)
    await window.user.click(within(experiments()).getByRole('button', { name: /^Chain/ }))
    expect(within(results()).getByText('Done in 4 s.')).toBeTruthy()
  })
})

describe('a report', () => {
  const done = sampleRun('1', { state: 'done', fraction: 1, seconds: 4, rows: 4 })

  test('its charts say in words what they draw, who says so, and where that is from', async () => {
    await openLab({ labRuns: [done] })
    const chart = screen.getByRole('img', { name: /^Stale rate against delay\./ })
    expect(chart.getAttribute('aria-label')).toContain('Measured (measured): 0.1: 0.12 to 19: 17.4')
    const section = screen.getByRole('article', { name: 'Stale rate against delay' })
    expect(within(section).getByText('(measured here)')).toBeTruthy()
    expect(within(section).getByText('Formula: Decker and Wattenhofer, 2013')).toBeTruthy()
    expect(
      within(section).getByText('Published, quoted from memory: A survey of 2014, quoted from memory'),
    ).toBeTruthy()
  })

  test('only what is quoted from memory is dashed, and only formulas have no marks', async () => {
    await openLab({ labRuns: [done] })
    const chart = screen.getByRole('img', { name: /^Stale rate/ })
    const lines = [...chart.querySelectorAll('path[fill="none"]')]
    expect(lines.map((line) => line.getAttribute('stroke-dasharray'))).toEqual([null, null, '6 4'])
    const marks = lines.map((line) => (line.parentElement?.children.length ?? 0) - 1)
    expect(marks).toEqual([4, 0, 2])
  })

  test('bars stand under their names with their figures', async () => {
    await openLab({ labRuns: [sampleRun('1', { ...done, experiment: 'difficulty' })] })
    await userShows(/^Difficulty/)
    const chart = screen.getByRole('img', { name: /^Longest gap/ })
    expect(chart.getAttribute('aria-label')).toContain('bitcoin-2016: 60 to wtema-80+8x20: 15')
    expect(chart.querySelectorAll('rect')).toHaveLength(8)
    expect([...chart.querySelectorAll('text')].map(({ textContent }) => textContent)).toContain('lwma-60')
  })

  test('the tampered block is drawn step by step: its successors fall with it, in words too', async () => {
    const { user } = await openLab({ labRuns: [done] })
    const blocks = () => within(screen.getByRole('list', { name: /^Blocks/ })).getAllByRole('listitem')
    expect(blocks().every(({ textContent }) => textContent?.includes('Valid'))).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Next step' }))
    expect(screen.getByText(/4 of 6 blocks are not valid/)).toBeTruthy()
    expect(blocks()[2]?.textContent).toMatch(/changed.*Not valid.*Merkle root does not fit/)
    expect(
      blocks()
        .slice(3)
        .every(({ textContent }) => textContent?.includes('Falls with it')),
    ).toBe(true)
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Next step' }).disabled).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Step before' }))
    expect(screen.getByText(/every block is valid/)).toBeTruthy()
  })

  test('is saved as CSV: a section, or all of it', async () => {
    const { user, callsOf } = await openLab({ labRuns: [done], chosen: '/home/ada/forks.csv' })
    await user.click(screen.getByRole('button', { name: /^Save “Forks/ }))
    await user.click(screen.getByRole('button', { name: 'Save all as CSV' }))
    expect(callsOf('lab.csv')).toEqual([{ run: '1', part: 'forks' }, { run: '1' }])
    expect(callsOf('app.saveText')).toEqual([
      { title: 'Save as CSV', name: 'chain-forks.csv', text: 'section\r\nforks\r\n' },
      { title: 'Save as CSV', name: 'chain.csv', text: 'section\r\nall\r\n' },
    ])
    expect(await screen.findByText('Saved /home/ada/forks.csv.')).toBeTruthy()
  })

  test('thought better of it: nothing is said', async () => {
    const { user, callsOf } = await openLab({ labRuns: [done], chosen: undefined })
    await user.click(screen.getByRole('button', { name: 'Save all as CSV' }))
    expect(callsOf('app.saveText')).toHaveLength(1)
    expect(screen.queryByText(/^Saved/)).toBeNull()
  })

  async function userShows(name: RegExp): Promise<void> {
    await act(async () => within(experiments()).getByRole('button', { name }).click())
  }
})

describe('what cannot be read', () => {
  test('its shape while it is read', async () => {
    await openLab({ labFeed: 'loading' })
    expect(await screen.findByRole('status', { name: 'Reading the Lab' })).toBeTruthy()
  })

  test('a failure can be tried again', async () => {
    await openLab({ labFeed: 'failed' })
    expect((await screen.findByRole('alert')).textContent).toContain('The engine does not answer.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })

  test('so can the list of the experiments', async () => {
    const message = 'The engine does not answer. Try again.'
    await openLab({ failures: { 'lab.experiments': { code: 'NO_ENGINE', message } }, labFeed: 'ready' })
    expect((await screen.findByRole('alert')).textContent).toContain(message)
  })
})
