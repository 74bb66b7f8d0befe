// auth: anonymous users, who expire by themselves.

import { openDatabase } from "./lib/database.mjs";
import { created, ok, readJson, routes } from "./lib/http.mjs";
import { runInstance } from "./lib/instance.mjs";
import { newToken, requireUser, sessionKey, tokenHash } from "./lib/session.mjs";

const service = "auth";
const database = openDatabase(service);
const key = sessionKey(service);

async function signInAnonymously({ request }) {
  const { test_user: testUser = false } = await readJson(request);
  await removeExpired();
  const token = newToken(key);
  const [user] = await database.rows(
    `insert into users (display_name, is_anonymous, is_test_user, token_hash, expires_at)
     values ('Guest ' || upper(substr($1, 1, 4)), true, $2, $1, now() + interval '1 hour')
     returning id, display_name, is_anonymous, is_test_user, expires_at`,
    tokenHash(token),
    testUser === true,
  );
  return created({ token, user });
}

// A few at a time, skipping what another instance removes just now: it never waits and never grows.
const removeExpired = () =>
  database.rows(
    `delete from users where id in (
       select id from users where is_anonymous and expires_at < now()
       order by expires_at limit 20 for update skip locked)`,
  );

async function session({ request }) {
  return ok({ user: await requireUser(database, request, key) });
}

async function signOut({ request }) {
  const user = await requireUser(database, request, key);
  await database.rows("update users set expires_at = now() where id = $1", user.id);
  return ok({ signed_out: true });
}

const methods = async () =>
  ok({ methods: await database.rows("select name, label from sign_in_methods where enabled order by position") });

await runInstance({
  service,
  healthPaths: ["/auth/health"],
  handle: routes({
    "GET /auth/methods": methods,
    "POST /auth/anonymous": signInAnonymously,
    "GET /auth/session": session,
    "DELETE /auth/session": signOut,
  }),
  probe: database.probe,
  close: database.close,
});
