// The OAuth 2.0 SDK of Nimbus, as it is published, completes each profile: discovery, authorization, tokens, accounts, userinfo,
// refresh, introspection, revocation.
//
//   java -cp 'lib/*' Journeys.java FACTS [WORDS...]     FACTS is var/up.json; WORDS: only journeys whose names hold them all
//
// Prints a line a journey; exit 1 when any fails. The consumer's part is `../consumer`.

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.PKITLSClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
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
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import com.nimbusds.openid.connect.sdk.*;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
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
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

final class Journeys {
    static final JWSAlgorithm ALGORITHM = JWSAlgorithm.PS256;
    static final String FDX = "fdx:accountbasic:read fdx:transactions:read";
    static final String OPENID = "openid offline_access " + FDX;
    static final String RICH = """
        [{"type":"fdx_v1.0","consentRequest":{"durationType":"TIME_BOUND","durationPeriod":30,"lookbackPeriod":60,
          "resources":[{"resourceType":"ACCOUNT","dataClusters":["ACCOUNT_BASIC","TRANSACTIONS"]}]}}]""";

    /** One way through. Words of its name say what it does: value or pushed, signed, jarm, hybrid, rich, dpop. */
    record Journey(String name, String clientId, String scope) {
        boolean is(String word) {
            return List.of(name.split(" ")).contains(word);
        }
    }

