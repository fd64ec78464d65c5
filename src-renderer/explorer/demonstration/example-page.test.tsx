import { act, screen, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { generateRing, generateTree, smallNode } from '../../mock/generate-demonstration.ts'
import type { MockOptions } from '../../mock/mock-clients.ts'
import { everythingRead, type Rendered, renderWindow } from '../../mock/render.tsx'

async function openExamples(options: MockOptions = {}): Promise<Rendered> {
  const window = renderWindow(options)
  await window.user.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Explorer' }))
  await screen.findByRole('heading', { level: 1, name: 'Explorer' })
  await window.user.click(screen.getByRole('button', { name: 'Examples' }))
  await everythingRead()
  return window
}

const actions = ({ callsOf }: Rendered) =>
  callsOf('demonstration.act').map((call) => (call as { action: unknown }).action)
const press = ({ user }: Rendered, name: string) => user.click(screen.getByRole('button', { name }))
const column = (table: string, at: number) =>
  within(screen.getByRole('table', { name: table }))
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).getAllByRole('cell')[at]?.textContent)
const row = (name: string) => screen.getByText(name, { selector: 'dt' }).nextElementSibling?.textContent
const events = () => within(screen.getByRole('log')).queryAllByRole('listitem')
const event = (order: number, words: string, kind: 'news' | 'routine' = 'news') => ({
  ...{ order, at: order * 1_000, kind, words, nodes: [] },
})

