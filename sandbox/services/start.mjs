// Starts the service that $SLIPWAY_SERVICE names: an image's one entry point. A process is started by its own file.

const files = {
  api_gateway: "./api-gateway.mjs",
  auth: "./auth.mjs",
  education: "./education.mjs",
  marketplace: "./marketplace.mjs",
};

const service = process.env.SLIPWAY_SERVICE;
if (!Object.hasOwn(files, service ?? "")) {
  process.stderr.write(`SLIPWAY_SERVICE: ${JSON.stringify(service)} is no service\nexpected one of: ${Object.keys(files).join(", ")}\n`);
  process.exit(2);
}
await import(files[service]);