    static final List<Journey> JOURNEYS = List.of(
        new Journey("fapi1 jwt signed value hybrid", "fapi1-jwt-1", OPENID),
        new Journey("fapi1 jwt signed pushed jarm", "fapi1-jwt-1", OPENID),
        new Journey("fapi1 mtls signed pushed hybrid", "fapi1-mtls-1", OPENID),
        new Journey("fapi2 jwt pushed openid rich", "fapi2-jwt-1", OPENID),
        new Journey("fapi2 mtls pushed oauth", "fapi2-mtls-1", FDX),
        new Journey("fapi2 jwt pushed dpop openid", "fapi2-dpop-jwt-1", OPENID),
        new Journey("fapi2 mtls pushed dpop oauth rich", "fapi2-dpop-mtls-1", FDX),
        new Journey("signing jwt signed pushed jarm rich", "fapi2-signing-jwt-1", OPENID),
        new Journey("signing mtls signed pushed", "fapi2-signing-mtls-1", OPENID),
        new Journey("signing jwt signed pushed dpop jarm", "fapi2-signing-dpop-jwt-1", OPENID));

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            System.err.println("java -cp 'lib/*' Journeys.java FACTS [WORDS...]");
            System.exit(64);
        }
        Path facts = Path.of(arguments[0]);
        List<String> words = Arrays.asList(arguments).subList(1, arguments.length);
        int failures = 0;
        for (Journey journey : JOURNEYS) {
            if (!words.stream().allMatch(journey::is)) continue;
            try {
                new Recipient(facts, journey).travel();
                System.out.println("ok      " + journey.name());
            } catch (Exception problem) {
                failures += 1;
                System.out.println("FAILED  " + journey.name() + ": " + problem);
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
        final RSAKey key;
        final boolean signs;
        final SSLSocketFactory tls;
        final OIDCProviderMetadata metadata;
        final JWKSet keys;
        final DPoPProofFactory proofs;

        Recipient(Path factsFile, Journey journey) throws Exception {
            this.factsFile = factsFile;
            this.journey = journey;
            facts = JSONObjectUtils.parse(Files.readString(factsFile));
            Map<String, Object> registered = null;
            for (Map<String, Object> client : JSONObjectUtils.getJSONObjectArray(facts, "clients")) {
                if (journey.clientId().equals(client.get("client_id"))) registered = client;
            }
            expect(registered != null, journey.clientId() + " is not registered");
            clientId = new ClientID(journey.clientId());
            redirectUri = URI.create(JSONObjectUtils.getStringList(registered, "redirect_uris").get(0));
            key = JWKSet.load(Path.of((String) registered.get("jwks")).toFile()).getKeys().get(0).toRSAKey();
            signs = "private_key_jwt".equals(registered.get("auth_method"));
            tls = channel((String) facts.get("ca"), (String) registered.get("certificate"), (String) registered.get("certificate_key"));
            ECKey proofKey = new ECKeyGenerator(Curve.P_256).generate();
            proofs = journey.is("dpop") ? new DefaultDPoPProofFactory(proofKey, JWSAlgorithm.ES256) : null;
            String discovery = (String) facts.get("discovery");
            metadata = OIDCProviderMetadata.parse(send(new HTTPRequest(HTTPRequest.Method.GET, URI.create(discovery))).getBody());
            keys = JWKSet.parse(send(new HTTPRequest(HTTPRequest.Method.GET, metadata.getJWKSetURI())).getBody());
        }

        void travel() throws Exception {
            CodeVerifier verifier = new CodeVerifier();
            State state = new State();
            Nonce nonce = new Nonce();
            URI answer = consume(authorizationUrl(request(verifier, state, nonce)));
            AuthorizationCode code = code(answer, state, nonce);

            AuthorizationGrant redeemed = new AuthorizationCodeGrant(code, redirectUri, verifier);
            OIDCTokenResponse answered = tokens(redeemed);
            Tokens tokens = answered.getTokens();
            expect(tokens.getRefreshToken() != null, "no refresh token");
            if (journey.is("rich")) {
                List<AuthorizationDetail> granted = tokens.getAccessToken().getAuthorizationDetails();
                expect(granted != null && "fdx_v1.0".equals(granted.get(0).getType().getValue()), "not rich");
            }
            expect(accounts(tokens.getAccessToken()) > 0, "no account");
            if (journey.scope().equals(OPENID)) {
                IDTokenClaimsSet told = validator().validate(answered.getOIDCTokens().getIDToken(), nonce);
                HTTPRequest asking = new UserInfoRequest(alias().getUserInfoEndpointURI(), tokens.getAccessToken()).toHTTPRequest();
                UserInfoResponse userinfo = UserInfoResponse.parse(send(prove(asking, tokens.getAccessToken())));
                expect(userinfo.indicatesSuccess(), "no userinfo");
                expect(userinfo.toSuccessResponse().getUserInfo().getSubject().equals(told.getSubject()), "another subject");
            }

            RefreshToken refreshToken = tokens.getRefreshToken();
            AccessToken renewed = tokens(new RefreshTokenGrant(refreshToken)).getTokens().getAccessToken();
            expect(!renewed.equals(tokens.getAccessToken()), "the same access token again");
            expect(accounts(renewed) > 0, "no account after the refresh");

            expect(isActive(renewed), "a token of its own is not active");
            URI revocation = alias().getRevocationEndpointURI();
            HTTPResponse revoked = send(new TokenRevocationRequest(revocation, proof(), refreshToken).toHTTPRequest());
            expect(revoked.getStatusCode() == 200, "revocation: " + revoked.getStatusCode());
            expect(!isActive(renewed), "an access token outlives its refresh token");
        }

        AuthorizationRequest request(CodeVerifier verifier, State state, Nonce nonce) throws Exception {
            ResponseType type = journey.is("hybrid") ? ResponseType.CODE_IDTOKEN : ResponseType.CODE;
            ResponseMode mode = journey.is("jarm") ? ResponseMode.JWT : null;
            List<AuthorizationDetail> rich = journey.is("rich") ? AuthorizationDetail.parseList(RICH) : null;
            Scope scope = Scope.parse(journey.scope());
            if (!scope.contains(OIDCScopeValue.OPENID)) {
                return new AuthorizationRequest.Builder(type, clientId).redirectionURI(redirectUri).scope(scope).state(state)
                    .responseMode(mode).codeChallenge(verifier, CodeChallengeMethod.S256).authorizationDetails(rich).build();
            }
            return new AuthenticationRequest.Builder(type, scope, clientId, redirectUri).state(state).nonce(nonce)
                .responseMode(mode).codeChallenge(verifier, CodeChallengeMethod.S256).authorizationDetails(rich).build();
        }

        URI authorizationUrl(AuthorizationRequest asked) throws Exception {
            AuthorizationRequest sent = asked;
            if (journey.is("signed")) {
                Date now = new Date();
                JWTClaimsSet claims = new JWTClaimsSet.Builder(asked.toJWTClaimsSet()).issuer(clientId.getValue())
                    .audience(metadata.getIssuer().getValue()).notBeforeTime(now)
                    .expirationTime(Date.from(Instant.now().plusSeconds(300))).build();
                JWSHeader header = new JWSHeader.Builder(ALGORITHM).keyID(key.getKeyID())
                    .type(new JOSEObjectType("oauth-authz-req+jwt")).build();
                SignedJWT object = new SignedJWT(header, claims);
                object.sign(new RSASSASigner(key));
                sent = journey.is("pushed")
                    ? new AuthorizationRequest.Builder(object, clientId).build()
                    // Outside the request object too (OIDC-Core-6.1).
                    : new AuthenticationRequest.Builder(asked.getResponseType(), asked.getScope(), clientId, redirectUri)
                        .requestObject(object).build();
            }
            if (journey.is("pushed")) {
                URI endpoint = alias().getPushedAuthorizationRequestEndpointURI();
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
            if (journey.is("hybrid")) return codeBesideIdToken(answer, state, nonce);
            AuthorizationResponse told = journey.is("jarm")
                ? AuthorizationResponse.parse(answer, new JARMValidator(issuer, clientId, ALGORITHM, keys))
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
            AuthorizationCodeValidator.validate(success.getAuthorizationCode(), ALGORITHM, detached.getCodeHash());
            StateValidator.validate(state, ALGORITHM, detached.getStateHash());
            return success.getAuthorizationCode();
        }

        OIDCTokenResponse tokens(AuthorizationGrant grant) throws Exception {
            HTTPRequest asking = new TokenRequest.Builder(alias().getTokenEndpointURI(), proof(), grant).build().toHTTPRequest();
            TokenResponse answer = OIDCTokenResponseParser.parse(send(prove(asking, null)));
            if (!answer.indicatesSuccess()) throw new Failed("no tokens: " + answer.toErrorResponse().getErrorObject());
            return answer instanceof OIDCTokenResponse openid
                ? openid
                : new OIDCTokenResponse(new com.nimbusds.openid.connect.sdk.token.OIDCTokens(
                    answer.toSuccessResponse().getTokens().getAccessToken(), answer.toSuccessResponse().getTokens().getRefreshToken()));
        }

        boolean isActive(AccessToken token) throws Exception {
            URI endpoint = alias().getIntrospectionEndpointURI();
            HTTPResponse answer = send(new TokenIntrospectionRequest(endpoint, proof(), token).toHTTPRequest());
            return TokenIntrospectionResponse.parse(answer).toSuccessResponse().isActive();
        }

        int accounts(AccessToken token) throws Exception {
            HTTPRequest asking = new HTTPRequest(HTTPRequest.Method.GET, URI.create(facts.get("fdx") + "/core/accounts"));
            asking.setAuthorization(token.toAuthorizationHeader());
            HTTPResponse answer = send(prove(asking, token));
            expect(answer.getStatusCode() == 200, "the accounts answer " + answer.getStatusCode());
            return JSONObjectUtils.getJSONObjectArray(answer.getBodyAsJSONObject(), "accounts").length;
        }

        /** Adds a DPoP proof where the journey has them. */
        HTTPRequest prove(HTTPRequest asking, AccessToken token) throws Exception {
            if (proofs != null) {
                String method = asking.getMethod().name();
                asking.setDPoP(token == null
                    ? proofs.createDPoPJWT(method, asking.getURI())
                    : proofs.createDPoPJWT(method, asking.getURI(), token));
            }
            return asking;
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
            // The audience is the issuer, in every profile (FAPI2-SP-FINAL-5.3.2.1-8).
            return signs
                ? new PrivateKeyJWT(clientId, URI.create(metadata.getIssuer().getValue()), ALGORITHM, key.toPrivateKey(), key.getKeyID(), null)
                : new PKITLSClientAuthentication(clientId, tls);
        }

        IDTokenValidator validator() {
            return new IDTokenValidator(metadata.getIssuer(), clientId, ALGORITHM, keys);
        }

        com.nimbusds.openid.connect.sdk.op.ReadOnlyOIDCProviderEndpointMetadata alias() {
            return metadata.getReadOnlyMtlsEndpointAliases();
        }
    }

    /** TLS with the certificate of the client, to servers of one authority. */
    static SSLSocketFactory channel(String authority, String certificate, String privateKey) throws Exception {
        KeyStore trusted = empty();
        trusted.setCertificateEntry("authority", certificates(authority)[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);

        String pem = Files.readString(Path.of(privateKey)).replaceAll("-----[A-Z ]+-----|\\s", "");
        KeyStore own = empty();
        own.setKeyEntry("own", KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))),
            new char[0], certificates(certificate));
        KeyManagerFactory presented = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        presented.init(own, new char[0]);

        SSLContext context = SSLContext.getInstance("TLS");
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
