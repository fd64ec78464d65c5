import { command, type Flags, type HelpTopic, UsageError } from '../command.ts'
import { CHAIN_FLAGS, chainExperiment } from '../lab-chain.ts'
import { CHORD_FLAGS, chordExperiment } from '../lab-chord.ts'
import { COMPARE_FLAGS, compareOverlays } from '../lab-compare.ts'
import { DIFFICULTY_FLAGS, difficultyExperiment } from '../lab-difficulty.ts'
import { GNUTELLA_FLAGS, gnutellaExperiment } from '../lab-gnutella.ts'
import { KADEMLIA_FLAGS, kademliaExperiment } from '../lab-kademlia.ts'
import { PASTRY_FLAGS, pastryExperiment } from '../lab-pastry.ts'
import { SWARM_FLAGS, swarmExperiment } from '../lab-swarm.ts'
import { integerOf, wordOf } from '../values.ts'

const SEED = { min: 0, max: 999_999_999_999_999 }
const SEED_FLAG = {
  seed: { type: 'string', value: 'S', summary: 'the same seed gives the same run; 1 if left out' },
} as const satisfies Flags

/** In the order of the help, with the flags of each besides `--seed`; one that only others have is refused. */
const EXPERIMENTS = {
  swarm: {
    ...{ summary: 'one server against a swarm', flags: SWARM_FLAGS, run: swarmExperiment },
    examples: ['lab swarm --nodes 20', 'lab swarm --nodes 100 --seed 7 --json'],
  },
  chord: {
    ...{ summary: 'lookups on a ring', flags: CHORD_FLAGS, run: chordExperiment },
    examples: ['lab chord --nodes 10000 --lookups 2000 --route fingers'],
  },
  kademlia: {
    ...{ summary: 'lookups by XOR distance', flags: KADEMLIA_FLAGS, run: kademliaExperiment },
    examples: ['lab kademlia --nodes 10000 --lookups 2000', 'lab kademlia --nodes 500 --churn 10 --nat 0.5 --json'],
  },
  pastry: {
    ...{ summary: 'routing by prefix', flags: PASTRY_FLAGS, run: pastryExperiment },
    examples: ['lab pastry --nodes 10000 --lookups 2000'],
  },
  gnutella: {
    ...{ summary: 'searches by flooding', flags: GNUTELLA_FLAGS, run: gnutellaExperiment },
    examples: ['lab gnutella --nodes 10000 --ttl 7'],
  },
  compare: {
    ...{
      summary: 'chord, kademlia, pastry and gnutella side by side, and a chain',
      flags: COMPARE_FLAGS,
      run: compareOverlays,
    },
    examples: ['lab compare --parts lookups --nodes 10000'],
  },
  difficulty: {
    ...{ summary: 'rules of a chain', flags: DIFFICULTY_FLAGS, run: difficultyExperiment },
    examples: ['lab difficulty --seeds 200 --json'],
  },
  chain: {
    ...{ summary: 'blocks among nodes', flags: CHAIN_FLAGS, run: chainExperiment },
    examples: ['lab chain --parts forks,selfish --seed 7'],
  },
}
const NAMES = Object.keys(EXPERIMENTS) as (keyof typeof EXPERIMENTS)[]

const FLAGS = {
  ...SWARM_FLAGS,
  ...CHORD_FLAGS,
  ...KADEMLIA_FLAGS,
  ...PASTRY_FLAGS,
  ...GNUTELLA_FLAGS,
  ...COMPARE_FLAGS,
  ...DIFFICULTY_FLAGS,
  ...CHAIN_FLAGS,
}

function topicOf(name: keyof typeof EXPERIMENTS): HelpTopic {
  const { summary, flags, examples } = EXPERIMENTS[name]
  return { summary: `an experiment on a simulated network: ${summary}`, flags: { ...flags, ...SEED_FLAG }, examples }
}

export const lab = command({
  name: 'lab',
  summary: `an experiment on a simulated network: ${NAMES.map((name) => `${name} (${EXPERIMENTS[name].summary})`).join(', ')}`,
  positionals: ['EXPERIMENT'],
  flags: { ...FLAGS, ...SEED_FLAG },
  examples: NAMES.flatMap((name) => EXPERIMENTS[name].examples),
  topics: Object.fromEntries(NAMES.map((name) => [name, topicOf(name)])),
  run: async ({ positionals, flags }, context) => {
    const name = wordOf(positionals[0] as string, 'EXPERIMENT', NAMES)
    const { flags: own, run } = EXPERIMENTS[name]
    const stray = Object.keys(FLAGS).find(
      (flag) => !Object.hasOwn(own, flag) && flags[flag as keyof typeof FLAGS] !== undefined,
    )
    if (stray) throw new UsageError(`--${stray} is not for "lab ${name}". See: shoal lab ${name} --help`)
    const seed = flags.seed === undefined ? 1 : integerOf(flags.seed, '--seed', SEED)
    await run(flags, seed, context)
  },
})
