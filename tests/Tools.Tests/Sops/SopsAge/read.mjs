// Prints the plain values of the SOPS file that standard input holds; the identity comes from SOPS_AGE_KEY.
import { text } from "node:stream/consumers";
import { decryptSops } from "sops-age";

const file = await text(process.stdin);
process.stdout.write(JSON.stringify(await decryptSops(file, { fileType: "json", secretKey: process.env.SOPS_AGE_KEY })));
