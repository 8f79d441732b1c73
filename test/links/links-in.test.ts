import { describe, expect, test } from '@jest/globals';
import { linksIn, urlsOf } from '../../links/links-in.ts';

const A = 'https://a.example/rec/1.mp3';
const B = 'http://b.example/rec?id=2&part=3';

describe('links in the field for one', () => {
  test.each<[string, string, string[]]>([
    ['a link', A, [A]],
    ['a zero-width space in front', `\u200b${A}`, [A]],
    ['a byte order mark and a soft hyphen', `\ufeffhttps://a.exam\u00adple/rec/1.mp3\u2060`, [A]],
    ['no-break spaces around', `\u00a0${A}\u202f`, [A]],
    ['entities', B.replace('&', '&amp;'), [B]],
    ['numeric entities', B.replace('&', '&#38;').replace('?', '&#x3F;'), [B]],
    ['entities that were encoded twice', B.replace('&', '&amp;amp;'), [B]],
    ['a parameter that only looks like an entity', `${A}?a=1&copy=2&lt=3`, [`${A}?a=1&copy=2&lt=3`]],
    ['slashes escaped by PHP', A.replaceAll('/', '\\/'), [A]],
    ['quotes', `"${A}"`, [A]],
    ['guillemets', `«${A}»`, [A]],
    ['brackets', `(${A})`, [A]],
    ['a comma behind', `${A},`, [A]],
    ['a list with commas', `${A},${B}`, [A, B]],
    ['a list with semicolons', `${A}; ${B}`, [A, B]],
    ['a list with spaces', `${A} ${B}`, [A, B]],
    ['a list with no-break spaces', `${A}\u00a0${B}`, [A, B]],
    ['a list of lines', `${A}\r\n${B}`, [A, B]],
    ['a list with bars', `${A} | ${B}`, [A, B]],
    ['a list of quoted ones', `"${A}", "${B}"`, [A, B]],
    ['the same twice', `${A}, ${A}`, [A]],
    ['a JSON array', JSON.stringify([A, B]), [A, B]],
    ['a JSON array of objects', JSON.stringify([{ url: A }, { url: B, title: 'запись' }]), [A, B]],
    ['a JSON object', JSON.stringify({ link: A, id: 7 }), [A]],
    ['a JSON string', JSON.stringify(A), [A]],
    ['an anchor', `<a href="${B.replace('&', '&amp;')}">Прослушать</a>`, [B]],
    ['an encoded anchor', `&lt;a href=&quot;${A}&quot;&gt;запись&lt;/a&gt;`, [A]],
    ['a player', `<audio controls src='${A}'></audio>`, [A]],
    ['angle brackets', `<${A}>`, [A]],
    ['Markdown', `[Запись](${A})`, [A]],
    ['Markdown with brackets in the link', '[Запись](https://a.example/rec(1).mp3)', ['https://a.example/rec(1).mp3']],
    ['BBCode', `[url=${A}]запись[/url]`, [A]],
    ['words before', `Запись разговора: ${A}`, [A]],
    ['words behind', `${A} (запись)`, [`${A} (запись)`, A]],
    ['a file’s name with spaces', 'https://a.example/Иван Петров.mp3', ['https://a.example/Иван Петров.mp3']],
    ['a comma within', 'https://a.example/a,b.mp3/c;d', ['https://a.example/a,b.mp3/c;d']],
    ['a link within a link', `https://a.example/get?u=${B}`, [`https://a.example/get?u=${B}`]],
    ['no protocol', '//a.example/rec/1.mp3', ['//a.example/rec/1.mp3']],
    ['no scheme', 'a.example/rec/1.mp3', ['a.example/rec/1.mp3']],
    ['no scheme, but a port', 'a.example:8080/1.mp3', ['a.example:8080/1.mp3']],
    ['no scheme and a name without a dot', 'pbx:8080/1.mp3', ['pbx:8080/1.mp3']],
    ['no scheme and an address', '10.0.0.5/1.mp3', ['10.0.0.5/1.mp3']],
    ['no scheme and letters beyond ASCII', 'атс.рф/запись/1', ['атс.рф/запись/1']],
    ['two without a scheme', 'a.example/1, b.example/2', ['a.example/1', 'b.example/2']],
  ])('with %s', (_what, field, links) => {
    expect(linksIn(field)).toEqual(links);
  });

  test.each([
    ...['', '-', '0', 'null', 'N/A', 'нет записи', 'about:blank', 'record.mp3', 'запись.wav/1', '/relative.mp3'],
    ...[
      'monitor/2026/11/30/1.mp3',
      '2026.11.30/call.mp3',
      'http://',
      'https://',
      '//',
      '//host',
      'и/о',
      '[]',
      '{}',
      '[1,2]',
    ],
    ...[
      'ftp://a.example/1',
      'javascript:alert(1)',
      'data:audio/mpeg;base64,SUQz',
      'file:///etc/passwd',
      '<a href="#">x</a>',
    ],
  ])('are none in %j', (field) => {
    expect(linksIn(field)).toEqual([]);
  });

  test('are as many as one call’s recordings can be', () => {
    expect(linksIn(Array.from({ length: 1_000 }, (_, part) => `${A}?part=${part}`).join('\n'))).toHaveLength(10);
  });

  test('cost no time to speak of in a text made to cost it', () => {
    for (const part of ['[[', '<a href=', 'a.', '](//', '&amp;', ' ,', 'http:', '(((', 'a-', '//a ']) {
      expect(linksIn(part.repeat(16_384 / part.length)).length).toBeLessThanOrEqual(10);
    }
  });
});

test('a link without a scheme is meant with either, the safe one first', () => {
  expect(urlsOf('a.example/1')).toEqual(['https://a.example/1', 'http://a.example/1']);
  expect(urlsOf('//a.example/1')).toEqual(['https://a.example/1', 'http://a.example/1']);
  expect(urlsOf(A)).toEqual([A]);
});
