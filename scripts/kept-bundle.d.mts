export function keptBundle(root: string, name: string, make: (folder: string) => Promise<string[]>): Promise<string>;
