// go-oidc and golang.org/x/oauth2, as they are fetched, complete what they know of the profiles: discovery, authorization code with PKCE,
// tokens, userinfo, refresh; client credentials, also with a certificate.
//
//	go run . FACTS < JOURNEYS     FACTS is var/up.json; JOURNEYS the lines of `../journeys`
//
// Prints a line a journey; exit 1 when any fails. The consumer's part is `../consumer`.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// What these libraries have not.
var lacks = map[string]string{
	"dpop":            "no DPoP",
	"signed":          "no request objects",
	"pushed":          "no pushed requests",
	"private_key_jwt": "no client assertions",
}

// facts are what is used here of var/up.json.
type facts struct {
	Issuer  string   `json:"issuer"`
	FDX     string   `json:"fdx"`
	CA      string   `json:"ca"`
	Clients []client `json:"clients"`
	Users   []struct {
		UserID string `json:"user_id"`
	} `json:"users"`
	file string
}

type client struct {
	ClientID       string   `json:"client_id"`
	AuthMethod     string   `json:"auth_method"`
	RedirectURIs   []string `json:"redirect_uris"`
	Registration   string   `json:"registration"`
	Certificate    string   `json:"certificate"`
	CertificateKey string   `json:"certificate_key"`
	ClientSecret   string   `json:"client_secret"`
}

// private tells where a private part is: those of a client that `make up` did not make are beside its registration.
func (c client) private(fact, kind string) string {
	if fact != "" {
		return fact
	}
	return filepath.Join(filepath.Dir(c.Registration), "keys", c.ClientID+"."+kind)
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "go run . FACTS < JOURNEYS")
		os.Exit(64)
	}
	known, err := read(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	failures := 0
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		id, name, _ := strings.Cut(lines.Text(), " ")
		words := strings.Fields(name)
		missing := slices.IndexFunc(words, func(word string) bool { return lacks[word] != "" })
		if missing >= 0 {
			fmt.Printf("lacks   %s: %s\n", name, lacks[words[missing]])
		} else if err := known.attempt(id, words); err != nil {
			failures++
			fmt.Printf("FAILED  %s: %v\n", name, err)
		} else {
			fmt.Printf("ok      %s\n", name)
		}
	}
	if failures > 0 {
		os.Exit(1)
	}
}

func read(file string) (*facts, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	known := &facts{file: file}
	return known, json.Unmarshal(text, known)
}

func (f *facts) attempt(id string, words []string) error {
	found := slices.IndexFunc(f.Clients, func(c client) bool { return c.ClientID == id })
	if found < 0 {
		return fmt.Errorf("%s is not registered (README.md)", id)
	}
	registered := f.Clients[found]
	channel, err := f.channel(registered)
	if err != nil {
		return err
	}
	// Both libraries take their channel from the context.
	ctx, cancel := context.WithTimeout(oidc.ClientContext(context.Background(), channel), time.Minute)
	defer cancel()
	provider, err := oidc.NewProvider(ctx, f.Issuer)
	if err != nil {
		return err
	}
	if slices.Contains(words, "own") {
		return f.actForItself(ctx, provider, registered, slices.Contains(words, "solution"))
	}
	return f.travel(ctx, provider, registered, !slices.Contains(words, "no-pkce"))
}

// travel is the whole journey of OpenID Connect.
func (f *facts) travel(ctx context.Context, provider *oidc.Provider, registered client, hasPKCE bool) error {
	endpoint, secret, err := authentication(provider, registered)
	if err != nil {
		return err
	}
	config := &oauth2.Config{
		ClientID:     registered.ClientID,
		ClientSecret: secret,
		Endpoint:     endpoint,
		RedirectURL:  registered.RedirectURIs[0],
		Scopes:       []string{oidc.ScopeOpenID, oidc.ScopeOfflineAccess},
	}
	state, nonce := rand.Text(), rand.Text()
	asking, redeeming := []oauth2.AuthCodeOption{oidc.Nonce(nonce)}, []oauth2.AuthCodeOption{}
	if hasPKCE {
		verifier := oauth2.GenerateVerifier()
		asking = append(asking, oauth2.S256ChallengeOption(verifier))
		redeeming = append(redeeming, oauth2.VerifierOption(verifier))
	}
	answer, err := f.consume(config.AuthCodeURL(state, asking...), config.RedirectURL)
	if err != nil {
		return err
	}
	if answer.Get("state") != state || answer.Get("iss") != f.Issuer {
		return errors.New("another state, or another issuer (RFC9207-2.4)")
	}
	tokens, err := config.Exchange(ctx, answer.Get("code"), redeeming...)
	if err != nil {
		return err
	}
	if err := verify(ctx, provider, registered.ClientID, tokens, nonce); err != nil {
		return err
	}
	// One that has ended, so that the library asks for the next.
	tokens.Expiry = time.Now().Add(-time.Minute)
	renewed, err := config.TokenSource(ctx, tokens).Token()
	if err != nil {
		return err
	}
	if renewed.AccessToken == tokens.AccessToken {
		return errors.New("the same access token again")
	}
	_, err = provider.UserInfo(ctx, oauth2.StaticTokenSource(renewed))
	return err
}

