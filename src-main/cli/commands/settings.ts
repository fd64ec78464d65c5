import { type Settings, settingsSchema } from '#shared/contract/settings.ts'
import { command, UsageError } from '../command.ts'
import { withRunning } from '../profile-client.ts'

export const settings = command({
  name: 'settings',
  summary: 'read or change the settings of the Shoal that runs on the profile',
  positionals: ['get|set', '[NAME]', '[VALUE]'],
  flags: {},
  examples: ['settings get', 'settings get uploadSlots', 'settings set uploadSlots 8'],
  run: async ({ positionals: [action, name, value] }, context) => {
    const { out } = context
    if (action !== 'get' && action !== 'set') throw new UsageError(`There is no "settings ${action}"; use get or set.`)
    const key = name === undefined ? undefined : settingName(name)
    if (action === 'get') {
      if (value !== undefined) throw new UsageError('One argument too many. See: shoal settings --help')
      const all = await withRunning(context, (clients) => clients.settings.get())
      const shown = key === undefined ? all : { [key]: all[key] }
      return out.done(shown, textOf(shown))
    }
    if (key === undefined || value === undefined) throw new UsageError('Use: shoal settings set NAME VALUE')
    const change = { [key]: readValue(key, value) }
    const all = await withRunning(context, (clients) => clients.settings.set(change))
    out.done({ [key]: all[key] }, textOf({ [key]: all[key] }))
  },
})

function settingName(text: string): keyof Settings {
  const names = Object.keys(settingsSchema.shape) as (keyof Settings)[]
  const found = names.find((name) => name === text)
  if (!found) throw new UsageError(`There is no setting "${text}": use ${names.join(', ')}.`)
  return found
}

/** The value as the setting has it: a number, true or false, a list with commas, or the text itself. @throws UsageError */
function readValue(key: keyof Settings, text: string): Settings[keyof Settings] {
  const schema = settingsSchema.shape[key]
  const readings = [
    text,
    ...(/^-?\d+$/.test(text) ? [Number(text)] : []),
    ...(/^(true|false)$/.test(text) ? [text === 'true'] : []),
    text === '' ? [] : text.split(',').map((part) => part.trim()),
  ]
  const parsed = readings.map((reading) => schema.safeParse(reading))
  const taken = parsed.find(({ success }) => success)
  if (taken?.success) return taken.data
  throw new UsageError(
    `"${text}" cannot be the value of ${key}; ${wanted(parsed.map(({ error }) => error?.issues[0]))}.`,
  )
}

type Issue = NonNullable<ReturnType<(typeof settingsSchema)['safeParse']>['error']>['issues'][number]

/** Of the readings of a text, the one that came closest has the right kind and says what is wrong with its value. */
function wanted(issues: readonly (Issue | undefined)[]): string {
  const issue = issues.find((each) => each !== undefined && each.code !== 'invalid_type') ?? issues[0]
  switch (issue?.code) {
    case 'too_small':
      return `it is at least ${issue.minimum}`
    case 'too_big':
      return `it is at most ${issue.maximum}`
    case 'invalid_value':
      return `it is one of ${issue.values.join(', ')}`
    case 'invalid_type':
      return `it is ${KINDS[issue.expected] ?? issue.expected}`
    default:
      return issue?.message ?? 'it is of another kind'
  }
}

const KINDS: Readonly<Record<string, string>> = {
  number: 'a whole number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, with commas',
  string: 'a text',
}

function textOf(values: object): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${value}`)
    .join('\n')
}
