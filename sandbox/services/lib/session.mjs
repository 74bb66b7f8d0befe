// Who is asking. A token is random; the database holds its SHA-256 only.

import { createHash, randomBytes } from "node:crypto";
import { RequestError } from "./http.mjs";

export const newToken = () => randomBytes(32).toString("base64url");

export const tokenHash = (token) => createHash("sha256").update(token).digest("hex");

/** The user whose token the request carries; 401 when there is none or it has expired. */
export async function requireUser(database, request) {
  const match = /^Bearer ([A-Za-z0-9_-]{20,100})$/.exec(request.headers.authorization ?? "");
  const [user] = match
    ? await database.rows(
        `select id, display_name, is_anonymous, is_test_user, expires_at
           from users
          where token_hash = $1 and (expires_at is null or expires_at > now())`,
        tokenHash(match[1]),
      )
    : [];
  if (!user) throw new RequestError(401, "sign in first: the token is missing, unknown or expired");
  return user;
}
