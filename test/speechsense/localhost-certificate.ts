import { readFileSync } from 'node:fs';

const pem = (name: string) => readFileSync(new URL(`./fixtures/${name}.pem`, import.meta.url));

/** A self-signed certificate for localhost and 127.0.0.1 that is valid for a hundred years; of no use elsewhere. */
export const localhostCertificate = { key: pem('localhost-key'), cert: pem('localhost-cert') };