describe('the ring', () => {
  test("opens with the literature's nodes, node 8 chosen: its pointers, keys and fingers", async () => {
    const window = await openExamples()
    expect(window.callsOf('demonstration.open')).toEqual([{ example: 'chord' }])
    expect(screen.getByRole('img', { name: /nodes 8, 14, 21, 32, 38, 42, 48, 51\. Ideal, 0 messages/ })).toBeTruthy()
    expect([row('Predecessor'), row('Successors'), row('Owns keys')]).toEqual(['51', '14, 21, 32, 38', '54, 60, 1'])
    expect(column('Finger table of node 8', 1)).toContain('8 + 16 = 24')
    expect(column('Finger table of node 8', 2)[5]).toBe('[40, 8)')
    expect(column('Finger table of node 8', 3)).toEqual(['14', '14', '14', '21', '32', '42'])
  })

  test('another node is chosen from the list or in the drawing', async () => {
    const { user } = await openExamples()
    await user.selectOptions(screen.getByRole('combobox', { name: 'Node' }), 'Node 21')
    expect(column('Finger table of node 21', 3)).toEqual(['32', '32', '32', '32', '38', '8'])
    await user.click(screen.getByText('Node 32, member'))
    expect(row('Owns keys')).toBe('22–26, 30')
    expect(screen.getByRole('button', { name: 'Look up from 32' })).toBeTruthy()
  })

  test('plays at a speed, pauses, steps and goes back', async () => {
    const window = await openExamples()
    await press(window, 'Play')
    await window.user.selectOptions(screen.getByRole('combobox', { name: 'Speed' }), '8 ×')
    await press(window, 'Pause')
    await press(window, 'Step')
    await window.user.click(screen.getByRole('checkbox', { name: 'Every message' }))
    await press(window, 'Step')
    await press(window, 'Back to the beginning')
    await press(window, 'Another ring')
    expect(actions(window)).toEqual([
      { kind: 'play', speed: 2 },
      { kind: 'play', speed: 8 },
      { kind: 'pause' },
      { kind: 'step', routine: false },
      { kind: 'step', routine: true },
      { kind: 'reset' },
      { kind: 'another', seed: expect.any(Number) },
    ])
  })

  test('nodes join, leave and die, keys are looked up, by the keyboard as well', async () => {
    const window = await openExamples()
    const { user } = window
    await user.type(screen.getByRole('textbox', { name: 'Place of the node that joins' }), '{Enter}')
    await press(window, 'Leave')
    await press(window, 'Kill')
    await user.selectOptions(screen.getByRole('combobox', { name: 'The way leads over' }), 'with lists')
    const key = screen.getByRole('textbox', { name: 'Key to look up' })
    await user.clear(key)
    await user.type(key, '30{Enter}')
    expect(actions(window)).toEqual([
      { kind: 'join', node: 26 },
      { kind: 'leave', node: 8 },
      { kind: 'kill', node: 8 },
      { kind: 'lookup', from: 8, key: 30, routing: 'all' },
    ])
  })

  test.each([
    ['64', 'Enter a number from 0 to 63.'],
    ['x', 'Enter a number from 0 to 63.'],
    ['', 'Enter a number from 0 to 63.'],
    ['8', 'There is a node 8 already. Choose a free place.'],
  ])('%j is refused beside the field', async (typed, problem) => {
    const window = await openExamples()
    const field = screen.getByRole('textbox', { name: 'Place of the node that joins' })
    await window.user.clear(field)
    if (typed !== '') await window.user.type(field, typed)
    await press(window, 'Join')
    expect(screen.getByRole('alert').textContent).toBe(problem)
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(actions(window)).toEqual([])
    await window.user.type(field, '0')
    expect(screen.queryByRole('alert')).toBeNull()
  })

  test('a free place of the drawing is where the next one joins', async () => {
    const window = await openExamples()
    await window.user.click(screen.getByText('Place 27'))
    await press(window, 'Join')
    expect(actions(window)).toEqual([{ kind: 'join', node: 27 }])
  })

  test('news are listed and read out, single messages only if they are wanted', async () => {
    const window = await openExamples()
    const list = [
      event(1, '26 wants to join'),
      event(2, '8 asks 51 for a sign of life', 'routine'),
      event(3, '26 has joined'),
    ]
    act(() => window.mock.demonstration.show({ ...generateRing('1'), events: list }))
    expect(events().map((item) => item.textContent)).toEqual(['0:0326 has joined', '0:0126 wants to join'])
    expect(screen.getByRole('log').getAttribute('aria-live')).toBe('polite')
    await window.user.click(screen.getByRole('checkbox', { name: 'Every message' }))
    expect(events()).toHaveLength(3)
    expect(screen.getByRole('log').getAttribute('aria-live')).toBe('off')
  })

  test('a lookup is drawn and told, messages with what they say', async () => {
    const window = await openExamples()
    const steps = [{ node: 42, namedBy: 8, state: 'answered' as const }]
    const message = { id: 7, from: 8, to: 51, label: 'way to 54?', isAnswer: false, sentAt: 0, arrivesAt: 900 }
    act(() =>
      window.mock.demonstration.show({
        ...{ ...generateRing('1'), messages: [message] },
        walk: { from: 8, key: 54, state: 'found', steps, path: [42, 51, 8], owner: 8 },
      }),
    )
    expect(screen.getByText('8 has found key 54 at 8: 8 → 42 → 51 → 8, 3 hops')).toBeTruthy()
    expect(screen.getByText('way to 54?')).toBeTruthy()
  })

  test('one that joins cannot leave yet, and one that has gone is said to have', async () => {
    const window = await openExamples()
    const nodes = [smallNode(8, [8, 26]), smallNode(26, [8, 26], { phase: 'joining', predecessor: 26 })]
    act(() => window.mock.demonstration.show({ ...generateRing('1'), ring: 'changing', nodes }))
    expect(screen.getByText('One ordered ring')).toBeTruthy()
    await window.user.selectOptions(screen.getByRole('combobox', { name: 'Node' }), 'Node 26, joining')
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Leave' }).disabled).toBe(true)
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Look up from 26' }).disabled).toBe(true)
    expect(row('Predecessor')).toBe('–')
    const left = [smallNode(8, [8, 26], { gone: [26] }), smallNode(26, [8, 26], { phase: 'left' })]
    act(() => window.mock.demonstration.show({ ...generateRing('1'), nodes: left }))
    expect(screen.getByText(/^Node 26 has left\. It is shown while/)).toBeTruthy()
    await window.user.selectOptions(screen.getByRole('combobox', { name: 'Node' }), 'Node 8')
    expect(row('Successors')).toBe('26 (gone)')
  })

  test('what the engine refuses is told in its sentence', async () => {
    const message = 'Node 8 is the last one. Let another join first.'
    const window = await openExamples({ failures: { 'demonstration.act': { code: 'LAST_NODE', message } } })
    await press(window, 'Leave')
    expect(await screen.findByText(message)).toBeTruthy()
  })

  test('stays open while another page is shown', async () => {
    const window = await openExamples()
    await press(window, 'Overlay')
    await press(window, 'Examples')
    await everythingRead()
    expect(window.callsOf('demonstration.open')).toHaveLength(1)
  })

  test('one that is no longer open can be opened again, as can one that could not', async () => {
    const window = await openExamples()
    act(() => window.mock.demonstration.lose('1'))
    expect(screen.getByRole('alert').textContent).toContain('This example is no longer open.')
    await press(window, 'Try again')
    expect(await screen.findByRole('table', { name: 'Finger table of node 8' })).toBeTruthy()
  })

  test('too many open ones are told of', async () => {
    const failure = { code: 'TOO_MANY_OPEN', message: '4 examples are watched already. Close one of them.' }
    const window = await openExamples({ failures: { 'demonstration.open': failure } })
    expect((await screen.findByRole('alert')).textContent).toContain(failure.message)
    await press(window, 'Try again')
    expect(window.callsOf('demonstration.open').length).toBeGreaterThan(1)
  })
})

