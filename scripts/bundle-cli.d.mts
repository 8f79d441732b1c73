export function bundleCommandLine(folder: string): Promise<string[]>;