// verify looks at the id_token, at what it says of the access token, and at userinfo.
func verify(ctx context.Context, provider *oidc.Provider, clientID string, tokens *oauth2.Token, nonce string) error {
	text, _ := tokens.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: clientID}).Verify(ctx, text)
	if err != nil {
		return err
	}
	if idToken.Nonce != nonce {
		return errors.New("another nonce")
	}
	if err := idToken.VerifyAccessToken(tokens.AccessToken); err != nil {
		return err
	}
	userinfo, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return err
	}
	if userinfo.Subject != idToken.Subject {
		return errors.New("userinfo is of somebody else")
	}
	return nil
}

// actForItself is client credentials: a recipient asks for its notifications, an application of the bank for a consumer's consents.
func (f *facts) actForItself(ctx context.Context, provider *oidc.Provider, registered client, isBank bool) error {
	endpoint, secret, err := authentication(provider, registered)
	if err != nil {
		return err
	}
	scope, api := "fdx:notifications:subscribe", f.FDX+"/events/notifications"
	if isBank {
		scope, api = "participantuser:consents:read", f.Issuer+"/participant/user/v1/consents?userId="+f.Users[0].UserID
	}
	config := clientcredentials.Config{
		ClientID:     registered.ClientID,
		ClientSecret: secret,
		TokenURL:     endpoint.TokenURL,
		AuthStyle:    endpoint.AuthStyle,
		Scopes:       []string{scope},
	}
	answer, err := config.Client(ctx).Get(api)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 1000))
		return fmt.Errorf("%s answers %d %s", api, answer.StatusCode, text)
	}
	return nil
}

// authentication says where tokens are asked for, how the client proves itself there, and its secret when it has one.
func authentication(provider *oidc.Provider, registered client) (oauth2.Endpoint, string, error) {
	endpoint := provider.Endpoint()
	if !strings.HasPrefix(registered.AuthMethod, "client_secret_") {
		// The certificate proves it, at the other address; the client_id alone is sent (RFC8705-2, -5).
		var more struct {
			Aliases struct {
				Token string `json:"token_endpoint"`
			} `json:"mtls_endpoint_aliases"`
		}
		err := provider.Claims(&more)
		endpoint.TokenURL, endpoint.AuthStyle = more.Aliases.Token, oauth2.AuthStyleInParams
		return endpoint, "", err
	}
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if registered.AuthMethod == "client_secret_post" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	secret, err := os.ReadFile(registered.private(registered.ClientSecret, "secret"))
	return endpoint, string(secret), err
}

// channel is TLS to servers of one authority, with the certificate of the client when it has one.
func (f *facts) channel(registered client) (*http.Client, error) {
	pem, err := os.ReadFile(f.CA)
	if err != nil {
		return nil, err
	}
	trust := x509.NewCertPool()
	trust.AppendCertsFromPEM(pem)
	settings := &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12}
	if !strings.HasPrefix(registered.AuthMethod, "client_secret_") {
		certificate, key := registered.private(registered.Certificate, "crt"), registered.private(registered.CertificateKey, "key")
		own, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, err
		}
		settings.Certificates = []tls.Certificate{own}
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: settings}, Timeout: 20 * time.Second}, nil
}

// consume lets the consumer decide, and gives the parameters of the answer.
func (f *facts) consume(authorization, redirectURI string) (url.Values, error) {
	told, err := exec.Command(os.Getenv("CONSUMER"), f.file, authorization, redirectURI).Output()
	if err != nil {
		var stuck *exec.ExitError
		if errors.As(err, &stuck) {
			return nil, errors.New(strings.TrimSpace(string(stuck.Stderr)))
		}
		return nil, err
	}
	answer, err := url.Parse(strings.TrimSpace(string(told)))
	if err != nil {
		return nil, err
	}
	return answer.Query(), nil
}
