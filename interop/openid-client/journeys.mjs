// openid-client, as it is installed, completes each profile: discovery, authorization, tokens, accounts, userinfo, narrower tokens,
// introspection, revocation, the end of the consent.
//
//   node journeys.mjs FACTS < JOURNEYS     FACTS is var/up.json; JOURNEYS the lines of `../journeys`
//
// Prints a line a journey; exit 1 when any fails. The consumer's part is `../consumer`.

import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as client from 'openid-client'
import { Agent, fetch } from 'undici'

const factsFile = process.argv[2]
const facts = JSON.parse(readFileSync(factsFile, 'utf8'))
const journeys = readFileSync(0, 'utf8').split('\n').filter(Boolean).map(parse)

const FDX = 'fdx:accountbasic:read fdx:transactions:read'
// A client of OpenID Connect learns who somebody is and reads no account.
const SCOPES = { oidc: 'openid offline_access', openid: `openid offline_access ${FDX}`, oauth: FDX }
const rich = (...dataClusters) => [
  {
    type: 'fdx_v1.0',
    consentRequest: {
      durationType: 'TIME_BOUND',
      durationPeriod: 30,
      lookbackPeriod: 60,
      resources: [{ resourceType: 'ACCOUNT', dataClusters }],
    },
  },
]

let failures = 0
for (const journey of journeys) {
  try {
    await (journey.is('own') ? actForItself : travel)(journey)
    console.log(`ok      ${journey.name}`)
  } catch (error) {
    failures += 1
    console.log(`FAILED  ${journey.name}: ${explain(error)}`)
  }
}
process.exitCode = failures ? 1 : 0

function parse(line) {
  const [id, ...words] = line.split(' ')
  return { id, name: words.join(' '), is: (word) => words.includes(word) }
}

async function travel(journey) {
  const config = await configure(journey)
  const options = await proofs(config, journey)
  const reads = !journey.is('oidc')
  const scope = SCOPES[reads ? (journey.is('openid') ? 'openid' : 'oauth') : 'oidc']

  const redirect_uri = config.registered.redirect_uris[0]
  const verifier = journey.is('no-pkce') ? undefined : client.randomPKCECodeVerifier()
  const nonce = journey.is('openid') ? client.randomNonce() : undefined
  const state = client.randomState()
  const parameters = {
    redirect_uri,
    scope,
    state,
    ...(verifier && { code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }),
    ...(nonce && { nonce }),
    ...(journey.is('rich') && { authorization_details: JSON.stringify(rich('ACCOUNT_BASIC', 'TRANSACTIONS')) }),
  }
  const callback = consume(await authorizationUrl(config, journey, parameters, options), redirect_uri)

  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: Boolean(nonce) }
  const tokens = await client.authorizationCodeGrant(config, callback, checks, undefined, options)
  expect(Boolean(tokens.refresh_token), 'no refresh token')
  expect(!journey.is('rich') || tokens.authorization_details?.[0]?.type === 'fdx_v1.0', 'no authorization_details')
  if (reads) expect((await read(config, tokens, '/core/accounts', options)).accounts.length > 0, 'no account')
  if (nonce) await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, options)

  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options)
  expect(renewed.access_token !== tokens.access_token, 'the same access token again')
  if (reads) await narrow(config, journey, tokens, options)

  expect((await client.tokenIntrospection(config, renewed.access_token)).active, 'a token of its own is not active')
  await client.tokenRevocation(config, renewed.access_token)
  expect(!(await client.tokenIntrospection(config, renewed.access_token)).active, 'a token that was given back is active')
  if (reads) await endConsent(config, tokens, options)
  else await client.tokenRevocation(config, tokens.refresh_token)
  const refused = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options).catch((error) => error)
  expect(refused.error === 'invalid_grant', 'a refresh token outlives its grant')
}

// A token for less than was granted, which the server tells and holds to (RFC6749-6, RFC9396-6.1).
async function narrow(config, journey, tokens, options) {
  const less = journey.is('rich')
    ? { authorization_details: JSON.stringify(rich('ACCOUNT_BASIC')) }
    : { scope: 'fdx:accountbasic:read' }
  const narrowed = await client.refreshTokenGrant(config, tokens.refresh_token, less, options)
  const { accounts } = await read(config, narrowed, '/core/accounts', options)
  const transactions = `/core/accounts/${accounts[0].accountId}/transactions`
  await read(config, tokens, transactions, options)
  // The library throws what WWW-Authenticate says (RFC6750-3.1).
  const refused = await request(config, narrowed, 'GET', transactions, undefined, options).catch((error) => error)
  expect(refused.status === 403, `a narrower token reads transactions: ${refused.status}`)
}

async function endConsent(config, tokens, options) {
  const path = `/consents/${tokens.grant_id}/revocation`
  const ended = await request(config, tokens, 'PUT', path, JSON.stringify({ reason: 'USER_ACTION', initiator: 'INDIVIDUAL' }), options)
  expect(ended.status === 204, `the consent's revocation answers ${ended.status}`)
}

