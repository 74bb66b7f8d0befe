// The faults that a candidate can be asked to have. A release never has one: the pipeline sets $SLIPWAY_FAULT for
// the candidate's instances only, so that everybody can watch an abort.
// The text is parsed strictly: a fault that is silently not injected would be a test that passes for nothing.

import { readFileSync } from "node:fs";

export const grammar = [
  "errors:5%            that share of requests is answered with 500",
  "errors:60%:40s       the same, beginning only that long after the instance is ready",
  "latency:+50%         every request takes that much longer",
  "latency-tail:p99x10  the slowest 1 % of requests takes ten times as long",
  "crash                the process dies at its first request",
  "crash:10s            the process dies that long after it is ready",
  "crash-loop           the process dies one second after it is ready, every time",
  "slow-start:20s       the process takes that long before it listens",
  "broken-health        health says unhealthy, requests are fine",
  "broken-traffic       health says healthy, requests are answered with 500",
  "wrong-version        health and header name another version",
  "hang:2%              that share of requests is never answered",
];

export class UnknownFault extends Error {
  constructor(text) {
    super(`SLIPWAY_FAULT: ${JSON.stringify(text)} is no fault that is known here\nexpected one of:\n  ${grammar.join("\n  ")}`);
  }
}

const number = String.raw`(\d{1,4}(?:\.\d{1,3})?)`;
const shapes = [
  ["errors", new RegExp(`^errors:${number}%(?::${number}s)?$`), (share, from = "0") => ({ share: percent(share), from: Number(from) * 1000 })],
  ["hang", new RegExp(`^hang:${number}%$`), (share) => ({ share: percent(share) })],
  ["latency", new RegExp(`^latency:\\+${number}%$`), (more) => ({ factor: 1 + Number(more) / 100 })],
  ["latency-tail", new RegExp(`^latency-tail:p${number}x${number}$`), (p, factor) => ({ share: 1 - percent(p), factor: atLeastOne(factor) })],
  ["crash", new RegExp(`^crash(?::${number}s)?$`), (after) => ({ after: after === undefined ? null : Number(after) * 1000 })],
  ["crash-loop", /^crash-loop$/, () => ({ after: 1000 })],
  ["slow-start", new RegExp(`^slow-start:${number}s$`), (time) => ({ delay: Number(time) * 1000 })],
  ["broken-health", /^broken-health$/, () => ({})],
  ["broken-traffic", /^broken-traffic$/, () => ({})],
  ["wrong-version", /^wrong-version$/, () => ({})],
];

/** Text of $SLIPWAY_FAULT → { kind, … } with shares from 0 to 1 and times in milliseconds; null for no fault. */
export function parseFault(text) {
  if (text === undefined || text === "") return null;
  for (const [kind, shape, read] of shapes) {
    const match = shape.exec(text);
    const parts = match && read(...match.slice(1));
    if (parts && Object.values(parts).every((part) => !Number.isNaN(part))) return { kind, ...parts };
  }
  throw new UnknownFault(text);
}

const percent = (text) => (Number(text) <= 100 ? Number(text) / 100 : NaN);
const atLeastOne = (text) => (Number(text) >= 1 ? Number(text) : NaN);

/** Whether a request is one of those that fail; `age` is the time since the instance is ready, in milliseconds. */
export const fails = (fault, age, chance) =>
  fault?.kind === "broken-traffic" || (fault?.kind === "errors" && age >= fault.from && chance < fault.share);

/**
 * How much longer a request has to take that took `elapsed` milliseconds. One millisecond is the least that is
 * scaled: below it the router's own time would hide the fault.
 */
export function extraDelay(fault, elapsed, chance) {
  const base = Math.max(elapsed, 1);
  if (fault?.kind === "latency") return base * (fault.factor - 1);
  if (fault?.kind === "latency-tail" && chance < fault.share) return base * (fault.factor - 1);
  return 0;
}

/**
 * An outage that hits both versions, because what they share is gone: a file that exists. Empty: requests fail.
 * Beginning with "all": health fails, too.
 */
export function readOutage(path) {
  if (!path) return null;
  try {
    return readFileSync(path, "utf8").startsWith("all") ? "all" : "traffic";
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}
