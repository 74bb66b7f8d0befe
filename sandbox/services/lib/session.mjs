// Who is asking. A token is random and signed; the database holds its SHA-256 only. auth signs, whoever is asked checks:
// both have the key from the pipeline, which gives it to the services that name it and to nobody else.

import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { RequestError } from "./http.mjs";
import { refuse } from "./instance.mjs";

/** The key that signs sessions; without it the service does not start. */
export function sessionKey(service) {
  const key = process.env.SANDBOX_EXAMPLE_TOKEN;
  if (!key)
    refuse(service, 'SANDBOX_EXAMPLE_TOKEN: is missing\nexpected: the secret that signs sessions; name it in "secrets" of the service');
  return key;
}

const signature = (random, key) => createHmac("sha256", key).update(random).digest("base64url");

export function newToken(key) {
  const random = randomBytes(32).toString("base64url");
  return `${random}.${signature(random, key)}`;
}

export const tokenHash = (token) => createHash("sha256").update(token).digest("hex");

function isSigned(random, signed, key) {
  const [given, own] = [Buffer.from(signed), Buffer.from(signature(random, key))];
  return given.length === own.length && timingSafeEqual(given, own);
}

/** The user whose token the request carries; 401 when there is none, it is not ours, or it has expired. */
export async function requireUser(database, request, key) {
  const match = /^Bearer ([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/.exec(request.headers.authorization ?? "");
  const [user] =
    match && isSigned(match[1], match[2], key)
      ? await database.rows(
          `select id, display_name, is_anonymous, is_test_user, expires_at
             from users
            where token_hash = $1 and (expires_at is null or expires_at > now())`,
          tokenHash(`${match[1]}.${match[2]}`),
        )
      : [];
  if (!user) throw new RequestError(401, "sign in first: the token is missing, unknown or expired");
  return user;
}
