/** Looks at a state of the window: no accessibility violation, nothing cut off, pictures of it in test-results/. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { root, type ShoalWindow } from './window.ts'

const PICTURES = join(root, 'test-results', 'window')

/** Axe, and nothing wider than the window. */
export async function expectSound({ page }: ShoalWindow, name: string): Promise<void> {
  // What else it could tell (each element that passes) would take time to gather, and nobody looks at it.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  const { violations } = await axe.analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    name,
  ).toEqual([])
  const wide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main, [role="grid"], [role="dialog"], footer')]
      .filter((element) => element.scrollWidth > element.clientWidth)
      .map((element) => `${element.tagName} ${element.getAttribute('aria-label') ?? ''}`),
  )
  expect(wide, `cut off: ${name}`).toEqual([])
}

/** Two frames: what was asked for is on the screen, colours and all. */
export async function drawn({ page }: ShoalWindow): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  )
}

/**
 * The state as it is now, at both sizes and in both themes; dark where it is small and light where it is large are looked into.
 * @param at what is to be seen: a window of another size shows another part of a page
 */
export async function look(window: ShoalWindow, name: string, at?: Locator): Promise<void> {
  const { page, app } = window
  mkdirSync(PICTURES, { recursive: true })
  for (const [width, height] of [
    [900, 600],
    [1280, 800],
  ] as const) {
    await app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, h), [
      width,
      height,
    ] as const)
    await page.waitForFunction((w) => innerWidth === w, width)
    await at?.scrollIntoViewIfNeeded()
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await drawn(window)
      if ((width === 900) === (colorScheme === 'dark')) await expectSound(window, `${name} ${width} ${colorScheme}`)
      await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`) })
    }
  }
}
