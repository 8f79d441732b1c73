type Define = (...parts: unknown[]) => void;

/**
 * Loads a module of the archive as amoCRM's loader does: relative names are other files of the archive.
 * @throws Error for a dependency that the archive does not have.
 */
export function loadModule(files: Map<string, Uint8Array>, name: string): unknown {
  const source = files.get(name);
  if (!source) throw new Error(`the archive has no ${name}`);
  let loaded: unknown;
  const define: Define = (...parts) => {
    const factory = parts.pop();
    if (typeof factory !== 'function') throw new Error(`${name} defines no function`);
    const [names] = parts.filter((part) => Array.isArray(part)) as string[][];
    loaded = Reflect.apply(
      factory,
      undefined,
      (names ?? []).map((dependency) => loadModule(files, dependency.replace(/^\.\//, ''))),
    );
  };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- what a script tag does in a browser
  const run = new Function('define', new TextDecoder().decode(source)) as (define: Define) => void;
  run(define);
  return loaded;
}
