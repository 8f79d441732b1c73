import { describe, expect, test } from '@jest/globals';
import { parseExportSettings, SettingsInvalid } from '../../settings/export-settings.ts';
import { opensAddress } from '../../settings/recording-hosts.ts';

const parsed = (recordingHosts: unknown) => parseExportSettings({ recordingHosts }).recordingHosts;

describe('the account’s own telephony', () => {
  test('is nowhere unless the settings say so', () => {
    expect(parseExportSettings({}).recordingHosts).toEqual([]);
    expect(opensAddress([])('10.0.0.1', '10.0.0.1')).toBe(false);
  });

  test.each([
    'pbx',
    'pbx.local',
    'records.office.example.ru',
    'xn--90agc.xn--p1ai',
    'атс.рф',
    'записи.атс.рф',
    'büro.example',
    '10.0.0.0/8',
    '10.1.2.3',
    '100.64.0.0/10',
    '172.16.0.0/12',
    '172.31.255.0/24',
    '192.168.1.0/24',
    'fc00::/7',
    'fd12:3456::/32',
    'fd12:3456::1',
  ])('can be %s', (entry) => {
    expect(parsed([entry])).toEqual([entry]);
  });

  test('is kept in lower case and without spaces', () => {
    expect(parsed([' PBX.Local '])).toEqual(['pbx.local']);
  });

  test.each([
    ['loopback', '127.0.0.1'],
    ['a part of loopback', '127.0.0.0/16'],
    ['localhost', 'localhost'],
    ['a name below localhost', 'pbx.localhost'],
    ['localhost in fullwidth letters', 'ｌｏｃａｌｈｏｓｔ'],
    ['an address in fullwidth digits', '１０.１.１.１'],
    ['a name of letters beyond ASCII with a path', 'атс.рф/записи'],
    ['link-local', '169.254.0.0/16'],
    ['metadata', '169.254.169.254'],
    ['metadata in a private network', '100.100.100.200'],
    ['metadata in a private network of IPv6', 'fd00:ec2::254'],
    ['another service of AWS for its machines', 'fd00:ec2::23'],
    ['all services of AWS for its machines', 'fd00:ec2::/32'],
    ['metadata of Oracle in IPv6', 'fd00:c1::a9fe:a9fe'],
    ['metadata of Scaleway in IPv6', 'fd00:42::42'],
    ['everything', '0.0.0.0/0'],
    ['everything in IPv6', '::/0'],
    ['more than a private network', '10.0.0.0/7'],
    ['more than a private network of IPv6', 'fc00::/6'],
    ['a public address', '8.8.8.8'],
    ['a public network', '8.8.8.0/24'],
    ['loopback in IPv6', '::1'],
    ['link-local in IPv6', 'fe80::/10'],
    ['a mapped address', '::ffff:10.0.0.1'],
    ['multicast', '224.0.0.0/4'],
    ['a decimal address', '2130706433'],
    ['a short address', '10.1'],
    ['a hexadecimal address', '0x0a000001'],
    ['a network without a length', '10.0.0.0/'],
    ['a network with a netmask', '10.0.0.0/255.0.0.0'],
    ['a network of length 0', '10.0.0.0/0'],
    ['a network that is too long', '10.0.0.0/33'],
    ['a link', 'http://pbx.local/'],
    ['a port', 'pbx.local:8080'],
    ['an address with a port', '10.0.0.1:80'],
    ['an address with a zone', 'fd00::1%eth0'],
    ['brackets', '[fd00::1]'],
    ['a wildcard', '*.example.ru'],
    ['a path', 'pbx.local/records'],
    ['a user', 'user@pbx.local'],
    ['nothing', ''],
    ['a dot', '.'],
    ['no text', 10],
  ])('cannot be %s', (_what, entry) => {
    let thrown: unknown;
    try {
      parsed([entry]);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SettingsInvalid);
    expect((thrown as SettingsInvalid).problems.map(({ field }) => field)).toEqual(['recordingHosts.0']);
  });
});

describe('what is opened', () => {
  test.each([
    ['the address', ['10.1.2.3'], 'x', '10.1.2.3', true],
    ['not its neighbour', ['10.1.2.3'], 'x', '10.1.2.4', false],
    ['the network, by any name', ['10.1.0.0/16'], 'x', '10.1.255.255', true],
    ['not the next network', ['10.1.0.0/16'], 'x', '10.2.0.0', false],
    ['the name, wherever it is on private networks', ['pbx'], 'pbx', '192.168.7.7', true],
    ['the name, in IPv6', ['pbx'], 'pbx', 'fd00::7', true],
    ['not a name that ends like it', ['pbx'], 'evil-pbx', '192.168.7.7', false],
    ['not a name below it', ['pbx.example'], 'a.pbx.example', '192.168.7.7', false],
    ['not the name on the machine itself', ['pbx'], 'pbx', '127.0.0.1', false],
    ['not the name at metadata', ['pbx'], 'pbx', '169.254.169.254', false],
    ['not a mapped address', ['10.0.0.0/8'], 'x', '::ffff:10.0.0.1', false],
    ['not a mapped address in hexadecimal', ['10.0.0.0/8'], 'x', '::ffff:a00:1', false],
    ['not what is no address', ['10.0.0.0/8'], 'x', 'x', false],
  ])('is %s', (_what, hosts, hostname, address, opened) => {
    expect(opensAddress(hosts)(hostname, address)).toBe(opened);
  });
});

test('a name is opened as links have it, in letters or in Punycode', () => {
  const { hostname } = new URL('http://Записи.атс.рф/1.mp3');
  expect(opensAddress(['записи.атс.рф'])(hostname, '10.0.0.1')).toBe(true);
  expect(opensAddress(['xn--80aap3az.xn--80a1acn.xn--p1ai', 'записи.атс.рф'])('xn--80a1acn.xn--p1ai', '10.0.0.1')).toBe(
    false,
  );
});
