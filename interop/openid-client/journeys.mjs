// openid-client, as it is installed, completes each profile: discovery, authorization, tokens, accounts, userinfo, refresh, revocation.
//
//   node journeys.mjs FACTS [WORDS]     FACTS is var/up.json; WORDS: only journeys whose names hold them all
//
// Prints a line a journey; exit 1 when any fails. The consumer's part is `../consumer`.

import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as client from 'openid-client'
import { Agent, fetch } from 'undici'

const [factsFile, ...words] = process.argv.slice(2)
const facts = JSON.parse(readFileSync(factsFile, 'utf8'))

const FDX = 'fdx:accountbasic:read fdx:transactions:read'
const OPENID = `openid offline_access ${FDX}`
// A client of OpenID Connect learns who somebody is and reads no account.
const IDENTITY = 'openid offline_access'
const RICH = [
  {
    type: 'fdx_v1.0',
    consentRequest: {
      durationType: 'TIME_BOUND',
      durationPeriod: 30,
      lookbackPeriod: 60,
      resources: [{ resourceType: 'ACCOUNT', dataClusters: ['ACCOUNT_BASIC', 'TRANSACTIONS'] }],
    },
  },
]

// name, client, what it asks; `signed`: a request object; `pushed`: at the PAR endpoint; `jarm`, `hybrid`: how the answer comes.
const JOURNEYS = [
  { name: 'fapi1 jwt value code-id_token', id: 'fapi1-jwt-1', signed: true, hybrid: true, scope: OPENID },
  { name: 'fapi1 jwt pushed jarm', id: 'fapi1-jwt-1', signed: true, pushed: true, jarm: true, scope: OPENID },
  { name: 'fapi1 mtls pushed code-id_token', id: 'fapi1-mtls-1', signed: true, pushed: true, hybrid: true, scope: OPENID },
  { name: 'fapi1 mtls value jarm', id: 'fapi1-mtls-1', signed: true, jarm: true, scope: OPENID },
  { name: 'fapi2 jwt mtls-bound openid', id: 'fapi2-jwt-1', pushed: true, scope: OPENID },
  { name: 'fapi2 mtls mtls-bound oauth rich', id: 'fapi2-mtls-1', pushed: true, scope: FDX, rich: true },
  { name: 'fapi2 jwt dpop-bound openid rich', id: 'fapi2-dpop-jwt-1', pushed: true, dpop: true, scope: OPENID, rich: true },
  { name: 'fapi2 mtls dpop-bound oauth', id: 'fapi2-dpop-mtls-1', pushed: true, dpop: true, scope: FDX },
  { name: 'signing jwt mtls-bound openid plain', id: 'fapi2-signing-jwt-1', signed: true, pushed: true, scope: OPENID },
  { name: 'signing mtls mtls-bound openid jarm rich', id: 'fapi2-signing-mtls-1', signed: true, pushed: true, jarm: true, scope: OPENID, rich: true },
  { name: 'signing jwt dpop-bound openid jarm', id: 'fapi2-signing-dpop-jwt-1', signed: true, pushed: true, jarm: true, dpop: true, scope: OPENID },
  { name: 'oidc basic', id: 'oidc-1', scope: IDENTITY },
  { name: 'oidc post', id: 'oidc-post', scope: IDENTITY },
]

let failures = 0
for (const journey of JOURNEYS.filter(({ name }) => words.every((word) => name.split(' ').includes(word)))) {
  try {
    await travel(journey)
    console.log(`ok      ${journey.name}`)
  } catch (error) {
    failures += 1
    console.log(`FAILED  ${journey.name}: ${explain(error)}`)
  }
}
process.exitCode = failures ? 1 : 0

