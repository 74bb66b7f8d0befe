// Requests in, JSON out.

const bodyLimit = 64 * 1024;

/** A failure that the caller caused; its message may be shown. */
export class RequestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const ok = (body) => ({ status: 200, body });
export const created = (body) => ({ status: 201, body });

/** Reads a JSON object of at most 64 KiB; an empty body is an empty object. */
export async function readJson(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > bodyLimit) throw new RequestError(413, `the body is larger than ${bodyLimit} bytes`);
    chunks.push(chunk);
  }
  if (size === 0) return {};
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new RequestError(400, "the body is not JSON in UTF-8");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new RequestError(400, "the body is not a JSON object");
  return value;
}

/** A short text from outside: a slug, a search word. PostgreSQL refuses NUL in text, so it is refused here, politely. */
export function text(value, name, maximum = 100) {
  if (typeof value !== "string" || value.length === 0 || value.length > maximum || value.includes("\0"))
    throw new RequestError(400, `${name}: a text of 1 to ${maximum} characters is expected`);
  return value;
}

/**
 * Table of routes, `"GET /api/education/courses/:slug"` → handler, to one handler of requests.
 * A handler gets { request, url, params } and gives { status, body }.
 */
export function routes(table) {
  const entries = Object.entries(table).map(([key, handler]) => {
    const [method, path] = key.split(" ");
    return { method, segments: path.split("/"), handler };
  });

  return async function handle(request, url) {
    const segments = url.pathname.split("/");
    const found = entries.filter((entry) => matches(entry.segments, segments));
    if (found.length === 0) throw new RequestError(404, "there is nothing at this path");
    const method = request.method === "HEAD" ? "GET" : request.method;
    const entry = found.find((candidate) => candidate.method === method);
    if (!entry) throw new RequestError(405, `this path takes ${found.map((candidate) => candidate.method).join(", ")}`);
    return entry.handler({ request, url, params: parameters(entry.segments, segments) });
  };
}

const matches = (pattern, path) =>
  pattern.length === path.length && pattern.every((part, index) => part.startsWith(":") || part === path[index]);

function parameters(pattern, path) {
  const values = {};
  pattern.forEach((part, index) => {
    if (!part.startsWith(":")) return;
    try {
      values[part.slice(1)] = decodeURIComponent(path[index]);
    } catch {
      throw new RequestError(400, "the path is not valid percent-encoding");
    }
  });
  return values;
}
