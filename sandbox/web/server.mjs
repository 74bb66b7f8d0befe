// web: the front end. It serves a fixed set of files that are read once; a path from outside never names a file.

import { readFileSync } from "node:fs";
import { RequestError } from "./lib/http.mjs";
import { runInstance } from "./lib/instance.mjs";

const types = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

const version = process.env.SLIPWAY_VERSION || "0.0.0-dev";
const page = (name) => readFileSync(new URL(`public/${name}`, import.meta.url), "utf8");
const files = new Map(
  ["app.js", "style.css", "icon.svg"].map((name) => [`/${name}`, { name, content: page(name) }]),
);
files.set("/", { name: "index.html", content: page("index.html").replaceAll("{{version}}", version) });

async function handle(request, url) {
  if (request.method !== "GET" && request.method !== "HEAD") throw new RequestError(405, "this path takes GET");
  const file = files.get(url.pathname);
  if (!file) throw new RequestError(404, "there is nothing at this path");
  return {
    status: 200,
    body: file.content,
    headers: {
      "content-type": types[file.name.split(".").at(-1)],
      "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      "referrer-policy": "no-referrer",
    },
  };
}

await runInstance({ service: "web", healthPaths: [], handle });
