/** Who the sandbox's account and integration are. Fixed: what was saved against one sandbox works against the next. */
export interface SandboxIdentity {
  accountId: number;
  subdomain: string;
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  connectionId: string;
  apiKey: string;
}

export const IDENTITY: SandboxIdentity = {
  accountId: 31_415_926,
  subdomain: 'sandbox',
  clientId: '5a9d0b0e-5a9d-4b0e-8a9d-0b0e5a9d0b0e',
  clientSecret: 'sandboxClientSecretSandboxClientSecretSandboxClientSecretSandbox',
  redirectUri: 'http://127.0.0.1:8080/oauth/callback',
  connectionId: 'eavsandboxconnection',
  apiKey: 'AQVNsandboxApiKeySandboxApiKeySandboxApi',
};
