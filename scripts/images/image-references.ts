/** Where the project names the images that it is built on and runs beside; in each line the group is the reference. */
export const IMAGE_FILES = [
  { file: 'Dockerfile', line: /^(?:# syntax=|ARG NODE_IMAGE=)(\S+)$/gm },
  // Not the product's own image, which is built here.
  { file: 'docker-compose.yml', line: /^ +image: (?!speechsense-export:)(\S+)$/gm },
] as const;

export interface ImageReference {
  /** `name:tag`, as it is named with or without a digest. */
  image: string;
  digest: string | undefined;
}

/** The images that a file's text names, in its order. */
export function imageReferences(text: string, line: RegExp): ImageReference[] {
  return [...text.matchAll(line)].map(([, reference = '']) => parse(reference));
}

/** The text with each image's digest behind its tag; what has no digest here stays as it is. */
export function withDigests(text: string, line: RegExp, digests: ReadonlyMap<string, string>): string {
  return text.replace(line, (whole, reference: string) => {
    const { image } = parse(reference);
    const digest = digests.get(image);
    return digest === undefined ? whole : whole.replace(reference, `${image}@${digest}`);
  });
}

function parse(reference: string): ImageReference {
  const [image = '', digest] = reference.split('@');
  return { image, digest };
}
