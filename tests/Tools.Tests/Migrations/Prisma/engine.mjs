#!/usr/bin/env node
// Prisma's schema engine for machines that cannot download the native one: the same engine, compiled to WebAssembly,
// behind the native one's command line and its JSON-RPC. What differs is done here as the native one does it: it reads
// the URL itself and drops the parameters that it does not know, and it sends a migration as one message.
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg'

const argv = process.argv.slice(2)
const after = (flag) => argv.flatMap((argument, at) => (argument === flag ? [argv[at + 1]] : []))

function connection(url) {
  const schema = url.searchParams.get('schema')
  const options = [url.searchParams.get('options'), schema && `-c search_path="${schema}"`]
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    application_name: url.searchParams.get('application_name') ?? undefined,
    options: options.filter(Boolean).join(' '),
    max: 1, // its advisory lock belongs to the session
  }
}

async function connect(text) {
  const url = new URL(text)
  const schema = url.searchParams.get('schema') ?? 'public'
  const adapter = await new PrismaPg(connection(url), { schema }).connect()
  adapter.executeScript = async (script) => {
    try {
      await adapter.client.query(script)
    } catch (failure) {
      adapter.onError(failure)
    }
  }
  return adapter
}

async function load(url) {
  const wasm = fileURLToPath(import.meta.resolve('@prisma/schema-engine-wasm')).replace(/\.js$/, '_bg.wasm')
  const module = await WebAssembly.instantiate(await readFile(wasm), { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(module.instance.exports)
  module.instance.exports.__wbindgen_start()
  const datamodels = await Promise.all(
    after('--datamodels').map(async (path) => [path, await readFile(path, 'utf8')]),
  )
  const factory = {
    provider: 'postgres',
    adapterName: 'pg',
    connect: () => connect(url),
    connectToShadowDb: () => connect(url),
  }
  return glue.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(factory))
}

async function answer(engine, { id, method, params }) {
  try {
    return { jsonrpc: '2.0', id, result: (await engine[method](params)) ?? null }
  } catch (failure) {
    const data = { is_panic: false, message: failure.message, error_code: failure.code, meta: null }
    return { jsonrpc: '2.0', id, error: { code: 4466, message: 'An error happened.', data } }
  }
}

if (argv[0] === 'cli') {
  const adapter = await connect(after('--datasource')[0])
  await adapter.queryRaw({ sql: 'select 1', args: [], argTypes: [] })
  await adapter.dispose()
} else {
  const engine = await load(process.env.DATABASE_URL)
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(engine, JSON.parse(line))) + '\n')
  }
  process.exit(0)
}
