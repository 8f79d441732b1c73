import { isUrl } from './is-url.ts';
import { plainText } from './plain-text.ts';

/** More are no list of one call's recordings. */
const MAX_LINKS = 10;

/** A host as people write it without a scheme: a name with a dot or a port, or four numbers; and a path. */
const WITHOUT_SCHEME =
  /^(?:(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+(?!(?:mp3|wav|ogg|opus|gsm|m4a|amr|php|html?)[:/])(?:\p{L}{2,}|xn--[a-z\d-]+)(?::\d{1,5})?|(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?|[\p{L}\p{N}-]+:\d{2,5})\/\S/iu;
const WITHOUT_PROTOCOL = /^\/\/[^\s/?#]+[/?][^\s]/;
const WITH_SCHEME = /^https?:/i;

/**
 * The links to recordings in what a telephony wrote into the field for one: a link, several of them in a list, a JSON
 * array, a piece of HTML or Markdown. They are candidates for one and the same call, in the order in which they stand.
 */
export function linksIn(field: string): string[] {
  const text = plainText(field);
  const links = textsOf(text).flatMap((one) => piecesOf(one).flatMap(linksOfPiece));
  return [...new Set(links)].slice(0, MAX_LINKS);
}

/** What to ask for a link: one without a scheme may be meant with either. */
export function urlsOf(link: string): string[] {
  if (WITHOUT_PROTOCOL.test(link)) return [`https:${link}`, `http:${link}`];
  return WITHOUT_SCHEME.test(link) ? [`https://${link}`, `http://${link}`] : [link];
}

/** The texts in JSON, the targets in HTML or Markdown; else the text itself. */
function textsOf(text: string): string[] {
  if (/^[[{"]/.test(text)) {
    const inJson = stringsIn(parsed(text));
    if (inJson.length > 0) return inJson;
  }
  const targets = [
    ...text.matchAll(/\b(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/gi),
    ...text.matchAll(/<(https?:\/\/[^\s<>]+)>/gi),
    ...text.matchAll(/\]\(\s*<?((?:https?:)?\/\/(?:[^\s<>()]|\([^\s<>()]*\))+)/gi),
    ...text.matchAll(/\[url(?:=([^\]]+)\]|\]([^[]+)\[)/gi),
  ].map(([, ...groups]) => groups.find(Boolean) ?? '');
  return targets.length > 0 ? targets : [text];
}

/**
 * The elements of a list. A comma, a semicolon or a space may also be part of a link, as in the name of its file: it
 * separates only where another link begins behind it.
 */
function piecesOf(text: string): string[] {
  const unwrapped = /^\((.*)\)$/s.exec(text)?.[1] ?? text;
  const trimmed = unwrapped.replace(/^[\s"'«“„<]+/, '').replace(/[\s"'»”>,;|]+$/, '');
  const beginning = WITHOUT_SCHEME.test(trimmed)
    ? '(?=(?:https?:)?//|[^\\s,;|/]+[.:][^\\s,;|/]+/)'
    : '(?=["\'(<]*(?:https?:)?//)';
  return trimmed
    .split(new RegExp(`["')>]*[\\s,;|]+${beginning}["'(<]*`, 'iu'))
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
}

function linksOfPiece(piece: string): string[] {
  if (WITH_SCHEME.test(piece)) {
    // A space may be part of a file's name, or words may follow the link.
    const [, link = piece] = /^(https?:\/\/[^\s/]+\/\S*)\s[^./?=&]*$/i.exec(piece) ?? [];
    return [...new Set([piece, link])].filter((one) => isUrl(one));
  }
  if (WITHOUT_PROTOCOL.test(piece) || WITHOUT_SCHEME.test(piece)) {
    return urlsOf(piece).every((url) => isUrl(url)) ? [piece] : [];
  }
  // Words may stand before the link.
  const at = /(?<![\p{L}\p{N}=])https?:\/\/\S/iu.exec(piece)?.index ?? -1;
  return at > 0 ? linksOfPiece(piece.slice(at)) : [];
}

const MAX_DEPTH = 5;

function stringsIn(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  return Object.values(value).flatMap((one) => stringsIn(one, depth + 1));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
