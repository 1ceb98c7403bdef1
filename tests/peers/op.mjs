// An OAuth server by the FAPI 2.0 Security Profile, made of oidc-provider. It signs in whoever
// comes and agrees to everything: what is tested is the client.
//
// node op.mjs CONFIG.json — the file names issuer, port, server key and certificate, the folder
// the packages are in, and the client's public key.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:https';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const require = createRequire(`${config.packages}/`);
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href);

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ownKey = { ...privateKey.export({ format: 'jwk' }), kid: 'op', use: 'sig', alg: 'PS256' };
const resource = 'urn:bank:accounts';

const provider = new Provider(config.issuer, {
  jwks: { keys: [ownKey] },
  clients: [{
    client_id: 'sme',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'PS256',
    id_token_signed_response_alg: 'PS256',
    redirect_uris: [config.redirect_uri],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    tls_client_certificate_bound_access_tokens: true,
    scope: 'openid offline_access accounts',
    jwks: { keys: [config.client_jwk] },
  }],
  scopes: ['openid', 'offline_access', 'accounts'],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  ttl: { AccessToken: 300, ClientCredentials: 300, AuthorizationCode: 60 },
  cookies: { keys: ['only a test'] },
  findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    fapi: { enabled: true, profile: '2.0' },
    mTLS: {
      enabled: true,
      certificateBoundAccessTokens: true,
      getCertificate(ctx) {
        const shown = ctx.req.socket.getPeerCertificate(false);
        return shown?.raw ? new X509Certificate(shown.raw) : undefined;
      },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'accounts', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'PS256' } },
      }),
    },
  },
});

async function agree(request, response) {
  const { params, session } = await provider.interactionDetails(request, response);
  const accountId = session?.accountId ?? 'maison-tilleul';
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope('openid offline_access accounts');
  grant.addResourceScope(resource, 'accounts');
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const answer = provider.callback();
const server = createServer({
  key: readFileSync(config.key), cert: readFileSync(config.certificate),
  requestCert: true, rejectUnauthorized: false,
}, (request, response) => {
  if (request.url.startsWith('/interaction/')) {
    agree(request, response).catch((error) => { response.statusCode = 500; response.end(String(error)); });
  } else {
    answer(request, response);
  }
});
server.listen(config.port, '127.0.0.1', () => console.log('listening'));
