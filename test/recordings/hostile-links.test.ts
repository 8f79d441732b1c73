import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { findExportError } from '../../errors/export-error.ts';
import { createRecordings, type RecordingsOptions } from '../../recordings/fetch-recording.ts';
import { mp3 } from './audio-samples.ts';
import { Telephony } from './telephony.ts';

/** What must never be reached: it listens on every loopback address there is and counts who comes. */
let reached = 0;
const canaries: Server[] = [];
let port = 0;

let telephony: Telephony;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  for (const host of ['127.0.0.1', '::1', '127.0.0.2']) {
    const canary = createServer((socket) => {
      reached++;
      socket.destroy();
    });
    canary.on('error', () => undefined).listen(port, host);
    await Promise.race([once(canary, 'listening'), once(canary, 'error')]);
    const address = canary.address();
    if (port === 0 && typeof address === 'object') port = address?.port ?? 0;
    canaries.push(canary);
  }
});
beforeEach(async () => {
  reached = 0;
  telephony = new Telephony();
  await telephony.listen();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  telephony.close();
});
afterAll(() => canaries.forEach((canary) => canary.close()));

function connect(options: RecordingsOptions = {}) {
  const made = createRecordings({ insecureHosts: [telephony.host], limits: { connectMs: 2_000 }, ...options });
  opened.push(made);
  return (link: string, recordingHosts: string[] = []) =>
    made.receive(link, { signal: new AbortController().signal, recordingHosts });
}

const FORBIDDEN = { code: 'recording_host_forbidden' };

