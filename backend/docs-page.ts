/** As much of an OpenAPI document as the page shows. */
interface Description {
  info: { title: string; description?: string };
  paths?: object;
}

/** The description of the API as a page: each route with its summary, and its schemas to fold out. No script. */
export function docsPage({ info, paths = {} }: Description): string {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, object>).map(([method, described]) =>
      route(`${method.toUpperCase()} ${path}`, described),
    ),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(info.title)}</title>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em">
<h1>${escaped(info.title)}</h1>
<p>${escaped(info.description ?? '')} For programs: <a href="openapi.json">openapi.json</a>.</p>
${routes.join('\n')}
</body>
</html>
`;
}

function route(name: string, described: object): string {
  const { summary, ...rest } = { summary: '', ...described };
  return `<h2 style="font: 600 1em monospace">${escaped(name)}</h2>
<p>${escaped(summary)}</p>
<details><summary>Request and answers</summary><pre>${escaped(JSON.stringify(rest, null, 2))}</pre></details>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