async function travel(journey) {
  const registered = facts.clients.find(({ client_id }) => client_id === journey.id)
  if (!registered) throw new Error(`${journey.id} is not registered`)
  const config = await configure(registered, journey)
  const handle = journey.dpop ? client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) : undefined
  const options = { DPoP: handle }

  const redirect_uri = registered.redirect_uris[0]
  const verifier = client.randomPKCECodeVerifier()
  const nonce = journey.scope.includes('openid') ? client.randomNonce() : undefined
  const state = client.randomState()
  const parameters = {
    redirect_uri,
    scope: journey.scope,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...(nonce && { nonce }),
    ...(journey.rich && { authorization_details: JSON.stringify(RICH) }),
  }
  const callback = consume(await authorizationUrl(config, journey, parameters, options), redirect_uri)

  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: Boolean(nonce) }
  const tokens = await client.authorizationCodeGrant(config, callback, checks, undefined, options)
  expect(Boolean(tokens.refresh_token), 'no refresh token')
  expect(!journey.rich || tokens.authorization_details?.[0]?.type === 'fdx_v1.0', 'no authorization_details')
  const reads = journey.scope.includes('fdx:')
  expect(!reads || (await accounts(config, tokens, options)) > 0, 'no account')
  if (nonce) await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, options)

  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options)
  expect(renewed.access_token !== tokens.access_token, 'the same access token again')
  expect(!reads || (await accounts(config, renewed, options)) > 0, 'no account after the refresh')

  const known = await client.tokenIntrospection(config, renewed.access_token)
  expect(known.active, 'a token of its own is not active')
  await client.tokenRevocation(config, tokens.refresh_token)
  const refused = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options).catch((error) => error)
  expect(refused.error === 'invalid_grant', 'a refresh token that was given back still works')
}

async function configure(registered, journey) {
  const metadata = {}
  const connect = { ca: readFileSync(facts.ca) }
  let key, authentication
  if (registered.client_secret) {
    const secret = readFileSync(registered.client_secret, 'utf8')
    const isBasic = registered.auth_method === 'client_secret_basic'
    authentication = isBasic ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret)
  } else {
    key = await signingKey(JSON.parse(readFileSync(registered.jwks, 'utf8')).keys[0])
    authentication = registered.auth_method === 'private_key_jwt' ? client.PrivateKeyJwt(key) : client.TlsClientAuth()
    metadata.use_mtls_endpoint_aliases = true
    metadata.id_token_signed_response_alg = metadata.authorization_signed_response_alg = 'PS256'
    connect.cert = readFileSync(registered.certificate)
    connect.key = readFileSync(registered.certificate_key)
  }
  const execute = []
  if (journey.jarm) execute.push(client.useJwtResponseMode)
  if (journey.hybrid) execute.push(client.useCodeIdTokenResponseType, client.enableDetachedSignatureResponseChecks)
  // Every signature is verified, also where TLS would do.
  execute.push(client.enableNonRepudiationChecks)
  const dispatcher = new Agent({ connect })
  const config = await client.discovery(new URL(facts.issuer), registered.client_id, metadata, authentication, {
    execute,
    [client.customFetch]: (url, options) => fetch(url, { ...options, dispatcher }),
  })
  config.key = key
  return config
}

async function signingKey(jwk) {
  const algorithms = {
    PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
    ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  }
  const der = createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs8', format: 'der' })
  const key = await crypto.subtle.importKey('pkcs8', der, algorithms[jwk.alg], false, ['sign'])
  return { key, kid: jwk.kid }
}

async function authorizationUrl(config, journey, parameters, options) {
  if (!journey.signed && !journey.pushed) return client.buildAuthorizationUrl(config, parameters)
  let asked = parameters
  if (journey.signed) {
    const url = await client.buildAuthorizationUrlWithJAR(config, parameters, config.key)
    if (!journey.pushed) {
      // Outside the request object too, as OpenID Connect wants it (OIDC-Core-6.1).
      for (const name of ['redirect_uri', 'scope']) url.searchParams.set(name, parameters[name])
      url.searchParams.set('response_type', journey.hybrid ? 'code id_token' : 'code')
      return url
    }
    asked = url.searchParams
  }
  return client.buildAuthorizationUrlWithPAR(config, asked, options)
}

function consume(url, redirect_uri) {
  return new URL(execFileSync(process.env.CONSUMER ?? '../consumer', [factsFile, url.href, redirect_uri], { encoding: 'utf8' }).trim())
}

async function accounts(config, tokens, options) {
  const url = new URL(`${facts.fdx}/core/accounts`)
  const answer = await client.fetchProtectedResource(config, tokens.access_token, url, 'GET', undefined, undefined, options)
  expect(answer.status === 200, `the accounts answer ${answer.status}`)
  return (await answer.json()).accounts.length
}

function expect(is, otherwise) {
  if (!is) throw new Error(otherwise)
}

function explain(error) {
  const parts = [error.message, error.error, error.error_description, error.cause?.message, error.cause?.body && JSON.stringify(error.cause.body)]
  return parts.filter(Boolean).join('; ')
}
