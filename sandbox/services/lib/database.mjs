// The connection pool of a service.

import pg from "pg";
import { log, refuse } from "./instance.mjs";

// bigint arrives as text, because it may be larger than a number holds; nothing here is.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Pool of at most five connections to $DATABASE_URL, with time limits: a stuck database is an error, not a stuck service. */
export function openDatabase(service) {
  const url = process.env.DATABASE_URL;
  if (!url) refuse(service, "DATABASE_URL is not set\nexpected: postgres://user:password@127.0.0.1:5432/slipway");
  const pool = new pg.Pool({
    connectionString: url,
    max: 5,
    connectionTimeoutMillis: 2000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 5000,
    query_timeout: 5000,
    application_name: `slipway-${service}`,
    options: "-c timezone=UTC",
  });
  // A connection that dies while idle is replaced at the next query; without a listener it would end the process.
  pool.on("error", (error) => log(service, `an idle database connection was lost: ${error.message}`));

  return {
    rows: async (sql, ...values) => (await pool.query(sql, values)).rows,
    probe: () => pool.query("select 1"),
    close: () => pool.end(),
  };
}
