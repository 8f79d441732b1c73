/** Where a command reads secrets and files from: the process's own, or a test's. */
export type Input = NodeJS.ReadableStream & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };

/** Where a command writes to. */
export type Printer = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
