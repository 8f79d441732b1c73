import { describe, expect, test } from '@jest/globals';
import { accountAddress } from '../../amocrm/http/host.ts';

describe('a token goes to hosts of amoCRM accounts only', () => {
  test.each([
    ['sub.amocrm.ru', 'sub.amocrm.ru'],
    ['a.amocrm.ru', 'a.amocrm.ru'],
    ['my-firm2.kommo.com', 'my-firm2.kommo.com'],
    ['sub.amocrm.com', 'sub.amocrm.com'],
    ['https://sub.amocrm.ru', 'sub.amocrm.ru'],
    ['http://sub.amocrm.ru/', 'sub.amocrm.ru'],
    ['  SUB.AmoCRM.ru//  ', 'sub.amocrm.ru'],
    [`${'a'.repeat(63)}.amocrm.ru`, `${'a'.repeat(63)}.amocrm.ru`],
  ])('%p is one, and is asked over https', (given, host) => {
    expect(accountAddress(given, [])).toEqual({ host, url: `https://${host}` });
  });

  test.each([
    [''],
    [' '],
    ['amocrm.ru'],
    ['.amocrm.ru'],
    ['evil-amocrm.ru'],
    ['evilamocrm.ru'],
    ['amocrm.ru.evil.com'],
    ['sub.amocrm.ru.evil.com'],
    ['sub.amocrm.rus'],
    ['sub.amocrm.ru.'],
    ['sub.kommo.ru'],
    ['user@sub.amocrm.ru'],
    ['user:password@sub.amocrm.ru'],
    ['evil.com@sub.amocrm.ru'],
    ['sub.amocrm.ru@evil.com'],
    ['evil.com#sub.amocrm.ru'],
    ['evil.com?sub.amocrm.ru'],
    ['evil.com/sub.amocrm.ru'],
    ['evil.com\\sub.amocrm.ru'],
    ['sub.amocrm.ru/api/v4'],
    ['sub.amocrm.ru?x=1'],
    ['sub.amocrm.ru:8443'],
    ['sub.amocrm.ru:443'],
    ['a.b.amocrm.ru'],
    ['-sub.amocrm.ru'],
    ['sub-.amocrm.ru'],
    ['su_b.amocrm.ru'],
    ['su b.amocrm.ru'],
    ['sub.amocrm.ru\nevil.com'],
    ['sub\u3002amocrm\u3002ru'],
    ['sub\uff0eamocrm.ru'],
    ['\u0430moc\u0433m.amocrm.ru'],
    ['ftp://sub.amocrm.ru'],
    ['https://https://sub.amocrm.ru'],
    ['127.0.0.1'],
    ['[::1]'],
    ['2130706433'],
    ['localhost'],
    ['www.amocrm.ru'],
    ['api.kommo.com'],
    ['blog.kommo.com'],
    ['status.amocrm.ru'],
    ['support.kommo.com'],
    ['%73ub.amocrm.ru'],
    [`${'a'.repeat(64)}.amocrm.ru`],
    [`${'a'.repeat(100_000)}.amocrm.ru`],
  ])('%p is none', (given) => {
    expect(() => accountAddress(given, [])).toThrow(
      expect.objectContaining({ code: 'amocrm_host_forbidden', field: 'host' }),
    );
  });

  test('punycode is a name like any other under amoCRM’s own domain, and nothing more under another', () => {
    expect(accountAddress('xn--80ak6aa92e.amocrm.ru', []).url).toBe('https://xn--80ak6aa92e.amocrm.ru');
    expect(() => accountAddress('xn--amocrm-9uf.ru', [])).toThrow(/not an amoCRM address/);
  });

  test('a very long one is not repeated in full', () => {
    const message = (() => {
      try {
        return accountAddress('x'.repeat(100_000), []).host;
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    })();
    expect(message.length).toBeLessThan(300);
  });

  test('a sandbox is asked over http, when it is listed with its very port', () => {
    const listed = ['127.0.0.1:8080'];
    expect(accountAddress('http://127.0.0.1:8080/', listed)).toEqual({
      host: '127.0.0.1:8080',
      url: 'http://127.0.0.1:8080',
    });
    for (const other of ['127.0.0.1', '127.0.0.1:8081', '127.0.0.1:80800', 'x.127.0.0.1:8080']) {
      expect(() => accountAddress(other, listed)).toThrow(/not an amoCRM address/);
    }
  });
});
