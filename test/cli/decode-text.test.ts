import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { decodeText } from '../../cli/terminal/decode-text.ts';
import { readSecret } from '../../cli/terminal/read-secret.ts';
import { readSettingsFile } from '../../cli/settings/settings-file.ts';

const SETTINGS = '{ "users": [7] }';
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();
const NAME = { en: 'the file', ru: 'файл' };

const WRITTEN: [string, (text: string) => Buffer][] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with its mark', (text) => Buffer.from(`\uFEFF${text}`)],
  ['UTF-16 LE with its mark', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 BE with its mark', (text) => bigEndian(`\uFEFF${text}`)],
  ['UTF-16 LE', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16 BE', bigEndian],
];

describe.each(WRITTEN)('what is written in %s', (_, write) => {
  test('is read', () => {
    for (const text of [SETTINGS, '{ "имя": "АТС" }']) expect(decodeText(write(text), NAME)).toBe(text);
    expect(decodeText(write(''), NAME)).toBe('');
  });

  test('can be settings and secrets', async () => {
    expect(await readSettingsFile('-', Readable.from([write(SETTINGS)]))).toMatchObject({ users: [7] });
    expect(await readSecret(Readable.from([write('eyJ.token.x')]), '')).toBe('eyJ.token.x');
  });
});

test.each([
  ['cp1251', Buffer.from([0x7b, 0x22, 0xe0, 0xf2, 0xf1, 0x22, 0x7d])],
  ['a ZIP archive', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0xff, 0xfe, 0x80])],
  ['half of UTF-16', Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d])],
])('%s is no text that can be read, which is said with what to do', (_, bytes) => {
  const read = () => decodeText(bytes, NAME);
  expect(read).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining('save it as UTF-8') }),
  );
});
