// One instance of a service: what the pipeline may rely on, whatever the service does.
//   binds 127.0.0.1 only; the port is $PORT, else a free one, and stands in $SLIPWAY_PORT_FILE once it listens
//   GET /health and its public health path say status, version, service; 503 when a dependency does not answer
//   every answer names its version in x-slipway-version
//   SIGTERM: nothing new is accepted, what is under way is finished, exit 0 within five seconds
// It depends on nothing but Node, so that a service without packages can have it as well.

import { renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { Server as NetServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { extraDelay, fails, parseFault, readOutage, UnknownFault } from "./faults.mjs";
import { RequestError } from "./http.mjs";

const healthTimeout = 2000;
// Longer than any router keeps an idle connection, so that the router is the side that closes it: no request meets a
// connection that is just being closed here.
const keepAlive = 120_000;
const stopWithin = 4500;
const quietBeforeStop = 750;

/**
 * @param service     name as in the environments, e.g. "api_gateway"
 * @param healthPaths public paths that answer as /health does
 * @param handle      (request, url) → { status, body, headers? }; throws RequestError for the caller's mistakes.
 *                    A string or a Buffer is sent as it is, anything else as JSON
 * @param probe       throws or rejects when a dependency does not answer
 * @param close       releases what the service holds
 */
export async function runInstance({ service, healthPaths, handle, probe = async () => {}, close = async () => {} }) {
  const settings = readSettings(service);
  const { fault } = settings;
  if (fault) log(service, `fault injected: ${process.env.SLIPWAY_FAULT}`);

  const health = new Set(["/health", ...healthPaths]);
  const underWay = new Set();
  let stopping = false;
  let lastRequest = 0;
  let readyAt = Infinity;

  const server = createServer({ keepAliveTimeout: keepAlive, requestTimeout: 30_000 }, (request, response) => {
    underWay.add(response);
    lastRequest = performance.now();
    response.on("close", () => underWay.delete(response));
    response.setHeader("x-slipway-version", settings.shownVersion);
    answer(request, response).catch((error) => {
      log(service, `a request failed: ${error.stack}`);
      if (response.headersSent) response.destroy();
      else reply(request, response, { status: 500, body: { error: "internal error" } });
    });
  });
  server.headersTimeout = keepAlive + 5000;

  async function answer(request, response) {
    const started = performance.now();
    const url = parseUrl(request.url);
    if (url && health.has(url.pathname)) return reply(request, response, await healthAnswer());
    const outage = readOutage(settings.outageFile);
    if (outage) return reply(request, response, { status: 503, body: { error: "injected outage of what both versions share" } });
    if (fault?.kind === "crash" && fault.after === null) die();
    if (fault?.kind === "hang" && Math.random() < fault.share) return;
    const broken = fails(fault, started - readyAt, Math.random());
    const result = broken ? { status: 500, body: { error: "injected error" } } : await outcome(request, url);
    await spin(extraDelay(fault, performance.now() - started, Math.random()));
    reply(request, response, result);
  }

  function reply(request, response, result) {
    if (stopping) response.setHeader("connection", "close");
    send(request, response, result);
  }

  async function outcome(request, url) {
    try {
      if (!url) throw new RequestError(400, "the address is not valid");
      return await handle(request, url);
    } catch (error) {
      if (error instanceof RequestError) return { status: error.status, body: { error: error.message } };
      log(service, `${request.method} ${url?.pathname}: ${error.message}`);
      return { status: 500, body: { error: "internal error" } };
    }
  }

  async function healthAnswer() {
    const body = { status: "healthy", version: settings.shownVersion, service };
    try {
      if (fault?.kind === "broken-health") throw new Error("injected: broken health");
      if (readOutage(settings.outageFile) === "all") throw new Error("injected: shared outage");
      await within(healthTimeout, probe());
      return { status: 200, body };
    } catch (error) {
      return { status: 503, body: { ...body, status: "unhealthy", detail: firstLine(error.message) } };
    }
  }

  function die() {
    log(service, "injected crash");
    process.exit(70);
  }

  async function stop(signal) {
    if (stopping) return;
    stopping = true;
    log(service, `${signal}: stopping, ${underWay.size} requests under way`);
    const asked = performance.now();
    // http.Server.close also cuts idle connections, on which the router may be sending just now. Only the listening
    // ends here; whoever still uses a connection is answered with "connection: close".
    NetServer.prototype.close.call(server);
    while (performance.now() - asked < stopWithin && (await openConnections(server)) > 0) {
      if (underWay.size === 0 && performance.now() - Math.max(asked, lastRequest) > quietBeforeStop) break;
      await sleep(20);
    }
    server.closeAllConnections();
    await within(500, close()).catch(() => {});
    process.exit(0);
  }

  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));

  if (fault?.kind === "slow-start") await sleep(fault.delay);
  const port = await listen(server, settings.port, service);
  readyAt = performance.now();
  writePortFile(settings.portFile, port);
  log(service, `version ${settings.version} on 127.0.0.1:${port}`);
  if (fault?.after) setTimeout(die, fault.after);
}