/** Ways to say an address that is none of the internet's; `PORT` is the canary's. */
const DISGUISES: [how: string, link: string][] = [
  ['plainly', 'http://127.0.0.1:PORT/'],
  ['with https', 'https://127.0.0.1:PORT/'],
  ['as one decimal number', 'http://2130706433:PORT/'],
  ['as one octal number', 'http://017700000001:PORT/'],
  ['as one hexadecimal number', 'http://0x7f000001:PORT/'],
  ['in octal parts', 'http://0177.0.0.01:PORT/'],
  ['in hexadecimal parts', 'http://0x7f.0x0.0x0.0x1:PORT/'],
  ['in parts of every base', 'http://0x7f.0.01:PORT/'],
  ['in two parts', 'http://127.1:PORT/'],
  ['in three parts', 'http://127.0.1:PORT/'],
  ['in two parts, one hexadecimal', 'http://0x7f.1:PORT/'],
  ['with a dot behind', 'http://127.0.0.1.:PORT/'],
  ['with ideographic dots', 'http://127。0。0。1:PORT/'],
  ['with fullwidth dots', 'http://127．0．0．1:PORT/'],
  ['with halfwidth ideographic dots', 'http://127｡0｡0｡1:PORT/'],
  ['in circled digits', 'http://①②⑦.⓪.⓪.①:PORT/'],
  ['in fullwidth digits', 'http://１２７.０.０.１:PORT/'],
  ['in bold digits', 'http://𝟏𝟐𝟕.𝟎.𝟎.𝟏:PORT/'],
  ['percent-encoded', 'http://%31%32%37.0.0.1:PORT/'],
  ['as another loopback address', 'http://127.0.0.2:PORT/'],
  ['as the last loopback address', 'http://127.255.255.254:PORT/'],
  ['as no address', 'http://0.0.0.0:PORT/'],
  ['as zero', 'http://0:PORT/'],
  ['behind a user', 'http://user@127.0.0.1:PORT/'],
  ['behind a public address as user', 'http://8.8.8.8@127.0.0.1:PORT/'],
  ['behind a public address and port as credentials', 'http://8.8.8.8:80@127.0.0.1:PORT/'],
  ['behind an encoded at sign', 'http://a%40b:c@127.0.0.1:PORT/'],
  ['before a fragment with a public one', 'http://127.0.0.1:PORT#@8.8.8.8/'],
  ['before a query with a public one', 'http://127.0.0.1:PORT?@8.8.8.8/'],
  ['before a backslash', 'http://127.0.0.1:PORT\\@8.8.8.8/'],
  ['with backslashes for slashes', 'http:\\\\127.0.0.1:PORT\\'],
  ['with one slash', 'http:/127.0.0.1:PORT/'],
  ['with no slash', 'http:127.0.0.1:PORT/'],
  ['with three slashes', 'http:///127.0.0.1:PORT/'],
  ['with a tab inside', 'ht\ttp://127.0.0.1:PORT/'],
  ['with a line end inside', 'http://127.0.\n0.1:PORT/'],
  ['between spaces', '  http://127.0.0.1:PORT/  '],
  ['in capitals', 'HTTP://127.0.0.1:PORT/'],
  ['as a name', 'http://localhost:PORT/'],
  ['as a name in capitals', 'http://LOCALHOST:PORT/'],
  ['as a name with fullwidth letters', 'http://ｌｏｃａｌｈｏｓｔ:PORT/'],
  ['as a name with a soft hyphen', 'http://local\u00ADhost:PORT/'],
  ['in IPv6', 'http://[::1]:PORT/'],
  ['in IPv6 in full', 'http://[0:0:0:0:0:0:0:1]:PORT/'],
  ['in IPv6 with zeros', 'http://[0000::0001]:PORT/'],
  ['as no IPv6 address', 'http://[::]:PORT/'],
  ['mapped into IPv6', 'http://[::ffff:127.0.0.1]:PORT/'],
  ['mapped into IPv6 in hexadecimal', 'http://[::ffff:7f00:1]:PORT/'],
  ['mapped into IPv6 in full', 'http://[0:0:0:0:0:ffff:7f00:1]:PORT/'],
  ['translated into IPv6', 'http://[::ffff:0:7f00:1]:PORT/'],
  ['as an IPv4-compatible address', 'http://[::127.0.0.1]:PORT/'],
  ['by NAT64', 'http://[64:ff9b::7f00:1]:PORT/'],
  ['by local NAT64', 'http://[64:ff9b:1::7f00:1]:PORT/'],
  ['by 6to4', 'http://[2002:7f00:1::]:PORT/'],
  ['by Teredo', 'http://[2001:0:7f00:1::]:PORT/'],
  ['link-local in IPv6', 'http://[fe80::1]:PORT/'],
  ['site-local in IPv6', 'http://[fec0::1]:PORT/'],
  ['unique local in IPv6', 'http://[fd00::1]:PORT/'],
  ['multicast in IPv6', 'http://[ff02::1]:PORT/'],
  ['of the documentation', 'http://[2001:db8::1]:PORT/'],
  ['private, class A', 'http://10.0.0.1:PORT/'],
  ['private, class B', 'http://172.16.0.1:PORT/'],
  ['private, class B, its end', 'http://172.31.255.255:PORT/'],
  ['private, class C', 'http://192.168.0.1:PORT/'],
  ['private, in hexadecimal', 'http://0xc0a80001:PORT/'],
  ['private, mapped into IPv6', 'http://[::ffff:10.0.0.1]:PORT/'],
  ['of a carrier’s NAT', 'http://100.64.0.1:PORT/'],
  ['of a carrier’s NAT, its end', 'http://100.127.255.255:PORT/'],
  ['of cloud metadata', 'http://169.254.169.254/latest/meta-data/'],
  ['of cloud metadata in decimal', 'http://2852039166/latest/meta-data/'],
  ['of cloud metadata in octal', 'http://0251.0376.0251.0376/'],
  ['of cloud metadata, mapped into IPv6', 'http://[::ffff:a9fe:a9fe]/'],
  ['of AWS metadata in IPv6', 'http://[fd00:ec2::254]/'],
  ['of Alibaba metadata', 'http://100.100.100.200/'],
  ['of Oracle metadata', 'http://192.0.0.192/'],
  ['of Azure’s wire server', 'http://168.63.129.16/'],
  ['multicast', 'http://224.0.0.1:PORT/'],
  ['broadcast', 'http://255.255.255.255:PORT/'],
  ['reserved', 'http://240.0.0.1:PORT/'],
  ['of benchmarks', 'http://198.18.0.1:PORT/'],
  ['of the documentation in IPv4', 'http://203.0.113.1:PORT/'],
  ['public, but the port of mail', 'http://8.8.8.8:25/'],
  ['public, but the port of Redis', 'http://8.8.8.8:6379/'],
  ['public, but the port of Postgres', 'http://8.8.8.8:5432/'],
  ['public, but the port of SSH', 'http://8.8.8.8:22/'],
  ['public, but port 0', 'http://8.8.8.8:0/'],
  ['by FTP', 'ftp://127.0.0.1:PORT/'],
  ['by gopher', 'gopher://127.0.0.1:PORT/'],
  ['as a file', 'file:///etc/passwd'],
  ['as data', 'data:audio/mpeg;base64,SUQz'],
  ['as a script', 'javascript:alert(1)'],
  ['as a WebSocket', 'ws://127.0.0.1:PORT/'],
];

/** No links at all: nobody is connected to either. */
const NO_LINKS = [
  '',
  'нет записи',
  '/relative.mp3',
  'http://',
  'http://[fe80::1%25eth0]/',
  'http://[::ffff:127.0.0.1/',
  'http://127.0.0.1:99999/',
  'http://127.0.0.256/',
  'http://0x1ffffffff/',
  'http://a b/',
  '//127.0.0.1/',
];

const linkOf = (link: string) => link.replace('PORT', String(port));

