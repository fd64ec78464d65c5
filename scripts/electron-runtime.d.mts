export interface ElectronRuntime {
  readonly exe: string
  readonly dir: string
  readonly source: string
  readonly versions: Readonly<Record<string, string>>
}
export function electronRuntime(): Promise<ElectronRuntime>
export function runtimeEnv(runtime: ElectronRuntime): Promise<Readonly<Record<string, string | undefined>>>
