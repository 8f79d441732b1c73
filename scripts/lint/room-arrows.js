import path from 'node:path';

/**
 * ESLint rule: a room imports only what its arrows allow (docs/decisions/0001-rooms-and-arrows.md). It resolves each
 * import to a path and takes the room from that, so neither the depth of the file nor a detour (`./../../worker`) matters.
 * `import()` counts as an import; only `import type`, `export type` and `import('…').T` count as types.
 *
 * Options: `{ root, mayImport, mayImportTypes, closed }`. Files outside the rooms of `mayImport` are free;
 * a folder in `closed` is open to no room.
 */
export default {
  meta: {
    type: 'problem',
    schema: [{ type: 'object' }],
    messages: {
      room: '{{from}}/ may not import {{to}}/ (docs/decisions/0001-rooms-and-arrows.md).',
      closed: 'Only entry points and tests import {{to}}/.',
    },
  },
  create(context) {
    const [{ root, mayImport, mayImportTypes, closed }] = context.options;
    const from = topFolder(root, context.filename);
    if (!Object.hasOwn(mayImport, from)) return {};

    const check = (source, isTypeOnly) => {
      if (typeof source?.value !== 'string' || !/^[./]/.test(source.value)) return;
      const to = topFolder(root, path.resolve(path.dirname(context.filename), source.value));
      const data = { from, to };
      if (closed.includes(to)) context.report({ node: source, messageId: 'closed', data });
      if (to === from || !Object.hasOwn(mayImport, to) || mayImport[from].includes(to)) return;
      if (isTypeOnly && mayImportTypes[from]?.includes(to)) return;
      context.report({ node: source, messageId: 'room', data });
    };
    return {
      ImportDeclaration: (node) => check(node.source, node.importKind === 'type'),
      ExportAllDeclaration: (node) => check(node.source, node.exportKind === 'type'),
      ExportNamedDeclaration: (node) => check(node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node.source, false),
      TSImportType: (node) => check(node.source ?? node.argument?.literal, true),
    };
  },
};

function topFolder(root, file) {
  return path.relative(root, file).split(path.sep)[0];
}
