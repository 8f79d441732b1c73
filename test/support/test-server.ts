/**
 * The address of a server that `npm test` has started for the suites.
 * @throws Error that says how to run a suite, when jest was started without them.
 */
export function testServer(variable: 'TEST_DATABASE_URL' | 'TEST_TEMPORAL_ADDRESS' | 'TEMPORAL_CLI_PATH'): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: this suite needs real servers, use \`npm test -- <path>\`.`);
  return value;
}