describe('the tree', () => {
  async function openTree(): Promise<Rendered> {
    const window = await openExamples()
    await window.user.click(screen.getByRole('tab', { name: 'Kademlia: a tree' }))
    await everythingRead()
    return window
  }

  test("opens with node 2's buckets, about to look up 13", async () => {
    const window = await openTree()
    expect(window.callsOf('demonstration.open')).toEqual([{ example: 'chord' }, { example: 'kademlia' }])
    expect(column('Buckets of node 2', 0)).toEqual(['1***', '01**', '000*', '0011'])
    expect(column('Buckets of node 2', 2)).toEqual(['14, 9', '4, 6', '1', '3'])
    expect(column('Buckets of node 2', 3)[0]).toBe('11, 13')
    expect(screen.getByText('2 is about to look up 13')).toBeTruthy()
    expect(column('Questions of the lookup', 1)).toEqual(['0010 ⊕ 1101 = 1111 = 15'])
  })

  test('a question after the other, with the distances', async () => {
    const window = await openTree()
    await press(window, 'Step')
    expect(actions(window)).toEqual([{ kind: 'step', routine: true }])
    act(() => window.mock.demonstration.show(generateTree('2', 2)))
    for (const name of ['Play', 'Step'])
      expect(screen.getByRole<HTMLButtonElement>('button', { name }).disabled).toBe(true)
    expect(screen.getByRole('img', { name: /2 has found 13: 2 → 14 → 13/ })).toBeTruthy()
    expect(column('Questions of the lookup', 0)).toEqual(['2, itself', '14', '13'])
    expect(column('Questions of the lookup', 1)[1]).toBe('1110 ⊕ 1101 = 0011 = 3')
  })

  test('another lookup from another node', async () => {
    const window = await openTree()
    await window.user.click(screen.getByText('6: in its buckets'))
    await window.user.selectOptions(screen.getByRole('combobox', { name: 'Id to look up' }), '8')
    await press(window, 'Look up from 6')
    expect(actions(window)).toEqual([{ kind: 'lookup', from: 6, key: 8 }])
  })
})
