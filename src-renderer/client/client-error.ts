export * from '#shared/contract/client/client-error.ts'