function readSettings(service) {
  const { PORT, SLIPWAY_VERSION, SLIPWAY_FAULT, SLIPWAY_PORT_FILE, SLIPWAY_OUTAGE_FILE } = process.env;
  if (PORT && !(/^\d{1,5}$/.test(PORT) && Number(PORT) < 65536))
    refuse(service, `PORT: ${JSON.stringify(PORT)} is no port\nexpected: a number from 0 to 65535`);
  const version = SLIPWAY_VERSION || "0.0.0-dev";
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
    refuse(service, `SLIPWAY_VERSION: ${JSON.stringify(version)} is no version\nexpected: e.g. 1.2.3 (without v)`);
  let fault;
  try {
    fault = parseFault(SLIPWAY_FAULT);
  } catch (error) {
    if (!(error instanceof UnknownFault)) throw error;
    refuse(service, error.message);
  }
  return {
    version,
    shownVersion: fault?.kind === "wrong-version" ? "0.0.0-wrong" : version,
    fault,
    port: Number(PORT || 0),
    portFile: SLIPWAY_PORT_FILE,
    outageFile: SLIPWAY_OUTAGE_FILE,
  };
}

export function refuse(service, message) {
  log(service, message);
  process.exit(2);
}

export function log(service, message) {
  process.stderr.write(`${new Date().toISOString()} ${service}: ${message}\n`);
}

function listen(server, port, service) {
  return new Promise((resolve) => {
    server.once("error", (error) => {
      log(service, `cannot listen on 127.0.0.1:${port}: ${error.message}`);
      process.exit(1);
    });
    server.listen({ host: "127.0.0.1", port, backlog: 511 }, () => resolve(server.address().port));
  });
}

// Whoever sees the file sees the whole number: it is written beside and renamed.
function writePortFile(path, port) {
  if (!path) return;
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, `${port}\n`);
  renameSync(beside, path);
}

function send(request, response, { status, body, headers = {} }) {
  const raw = typeof body === "string" || Buffer.isBuffer(body);
  const content = raw ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
    "content-length": content.length,
  });
  response.end(request.method === "HEAD" ? undefined : content);
  // What was not read of a request would be taken for the next one.
  if (!request.complete) request.resume();
}

function parseUrl(target) {
  try {
    return new URL(target, "http://localhost");
  } catch {
    return null;
  }
}

const openConnections = (server) =>
  new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));

const firstLine = (message) => String(message).split("\n", 1)[0].slice(0, 200);

async function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// Timers count whole milliseconds, which is as long as a request takes here: the rest is waited out turn by turn.
async function spin(milliseconds) {
  if (milliseconds <= 0) return;
  const until = performance.now() + milliseconds;
  if (milliseconds > 4) await sleep(milliseconds - 2);
  while (performance.now() < until) await new Promise(setImmediate);
}
