/** The word lists of BIP 39 by their own names. */
import type { WordLanguage } from '#shared/contract/vault-channel.ts'

export const LANGUAGE_NAMES: Readonly<Record<WordLanguage, string>> = {
  english: 'English',
  czech: 'Čeština',
  french: 'Français',
  italian: 'Italiano',
  japanese: '日本語',
  korean: '한국어',
  portuguese: 'Português',
  'simplified-chinese': '简体中文',
  spanish: 'Español',
  'traditional-chinese': '繁體中文',
}

export const LANGUAGES = Object.keys(LANGUAGE_NAMES) as readonly WordLanguage[]