// Client credentials: a recipient asks for its notifications, an application of the bank for a consumer's consents.
async function actForItself(journey) {
  const config = await configure(journey)
  const options = await proofs(config, journey)
  const isBank = journey.is('solution')
  const scope = isBank ? 'participantuser:consents:read' : 'fdx:notifications:subscribe'
  const tokens = await client.clientCredentialsGrant(config, { scope }, options)
  const url = isBank
    ? new URL(`/participant/user/v1/consents?userId=${facts.users[0].user_id}`, facts.issuer)
    : new URL(`${facts.fdx}/events/notifications`)
  const answer = await client.fetchProtectedResource(config, tokens.access_token, url, 'GET', undefined, undefined, options)
  expect(answer.status === 200, `${url.pathname} answers ${answer.status}`)
  expect((await client.tokenIntrospection(config, tokens.access_token)).active, 'a token of its own is not active')
  await client.tokenRevocation(config, tokens.access_token)
  expect(!(await client.tokenIntrospection(config, tokens.access_token)).active, 'a token that was given back is active')
}

async function configure(journey) {
  const registered = facts.clients.find(({ client_id }) => client_id === journey.id)
  expect(registered, `${journey.id} is not registered (README.md)`)
  const registration = JSON.parse(readFileSync(registered.registration, 'utf8'))
  // The private parts of a client that `make up` did not make are beside its registration.
  const made = (kind) => join(dirname(registered.registration), 'keys', `${journey.id}.${kind}`)
  // What it registered of the answers is what the library expects of them.
  const metadata = Object.fromEntries(Object.entries(registration).filter(([name]) => name.endsWith('_response_alg')))
  const connect = { ca: readFileSync(facts.ca) }
  const method = registered.auth_method
  let key, authentication, decryption
  if (method.startsWith('client_secret_')) {
    const secret = readFileSync(registered.client_secret ?? made('secret'), 'utf8')
    authentication = method === 'client_secret_basic' ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret)
  } else {
    const { keys } = JSON.parse(readFileSync(registered.jwks ?? made('jwks'), 'utf8'))
    key = await privateKey(keys[0], 'sign')
    decryption = keys[1] && (await privateKey(keys[1], 'decrypt'))
    authentication = method === 'private_key_jwt' ? client.PrivateKeyJwt(key) : client.TlsClientAuth()
    if (!journey.is('bearer')) {
      metadata.use_mtls_endpoint_aliases = true
      connect.cert = readFileSync(registered.certificate ?? made('crt'))
      connect.key = readFileSync(registered.certificate_key ?? made('key'))
    }
  }
  const execute = []
  if (journey.is('jarm')) execute.push(client.useJwtResponseMode)
  if (journey.is('code-id_token')) execute.push(client.useCodeIdTokenResponseType, client.enableDetachedSignatureResponseChecks)
  if (decryption) execute.push((config) => client.enableDecryptingResponses(config, ['A256GCM'], decryption))
  // Every signature is verified, also where TLS would do.
  execute.push(client.enableNonRepudiationChecks)
  const dispatcher = new Agent({ connect })
  const config = await client.discovery(new URL(facts.issuer), journey.id, metadata, authentication, {
    execute,
    [client.customFetch]: (url, options) => fetch(url, { ...options, dispatcher }),
  })
  return Object.assign(config, { key, registered })
}

async function proofs(config, journey) {
  return { DPoP: journey.is('dpop') ? client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) : undefined }
}

async function privateKey(jwk, usage) {
  const algorithms = {
    PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
    RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    ES256: { name: 'ECDSA', namedCurve: 'P-256' },
    'RSA-OAEP-256': { name: 'RSA-OAEP', hash: 'SHA-256' },
  }
  const der = createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs8', format: 'der' })
  const key = await crypto.subtle.importKey('pkcs8', der, algorithms[jwk.alg], false, [usage])
  return { key, kid: jwk.kid }
}

async function authorizationUrl(config, journey, parameters, options) {
  if (!journey.is('signed') && !journey.is('pushed')) return client.buildAuthorizationUrl(config, parameters)
  let asked = parameters
  if (journey.is('signed')) {
    const url = await client.buildAuthorizationUrlWithJAR(config, parameters, config.key)
    if (!journey.is('pushed')) {
      // Outside the request object too, as OpenID Connect wants it (OIDC-Core-6.1).
      for (const name of ['redirect_uri', 'scope']) url.searchParams.set(name, parameters[name])
      url.searchParams.set('response_type', journey.is('code-id_token') ? 'code id_token' : 'code')
      return url
    }
    asked = url.searchParams
  }
  return client.buildAuthorizationUrlWithPAR(config, asked, options)
}

function consume(url, redirect_uri) {
  return new URL(execFileSync(process.env.CONSUMER ?? '../consumer', [factsFile, url.href, redirect_uri], { encoding: 'utf8' }).trim())
}

function request(config, tokens, method, path, body, options) {
  const headers = body ? new Headers({ 'content-type': 'application/json' }) : undefined
  return client.fetchProtectedResource(config, tokens.access_token, new URL(facts.fdx + path), method, body, headers, options)
}

async function read(config, tokens, path, options) {
  const answer = await request(config, tokens, 'GET', path, undefined, options)
  expect(answer.status === 200, `${path} answers ${answer.status}`)
  return answer.json()
}

function expect(is, otherwise) {
  if (!is) throw new Error(otherwise)
}

function explain(error) {
  const parts = [error.message, error.error, error.error_description, error.cause?.message, error.cause && JSON.stringify(error.cause.body ?? error.cause)]
  return parts.filter(Boolean).join('; ')
}
