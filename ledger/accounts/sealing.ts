import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ExportError } from '../../errors/export-error.ts';

export interface EncryptionKey {
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** Seals secrets for the account and purpose they belong to; a sealed text moved elsewhere does not open. */
export interface Sealer {
  seal(secret: string, place: SealedPlace): Buffer;
  /** @throws {ExportError} `secret_unreadable` when its key is not among ours. */
  open(sealed: Buffer, place: SealedPlace): string;
  /** Whether it was sealed with the key that seals now; if not, it is time to seal it again. */
  isCurrent(sealed: Buffer): boolean;
  /** Whether its key is among ours. */
  canOpen(sealed: Buffer): boolean;
}

interface SealedPlace {
  accountId: number;
  purpose: 'amocrm_access' | 'amocrm_refresh' | 'speechsense_api_key';
}

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM with the account and purpose as associated data.
 * Layout: format (1) · length of the key id (1) · key id · IV (12) · tag (16) · ciphertext.
 *
 * @param keys the first one seals, all of them open: to rotate, put a new one first and keep the old ones.
 */
export function createSealer(keys: readonly EncryptionKey[]): Sealer {
  const [current] = keys;
  if (!current) throw new ExportError('environment_invalid', { values: { problems: 'ENCRYPTION_KEYS is empty' } });

  return {
    seal(secret, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.key, iv).setAAD(associatedData(place));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      const id = Buffer.from(current.id);
      return Buffer.concat([Buffer.from([FORMAT, id.length]), id, iv, cipher.getAuthTag(), text]);
    },

    open(sealed, place) {
      const keyId = keyIdOf(sealed);
      const key = keys.find(({ id }) => id === keyId);
      if (!key) throw new ExportError('secret_unreadable', { values: { keyId } });
      const body = sealed.subarray(2 + keyId.length);
      const decipher = createDecipheriv('aes-256-gcm', key.key, body.subarray(0, IV_BYTES))
        .setAAD(associatedData(place))
        .setAuthTag(body.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      try {
        const text = decipher.update(body.subarray(IV_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new ExportError('secret_unreadable', { cause, values: { keyId } });
      }
    },

    isCurrent: (sealed) => keyIdOf(sealed) === current.id,
    canOpen: (sealed) => keys.some(({ id }) => id === keyIdOf(sealed)),
  };
}

function keyIdOf(sealed: Buffer): string {
  const length = sealed[1] ?? 0;
  return sealed.subarray(2, 2 + length).toString('utf8');
}

function associatedData({ accountId, purpose }: SealedPlace): Buffer {
  return Buffer.from(`${accountId}:${purpose}`);
}