describe('an address that a link may not reach', () => {
  test.each(DISGUISES)('is refused %s', async (_how, link) => {
    await expect(connect()(linkOf(link))).rejects.toMatchObject(FORBIDDEN);
    expect(reached).toBe(0);
  });

  test.each(DISGUISES)('is refused at the end of a redirect %s', async (_how, link) => {
    telephony.answer = (_request, response) => {
      // As bytes: Node would refuse to send some of them, a hostile server does not.
      const location = Buffer.from(
        linkOf(link)
          .trim()
          .replaceAll(/[\t\n]/g, ''),
      ).toString('latin1');
      response.socket?.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`, 'latin1');
    };
    // A location in raw UTF-8 may also be no link any more, or a name that there is not.
    const refused = /^recording_(host_forbidden|missing|unreachable)$/;
    await expect(connect()(telephony.link)).rejects.toMatchObject({ code: expect.stringMatching(refused) });
    expect(reached).toBe(0);
  });

  test.each(NO_LINKS)('%j is no link', async (link) => {
    await expect(connect()(link)).rejects.toMatchObject({ code: 'recording_missing' });
    expect(reached).toBe(0);
  });

  test('is refused after good redirects, too', async () => {
    telephony.answer = (request, response) => {
      const hop = Number(request.url?.slice(2) ?? 0) || 0;
      response.writeHead(302, { location: hop < 3 ? `/h${hop + 1}` : linkOf('http://127.0.0.1:PORT/') }).end();
    };
    await expect(connect()(`http://${telephony.host}/h0`)).rejects.toMatchObject(FORBIDDEN);
    expect(telephony.requests).toHaveLength(4);
    expect(reached).toBe(0);
  });
});

describe('a name', () => {
  /** A resolver that gives its answers in turn, the last one for ever, and notes what it was asked. */
  function answering(...answers: string[][]) {
    const asked: string[] = [];
    return {
      asked,
      resolve: (name: string) => {
        asked.push(name);
        const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
        return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
      },
    };
  }
  /** The telephony's own address is the only one of this internet; the canaries are at the others. */
  const isPublic = (address: string) => address === '127.0.0.1';
  const here = () => `http://pbx.example:${telephony.host.split(':')[1] ?? ''}/`;

  test.each([
    ['loopback', ['127.0.0.1']],
    ['loopback in IPv6', ['::1']],
    ['loopback, mapped into IPv6', ['::ffff:127.0.0.1']],
    ['a link-local address with a zone', ['fe80::1%eth0']],
    ['a private one', ['10.0.0.1']],
    ['metadata', ['169.254.169.254']],
    ['several private ones', ['10.0.0.1', '192.168.0.1', 'fd00::1']],
    ['something that is no address', ['127.0.0.1\0.example.com']],
  ])('that leads to %s (by A, AAAA or CNAME) is refused', async (_what, addresses) => {
    const { resolve, asked } = answering(addresses);
    await expect(connect({ resolve })(linkOf('http://pbx.example:PORT/'))).rejects.toMatchObject(FORBIDDEN);
    expect(asked).toEqual(['pbx.example']);
    expect(reached).toBe(0);
  });

  test('that answers good for the check and bad for the connection has no second chance: it is asked once', async () => {
    telephony.answer = (_request, response) => response.end(mp3());
    const { resolve, asked } = answering(['127.0.0.1'], ['127.0.0.2']);
    const receive = connect({ insecureHosts: [], resolve, isPublic });
    await expect(receive(here())).resolves.toMatchObject({ container: 'mp3' });
    expect(asked).toEqual(['pbx.example']);
    expect(telephony.requests[0]?.headers.host).toBe(new URL(here()).host);
    // Its next connection is checked like the first.
    telephony.connections.forEach((socket) => socket.destroy());
    await expect(
      (async () => {
        // The first attempt may still meet the connection that was just cut.
        await receive(here()).catch((error: unknown) => {
          if (findExportError(error)?.code !== 'recording_unreachable') throw error;
        });
        return receive(here());
      })(),
    ).rejects.toMatchObject(FORBIDDEN);
    expect(reached).toBe(0);
  });

  test('that has a good and a bad address is connected to at the good one', async () => {
    telephony.answer = (_request, response) => response.end(mp3());
    const { resolve } = answering(['127.0.0.2', '10.0.0.1', '127.0.0.1']);
    await expect(connect({ insecureHosts: [], resolve, isPublic })(here())).resolves.toMatchObject({
      container: 'mp3',
    });
    expect(reached).toBe(0);
  });

  test('that resolves to nothing, or never, is unreachable', async () => {
    const unreachable = { code: 'recording_unreachable' };
    await expect(connect({ resolve: answering([]).resolve })('http://pbx.example/')).rejects.toMatchObject(unreachable);
    const never = connect({ resolve: () => new Promise(() => undefined), limits: { connectMs: 100 } });
    await expect(never('http://pbx.example/')).rejects.toMatchObject(unreachable);
  });

  test('of an INSECURE_HOSTS entry is the entry with its port only', async () => {
    const receive = connect();
    const [, own = ''] = telephony.host.split(':');
    telephony.answer = (_request, response) => response.end(mp3());
    await expect(receive(`http://127.0.0.1:${own}/`)).resolves.toMatchObject({ container: 'mp3' });
    await expect(receive(`http://127.0.0.2:${own}/`)).rejects.toMatchObject(FORBIDDEN);
    await expect(receive(linkOf('http://127.0.0.1:PORT/'))).rejects.toMatchObject(FORBIDDEN);
    expect(reached).toBe(0);
  });

  describe('of the account’s own telephony', () => {
    const OPEN = { code: 'recording_unreachable' };

    test.each([
      ['by its name', ['pbx.example'], ['10.255.255.1'], OPEN],
      ['by its name with a dot behind', ['pbx.example'], ['10.255.255.1'], OPEN],
      ['by its network', ['10.255.0.0/16'], ['10.255.255.1'], OPEN],
      ['by its address', ['10.255.255.1'], ['10.255.255.1'], OPEN],
      ['in IPv6', ['fd12::/16'], ['fd12::1'], OPEN],
      ['not by another name', ['other.example'], ['10.255.255.1'], FORBIDDEN],
      ['not by the name above it', ['example'], ['10.255.255.1'], FORBIDDEN],
      ['not by another network', ['10.254.0.0/16'], ['10.255.255.1'], FORBIDDEN],
      ['not loopback', ['pbx.example'], ['127.0.0.1', '::1'], FORBIDDEN],
      ['not metadata', ['pbx.example'], ['169.254.169.254'], FORBIDDEN],
      ['not metadata in a private network', ['pbx.example', '100.64.0.0/10'], ['100.100.100.200'], FORBIDDEN],
      ['not metadata in IPv6', ['pbx.example', 'fd00::/16'], ['fd00:ec2::254'], FORBIDDEN],
      ['not AWS’s pod identity in IPv6', ['pbx.example', 'fd00::/16'], ['fd00:ec2::23'], FORBIDDEN],
      ['not Oracle’s metadata in IPv6', ['pbx.example', 'fd00::/16'], ['fd00:c1::a9fe:a9fe'], FORBIDDEN],
      ['not a disguised address', ['pbx.example', '10.0.0.0/8'], ['::ffff:10.255.255.1'], FORBIDDEN],
    ])('is opened %s', async (how, hosts, addresses, outcome) => {
      const { resolve } = answering(addresses);
      const receive = connect({ resolve, limits: { connectMs: 50 } });
      const name = how.includes('dot behind') ? 'pbx.example.' : 'pbx.example';
      await expect(receive(linkOf(`http://${name}:PORT/`), hosts)).rejects.toMatchObject(outcome);
      expect(reached).toBe(0);
    });

    test('does not open the ports of other services', async () => {
      await expect(connect()('http://10.255.255.1:6379/', ['10.0.0.0/8'])).rejects.toMatchObject(FORBIDDEN);
    });

    test('is not reached by another account over a connection that was made for it', async () => {
      telephony.answer = (_request, response) => response.end(mp3());
      const { resolve, asked } = answering(['127.0.0.1']);
      const receive = connect({ insecureHosts: [], resolve, isPublic });
      for (const hosts of [['pbx.example'], ['pbx.example'], []]) await receive(here(), hosts);
      expect(asked.length).toBeGreaterThanOrEqual(2);
      const before = asked.length;
      await expect(
        connect({ insecureHosts: [], resolve: answering(['127.0.0.2']).resolve, isPublic })(here(), []),
      ).rejects.toMatchObject(FORBIDDEN);
      expect(asked).toHaveLength(before);
    });
  });
});

test('credentials go to their own origin and into no error', async () => {
  const other = new Telephony();
  await other.listen();
  other.answer = (_request, response) => response.writeHead(500).end();
  const receive = connect({ insecureHosts: [telephony.host, other.host] });
  telephony.answer = (_request, response) => response.writeHead(302, { location: other.link }).end();
  const error: unknown = await receive(`http://user:p%40ss-secret@${telephony.host}/secret`).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'recording_unreachable' });
  expect(telephony.requests[0]?.headers.authorization).toBe(
    `Basic ${Buffer.from('user:p@ss-secret').toString('base64')}`,
  );
  expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
  expect(other.requests[0]?.headers).not.toHaveProperty('referer');
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).stack)).not.toMatch(
    /secret/,
  );
  other.close();
});
