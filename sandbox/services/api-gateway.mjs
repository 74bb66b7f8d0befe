// api_gateway: what a client asks first: the whole offer in one answer.

import { openDatabase } from "./lib/database.mjs";
import { ok, routes } from "./lib/http.mjs";
import { runInstance } from "./lib/instance.mjs";

const service = "api_gateway";
const database = openDatabase(service);

async function catalog() {
  const [[counts], featured] = await Promise.all([
    database.rows("select (select count(*) from courses)::int as courses, (select count(*) from items)::int as items"),
    database.rows(
      `(select 'course' as kind, slug, title from courses order by position, slug limit 3)
       union all
       (select 'item', slug, title from items order by title limit 3)`,
    ),
  ]);
  return ok({ counts, featured });
}

await runInstance({
  service,
  healthPaths: ["/api/health"],
  handle: routes({
    "GET /api/catalog": catalog,
    "GET /api": async () => ok({ service, catalog: "/api/catalog" }),
  }),
  probe: database.probe,
  close: database.close,
});
