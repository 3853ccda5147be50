// The OAuth 2.0 SDK of Nimbus, as it is published, completes each profile: discovery, authorization, tokens, accounts, userinfo,
// narrower tokens, introspection, revocation, the end of the consent.
//
//   java -cp 'lib/*' Journeys.java FACTS < JOURNEYS     FACTS is var/up.json; JOURNEYS the lines of `../journeys`
//
// Prints a line a journey; exit 1 when any fails. The consumer's part is `../consumer`.

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.JWEDecryptionKeySelector;
import com.nimbusds.jose.proc.JWEKeySelector;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.PKITLSClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.auth.SelfSignedTLSClientAuthentication;
import com.nimbusds.oauth2.sdk.dpop.DPoPProofFactory;
import com.nimbusds.oauth2.sdk.dpop.DefaultDPoPProofFactory;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.jarm.JARMValidator;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.rar.AuthorizationDetail;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.Token;
import com.nimbusds.oauth2.sdk.token.Tokens;
import com.nimbusds.openid.connect.sdk.*;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.op.ReadOnlyOIDCProviderEndpointMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.AuthorizationCodeValidator;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.StateValidator;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

final class Journeys {
    static final String FDX = "fdx:accountbasic:read fdx:transactions:read";
    static final String RICH = """
        [{"type":"fdx_v1.0","consentRequest":{"durationType":"TIME_BOUND","durationPeriod":30,"lookbackPeriod":60,
          "resources":[{"resourceType":"ACCOUNT","dataClusters":[%s]}]}}]""";

    /** One way through, as `../journeys` says it. */
    record Journey(String clientId, List<String> words) {
        boolean is(String word) {
            return words.contains(word);
        }

        /** A client of OpenID Connect learns who somebody is and reads no account. */
        boolean reads() {
            return !is("oidc");
        }

