/** The route of a path, for counting: `/contacts/123/notes` → `/contacts/{id}/notes`. Ids are what holds a digit. */
export function endpointOf(path: string): string {
  return path.replace(/[^/]*\d[^/]*/g, '{id}');
}
