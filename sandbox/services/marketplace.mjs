// marketplace: things for sale.

import { openDatabase } from "./lib/database.mjs";
import { ok, RequestError, routes, text } from "./lib/http.mjs";
import { runInstance } from "./lib/instance.mjs";

const service = "marketplace";
const database = openDatabase(service);

async function items({ url }) {
  const search = url.searchParams.get("search");
  const rows =
    search === null
      ? await database.rows("select slug, title, price_cents, currency from items order by title limit 100")
      : await database.rows(
          `select slug, title, price_cents, currency from items
            where strpos(lower(title), lower($1)) > 0 order by title limit 100`,
          text(search, "search"),
        );
  return ok({ items: rows });
}

async function item({ params }) {
  const [found] = await database.rows(
    "select slug, title, price_cents, currency, stock from items where slug = $1",
    text(params.slug, "item"),
  );
  if (!found) throw new RequestError(404, "there is no such item");
  return ok({ item: found });
}

await runInstance({
  service,
  healthPaths: ["/api/marketplace/health"],
  handle: routes({
    "GET /api/marketplace/items": items,
    "GET /api/marketplace/items/:slug": item,
  }),
  probe: database.probe,
  close: database.close,
});
