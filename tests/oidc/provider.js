// An OpenID Connect provider for the tests: clients ask for tokens with their secrets.
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const { port, keys, lifetimes, people } = JSON.parse(process.argv[2])

const server = createServer()
await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
const issuer = `http://127.0.0.1:${server.address().port}`

const provider = new Provider(issuer, {
  jwks: { keys },
  clientDefaults: { id_token_signed_response_alg: keys[0].alg },
  clients: ['shop-tool', ...Object.keys(people)].map((name) => ({
    client_id: name,
    client_secret: 'only for tests',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  })),
  // A client that acts for somebody: what a company's own provider says of the person.
  extraTokenClaims: (context, token) =>
    people[token.clientId] && { upn: people[token.clientId] },
  scopes: ['openid', 'glue.admin', 'glue.read'],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (context, resource) => ({
        scope: 'glue.admin glue.read',
        audience: resource,
        accessTokenTTL: lifetimes[resource] ?? 600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: keys[0].alg, kid: keys[0].kid } },
      }),
    },
  },
})
server.on('request', provider.callback())
console.log(`answers at ${issuer}`)