        String scope() {
            if (!reads()) return "openid offline_access";
            return is("openid") ? "openid offline_access " + FDX : FDX;
        }
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            System.err.println("java -cp 'lib/*' Journeys.java FACTS < JOURNEYS");
            System.exit(64);
        }
        int failures = 0;
        for (String line : new String(System.in.readAllBytes()).lines().toList()) {
            List<String> words = List.of(line.split(" "));
            Journey journey = new Journey(words.get(0), words.subList(1, words.size()));
            String name = String.join(" ", journey.words());
            try {
                Recipient recipient = new Recipient(Path.of(arguments[0]), journey);
                if (journey.is("own")) recipient.actForItself();
                else recipient.travel();
                System.out.println("ok      " + name);
            } catch (Exception problem) {
                failures += 1;
                System.out.println("FAILED  " + name + ": " + problem);
            }
        }
        System.exit(failures == 0 ? 0 : 1);
    }

    static final class Failed extends Exception {
        Failed(String why) {
            super(why);
        }
    }

    static void expect(boolean is, String otherwise) throws Failed {
        if (!is) throw new Failed(otherwise);
    }

    /** A registered client. */
    static final class Recipient {
        final Path factsFile;
        final Journey journey;
        final Map<String, Object> facts;
        final ClientID clientId;
        final URI redirectUri;
        final String method;
        final Secret secret;
        final JWK key;
        final RSAKey decryption;
        final JWSAlgorithm algorithm;
        final SSLSocketFactory tls;
        final OIDCProviderMetadata metadata;
        final JWKSet keys;
        final DPoPProofFactory proofs;
        Nonce dpopNonce;

        Recipient(Path factsFile, Journey journey) throws Exception {
            this.factsFile = factsFile;
            this.journey = journey;
            facts = JSONObjectUtils.parse(Files.readString(factsFile));
            Map<String, Object> registered = null;
            for (Map<String, Object> client : JSONObjectUtils.getJSONObjectArray(facts, "clients")) {
                if (journey.clientId().equals(client.get("client_id"))) registered = client;
            }
            expect(registered != null, journey.clientId() + " is not registered (README.md)");
            clientId = new ClientID(journey.clientId());
            List<String> redirectUris = JSONObjectUtils.getStringList(registered, "redirect_uris");
            redirectUri = redirectUris.isEmpty() ? null : URI.create(redirectUris.get(0));
            method = (String) registered.get("auth_method");
            String certificate = null, certificateKey = null;
            if (method.startsWith("client_secret_")) {
                secret = new Secret(Files.readString(Path.of(secretPart(registered, "client_secret", "secret"))));
                key = null;
                decryption = null;
                algorithm = JWSAlgorithm.RS256;
            } else {
                secret = null;
                List<JWK> own = JWKSet.load(Path.of(secretPart(registered, "jwks", "jwks")).toFile()).getKeys();
                key = own.get(0);
                decryption = own.size() > 1 ? own.get(1).toRSAKey() : null;
                algorithm = JWSAlgorithm.parse(key.getAlgorithm().getName());
                if (!journey.is("bearer")) {
                    certificate = secretPart(registered, "certificate", "crt");
                    certificateKey = secretPart(registered, "certificate_key", "key");
                }
            }
            tls = channel((String) facts.get("ca"), certificate, certificateKey);
            ECKey proofKey = new ECKeyGenerator(Curve.P_256).generate();
            proofs = journey.is("dpop") ? new DefaultDPoPProofFactory(proofKey, JWSAlgorithm.ES256) : null;
            String discovery = (String) facts.get("discovery");
            metadata = OIDCProviderMetadata.parse(send(new HTTPRequest(HTTPRequest.Method.GET, URI.create(discovery))).getBody());
            keys = JWKSet.parse(send(new HTTPRequest(HTTPRequest.Method.GET, metadata.getJWKSetURI())).getBody());
        }

        /** The private parts of a client that `make up` did not make are beside its registration. */
        static String secretPart(Map<String, Object> registered, String fact, String kind) {
            if (registered.get(fact) instanceof String path) return path;
            return Path.of((String) registered.get("registration")).resolveSibling("keys")
                .resolve(registered.get("client_id") + "." + kind).toString();
        }

        /** Client credentials: a recipient asks for its notifications, an application of the bank for a consumer's consents. */
        void actForItself() throws Exception {
            boolean isBank = journey.is("solution");
            Scope scope = new Scope(isBank ? "participantuser:consents:read" : "fdx:notifications:subscribe");
            AccessToken token = tokens(new ClientCredentialsGrant(), asking -> asking.scope(scope)).getTokens().getAccessToken();
            String user = (String) JSONObjectUtils.getJSONObjectArray(facts, "users")[0].get("user_id");
            String url = isBank
                ? facts.get("issuer") + "/participant/user/v1/consents?userId=" + user
                : facts.get("fdx") + "/events/notifications";
            expect(call(token, HTTPRequest.Method.GET, url, null).getStatusCode() == 200, "its own API does not answer");
            expect(isActive(token), "a token of its own is not active");
            giveBack(token);
            expect(!isActive(token), "a token that was given back is active");
        }

        void travel() throws Exception {
            CodeVerifier verifier = new CodeVerifier();
            State state = new State();
            Nonce nonce = new Nonce();
            URI answer = consume(authorizationUrl(request(verifier, state, nonce)));
            AuthorizationCode code = code(answer, state, nonce);

            boolean hasPkce = !journey.is("no-pkce");
            OIDCTokenResponse answered = tokens(new AuthorizationCodeGrant(code, redirectUri, hasPkce ? verifier : null), asking -> {});
            Tokens tokens = answered.getTokens();
            expect(tokens.getRefreshToken() != null, "no refresh token");
            if (journey.is("rich")) {
                List<AuthorizationDetail> granted = tokens.getAccessToken().getAuthorizationDetails();
                expect(granted != null && "fdx_v1.0".equals(granted.get(0).getType().getValue()), "no authorization_details");
            }
            if (journey.reads()) expect(accounts(tokens.getAccessToken()).length > 0, "no account");
            if (journey.is("openid")) {
                IDTokenClaimsSet told = validator().validate(answered.getOIDCTokens().getIDToken(), nonce);
                expect(userinfo(tokens.getAccessToken()).equals(told.getSubject().getValue()), "userinfo is of somebody else");
            }

            AuthorizationGrant refresh = new RefreshTokenGrant(tokens.getRefreshToken());
            AccessToken renewed = tokens(refresh, asking -> {}).getTokens().getAccessToken();
            expect(!renewed.equals(tokens.getAccessToken()), "the same access token again");
            if (journey.reads()) narrow(tokens.getAccessToken(), refresh);

            expect(isActive(renewed), "a token of its own is not active");
            giveBack(renewed);
            expect(!isActive(renewed), "a token that was given back is active");
            if (journey.reads()) {
                String consent = (String) answered.getCustomParameters().get("grant_id");
                String body = "{\"reason\":\"USER_ACTION\",\"initiator\":\"INDIVIDUAL\"}";
                String url = facts.get("fdx") + "/consents/" + consent + "/revocation";
                int ended = call(tokens.getAccessToken(), HTTPRequest.Method.PUT, url, body).getStatusCode();
                expect(ended == 204, "the consent's revocation answers " + ended);
            } else {
                giveBack(tokens.getRefreshToken());
            }
            expect(!isActive(tokens.getAccessToken()), "an access token outlives its grant");
        }

        /** A token for less than was granted, which the server tells and holds to (RFC6749-6, RFC9396-6.1). */
        void narrow(AccessToken whole, AuthorizationGrant refresh) throws Exception {
            List<AuthorizationDetail> less = AuthorizationDetail.parseList(RICH.formatted("\"ACCOUNT_BASIC\""));
            AccessToken narrowed = tokens(refresh, asking -> {
                if (journey.is("rich")) asking.authorizationDetails(less);
                else asking.scope(new Scope("fdx:accountbasic:read"));
            }).getTokens().getAccessToken();
            String url = facts.get("fdx") + "/core/accounts/" + accounts(narrowed)[0].get("accountId") + "/transactions";
            expect(call(whole, HTTPRequest.Method.GET, url, null).getStatusCode() == 200, "no transactions");
            int refused = call(narrowed, HTTPRequest.Method.GET, url, null).getStatusCode();
            expect(refused == 403, "a narrower token reads transactions: " + refused);
        }

        String userinfo(AccessToken token) throws Exception {
            HTTPRequest asking = new UserInfoRequest(endpoints().getUserInfoEndpointURI(), token).toHTTPRequest();
            UserInfoResponse answer = UserInfoResponse.parse(prove(asking, token));
            expect(answer.indicatesSuccess(), "no userinfo");
            UserInfoSuccessResponse told = answer.toSuccessResponse();
            expect(journey.is("signed-answers") == (told.getUserInfoJWT() != null), "signed, or not, against what was registered");
            if (told.getUserInfo() != null) return told.getUserInfo().getSubject().getValue();
            DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
            processor.setJWSKeySelector(signatures());
            processor.setJWEKeySelector(decryptions());
            return processor.process(told.getUserInfoJWT(), null).getSubject();
        }

        AuthorizationRequest request(CodeVerifier verifier, State state, Nonce nonce) throws Exception {
            ResponseType type = journey.is("code-id_token") ? ResponseType.CODE_IDTOKEN : ResponseType.CODE;
            ResponseMode mode = journey.is("jarm") ? ResponseMode.JWT : null;
            List<AuthorizationDetail> rich = journey.is("rich") ? AuthorizationDetail.parseList(RICH.formatted("\"ACCOUNT_BASIC\",\"TRANSACTIONS\"")) : null;
            Scope scope = Scope.parse(journey.scope());
            CodeVerifier challenged = journey.is("no-pkce") ? null : verifier;
            CodeChallengeMethod s256 = challenged == null ? null : CodeChallengeMethod.S256;
            if (!scope.contains(OIDCScopeValue.OPENID)) {
                return new AuthorizationRequest.Builder(type, clientId).redirectionURI(redirectUri).scope(scope).state(state)
                    .responseMode(mode).codeChallenge(challenged, s256).authorizationDetails(rich).build();
            }
            return new AuthenticationRequest.Builder(type, scope, clientId, redirectUri).state(state).nonce(nonce)
                .responseMode(mode).codeChallenge(challenged, s256).authorizationDetails(rich).build();
        }

        URI authorizationUrl(AuthorizationRequest asked) throws Exception {
            AuthorizationRequest sent = asked;
            if (journey.is("signed")) {
                Date now = new Date();
                JWTClaimsSet claims = new JWTClaimsSet.Builder(asked.toJWTClaimsSet()).issuer(clientId.getValue())
                    .audience(metadata.getIssuer().getValue()).notBeforeTime(now)
                    .expirationTime(Date.from(Instant.now().plusSeconds(300))).build();
                JWSHeader header = new JWSHeader.Builder(algorithm).keyID(key.getKeyID())
                    .type(new JOSEObjectType("oauth-authz-req+jwt")).build();
                SignedJWT object = new SignedJWT(header, claims);
                object.sign(key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey()));
                sent = journey.is("pushed")
                    ? new AuthorizationRequest.Builder(object, clientId).build()
                    // Outside the request object too (OIDC-Core-6.1).
                    : new AuthenticationRequest.Builder(asked.getResponseType(), asked.getScope(), clientId, redirectUri)
                        .requestObject(object).build();
            }
            if (journey.is("pushed")) {
                URI endpoint = endpoints().getPushedAuthorizationRequestEndpointURI();
                HTTPRequest pushing = new PushedAuthorizationRequest(endpoint, proof(), sent).toHTTPRequest();
                PushedAuthorizationResponse pushed = PushedAuthorizationResponse.parse(send(pushing));
                if (!pushed.indicatesSuccess()) throw new Failed("pushed: " + pushed.toErrorResponse().getErrorObject());
                sent = new AuthorizationRequest.Builder(pushed.toSuccessResponse().getRequestURI(), clientId).build();
            }
            return new AuthorizationRequest.Builder(sent).endpointURI(metadata.getAuthorizationEndpointURI()).build().toURI();
        }

        URI consume(URI url) throws Exception {
            String consumer = System.getenv().getOrDefault("CONSUMER", "../consumer");
            List<String> command = List.of(consumer, factsFile.toString(), url.toString(), redirectUri.toString());
            Process process = new ProcessBuilder(command).start();
            String told = new String(process.getInputStream().readAllBytes()).trim();
            String why = new String(process.getErrorStream().readAllBytes()).trim();
            expect(process.waitFor() == 0, why);
            return URI.create(told);
        }

        AuthorizationCode code(URI answer, State state, Nonce nonce) throws Exception {
            Issuer issuer = metadata.getIssuer();
            if (journey.is("code-id_token")) return codeBesideIdToken(answer, state, nonce);
            AuthorizationResponse told = journey.is("jarm")
                ? AuthorizationResponse.parse(answer, new JARMValidator(issuer, clientId, signatures(), decryptions()))
                : AuthorizationResponse.parse(answer);
            if (!told.indicatesSuccess()) throw new Failed("refused: " + told.toErrorResponse().getErrorObject());
            expect(state.equals(told.getState()), "another state");
            if (!journey.is("jarm")) {
                expect(issuer.equals(told.getIssuer()), "the answer is another issuer's (RFC9207-2.4)");
            }
            return told.toSuccessResponse().getAuthorizationCode();
        }

        AuthorizationCode codeBesideIdToken(URI answer, State state, Nonce nonce) throws Exception {
            AuthenticationResponse told = AuthenticationResponseParser.parse(answer);
            if (!told.indicatesSuccess()) throw new Failed("refused: " + told.toErrorResponse().getErrorObject());
            expect(state.equals(told.getState()), "another state");
            AuthenticationSuccessResponse success = told.toSuccessResponse();
            IDTokenClaimsSet detached = validator().validate(success.getIDToken(), nonce);
            AuthorizationCodeValidator.validate(success.getAuthorizationCode(), algorithm, detached.getCodeHash());
            StateValidator.validate(state, algorithm, detached.getStateHash());
            return success.getAuthorizationCode();
        }

        OIDCTokenResponse tokens(AuthorizationGrant grant, Consumer<TokenRequest.Builder> more) throws Exception {
            TokenResponse answer = askForTokens(grant, more);
            // What a nonce is wanted for is asked again, with it and a fresh proof of who asks (RFC9449-8).
            if (!answer.indicatesSuccess() && answer.toErrorResponse().getErrorObject().equals(OAuth2Error.USE_DPOP_NONCE)) {
                answer = askForTokens(grant, more);
            }
            if (!answer.indicatesSuccess()) throw new Failed("no tokens: " + answer.toErrorResponse().getErrorObject());
            if (answer instanceof OIDCTokenResponse openid) return openid;
            Tokens tokens = answer.toSuccessResponse().getTokens();
            return new OIDCTokenResponse(new OIDCTokens(tokens.getAccessToken(), tokens.getRefreshToken()),
                answer.toSuccessResponse().getCustomParameters());
        }

        TokenResponse askForTokens(AuthorizationGrant grant, Consumer<TokenRequest.Builder> more) throws Exception {
            TokenRequest.Builder asking = new TokenRequest.Builder(endpoints().getTokenEndpointURI(), proof(), grant);
            more.accept(asking);
            return OIDCTokenResponseParser.parse(prove(asking.build().toHTTPRequest(), null));
        }

        boolean isActive(AccessToken token) throws Exception {
            URI endpoint = endpoints().getIntrospectionEndpointURI();
            HTTPResponse answer = send(new TokenIntrospectionRequest(endpoint, proof(), token).toHTTPRequest());
            return TokenIntrospectionResponse.parse(answer).toSuccessResponse().isActive();
        }

        void giveBack(Token token) throws Exception {
            URI endpoint = endpoints().getRevocationEndpointURI();
            HTTPResponse answer = send(new TokenRevocationRequest(endpoint, proof(), token).toHTTPRequest());
            expect(answer.getStatusCode() == 200, "revocation: " + answer.getStatusCode());
        }

        Map<String, Object>[] accounts(AccessToken token) throws Exception {
            HTTPResponse answer = call(token, HTTPRequest.Method.GET, facts.get("fdx") + "/core/accounts", null);
            expect(answer.getStatusCode() == 200, "the accounts answer " + answer.getStatusCode());
            return JSONObjectUtils.getJSONObjectArray(JSONObjectUtils.parse(answer.getBody()), "accounts");
        }

        HTTPResponse call(AccessToken token, HTTPRequest.Method method, String url, String body) throws Exception {
            HTTPRequest asking = new HTTPRequest(method, URI.create(url));
            asking.setAuthorization(token.toAuthorizationHeader());
            if (body != null) {
                asking.setEntityContentType(ContentType.APPLICATION_JSON);
                asking.setBody(body);
            }
            return prove(asking, token);
        }

        /** Sends with a DPoP proof where the journey has them, again when the API wants one with a nonce (RFC9449-9). */
        HTTPResponse prove(HTTPRequest asking, AccessToken token) throws Exception {
            if (proofs == null) return send(asking);
            Nonce before = dpopNonce;
            HTTPResponse answer = sendProven(asking, token);
            boolean isWanted = token != null && answer.getStatusCode() == 401 && dpopNonce != null && !dpopNonce.equals(before);
            return isWanted ? sendProven(asking, token) : answer;
        }

        HTTPResponse sendProven(HTTPRequest asking, AccessToken token) throws Exception {
            String method = asking.getMethod().name();
            // Of the request's URI without its query (RFC9449-4.2).
            URI target = URI.create(asking.getURI().toString().split("\\?")[0]);
            asking.setDPoP(token == null
                ? proofs.createDPoPJWT(method, target, dpopNonce)
                : proofs.createDPoPJWT(method, target, token, dpopNonce));
            HTTPResponse answer = send(asking);
            if (answer.getDPoPNonce() != null) dpopNonce = answer.getDPoPNonce();
            return answer;
        }

        HTTPResponse send(HTTPRequest asking) throws Exception {
            asking.setSSLSocketFactory(tls);
            asking.setConnectTimeout(20_000);
            asking.setReadTimeout(20_000);
            asking.setFollowRedirects(false);
            return asking.send();
        }

        /** A fresh one for each request: an assertion is good once. */
        ClientAuthentication proof() throws Exception {
            return switch (method) {
                // The audience is the issuer, in every profile (FAPI2-SP-FINAL-5.3.2.1-8).
                case "private_key_jwt" -> new PrivateKeyJWT(clientId, URI.create(metadata.getIssuer().getValue()), algorithm,
                    ((AsymmetricJWK) key).toPrivateKey(), key.getKeyID(), null);
                case "client_secret_basic" -> new ClientSecretBasic(clientId, secret);
                case "client_secret_post" -> new ClientSecretPost(clientId, secret);
                case "self_signed_tls_client_auth" -> new SelfSignedTLSClientAuthentication(clientId, tls);
                default -> new PKITLSClientAuthentication(clientId, tls);
            };
        }

        IDTokenValidator validator() {
            return new IDTokenValidator(metadata.getIssuer(), clientId, signatures(), decryptions());
        }

        JWSKeySelector<SecurityContext> signatures() {
            return new JWSVerificationKeySelector<>(algorithm, new ImmutableJWKSet<>(keys));
        }

        /** None when nothing is encrypted for this client. */
        JWEKeySelector<SecurityContext> decryptions() {
            if (decryption == null) return null;
            return new JWEDecryptionKeySelector<>(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A256GCM,
                new ImmutableJWKSet<>(new JWKSet(decryption)));
        }

        ReadOnlyOIDCProviderEndpointMetadata endpoints() {
            return journey.is("bearer") ? metadata : metadata.getReadOnlyMtlsEndpointAliases();
        }
    }

    /** TLS to servers of one authority, with the certificate of the client when it has one. */
    static SSLSocketFactory channel(String authority, String certificate, String privateKey) throws Exception {
        KeyStore trusted = empty();
        trusted.setCertificateEntry("authority", certificates(authority)[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);

        SSLContext context = SSLContext.getInstance("TLS");
        if (certificate == null) {
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        }
        String pem = Files.readString(Path.of(privateKey)).replaceAll("-----[A-Z ]+-----|\\s", "");
        KeyStore own = empty();
        own.setKeyEntry("own", KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))),
            new char[0], certificates(certificate));
        KeyManagerFactory presented = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        presented.init(own, new char[0]);
        context.init(presented.getKeyManagers(), trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    static KeyStore empty() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    static Certificate[] certificates(String file) throws Exception {
        try (InputStream pem = new ByteArrayInputStream(Files.readAllBytes(Path.of(file)))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(pem).toArray(new Certificate[0]);
        }
    }
}
