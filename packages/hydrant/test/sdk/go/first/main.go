// Command first drives a server by github.com/ory/hydra-client-go 1.11.8, on un-prefixed paths:
//
//	first ADMIN_URL PUBLIC_URL
package main

import (
	"context"
	"net/http"
	"os"
	"time"

	hydra "github.com/ory/hydra-client-go"
	"hydrant.test/sdk/check"
)

var (
	ctx                 = context.Background()
	adminURL, publicURL = os.Args[1], os.Args[2]
	admin               = clientOf(adminURL).AdminApi
	metadata            = clientOf(adminURL).MetadataApi
	open                = clientOf(publicURL).PublicApi
)

func clientOf(address string) *hydra.APIClient {
	configuration := hydra.NewConfiguration()
	configuration.Servers = hydra.ServerConfigurations{{URL: address}}
	return hydra.NewAPIClient(configuration)
}

func main() {
	check.Part("service", service)
	check.Part("clients", clients)
	check.Part("keys", keys)
	check.Part("refusals", refusals)
	check.Part("journey", journey)
	check.Part("consents", consents)
	check.Part("trusted issuers", issuers)
}

func service() {
	check.Same("alive", check.Must(metadata.IsAlive(ctx).Execute()).GetStatus(), "ok")
	check.Same("ready", check.Must(metadata.IsReady(ctx).Execute()).GetStatus(), "ok")
	check.True("version", check.Must(metadata.GetVersion(ctx).Execute()).GetVersion() != "")
}

func create(members map[string]any) *hydra.OAuth2Client {
	body := check.Made[hydra.OAuth2Client](members)
	return check.Must(admin.CreateOAuth2Client(ctx).OAuth2Client(body).Execute())
}

func clients() {
	created := create(map[string]any{"client_name": "Notes", "redirect_uris": []string{check.Callback}})
	id := created.GetClientId()
	check.Same("length of the secret", len(created.GetClientSecret()), 26)
	again := check.Made[hydra.OAuth2Client](map[string]any{"client_id": id})
	check.Refused[*hydra.OAuth2Client](409)(admin.CreateOAuth2Client(ctx).OAuth2Client(again).Execute())

	read := check.Must(admin.GetOAuth2Client(ctx, id).Execute())
	check.Same("name", read.GetClientName(), "Notes")
	check.Same("callbacks", read.GetRedirectUris(), []string{check.Callback})
	check.True("no secret", !read.HasClientSecret())
	check.True("listed", len(check.Must(admin.ListOAuth2Clients(ctx).Limit(500).Offset(0).Execute())) > 0)

	read.SetClientName("Notebook")
	check.Must(admin.UpdateOAuth2Client(ctx, id).OAuth2Client(*read).Execute())
	patch := []hydra.PatchDocument{{Op: "replace", Path: "/metadata", Value: map[string]any{"tier": 2}}}
	check.Must(admin.PatchOAuth2Client(ctx, id).PatchDocument(patch).Execute())
	changed := check.Must(admin.GetOAuth2Client(ctx, id).Execute())
	check.Same("name", changed.GetClientName(), "Notebook")
	check.Same("metadata", changed.GetMetadata(), map[string]any{"tier": 2.0})
	check.Done(admin.DeleteOAuth2Client(ctx, id).Execute())
	check.Refused[*hydra.OAuth2Client](401)(admin.GetOAuth2Client(ctx, id).Execute())
}

func keys() {
	set := "go-first"
	kids := func() []string {
		found := []string{}
		for _, key := range check.Must(admin.GetJsonWebKeySet(ctx, set).Execute()).GetKeys() {
			check.True("alg", key.Alg != "")
			found = append(found, key.Kid)
		}
		return found
	}
	generate := func(alg, kid string) {
		body := hydra.JsonWebKeySetGeneratorRequest{Alg: alg, Kid: kid, Use: "sig"}
		check.Must(admin.CreateJsonWebKeySet(ctx, set).JsonWebKeySetGeneratorRequest(body).Execute())
	}
	generate("ES512", "pair")
	check.Same("number of keys", len(kids()), 2)
	key := check.Must(admin.GetJsonWebKey(ctx, "public:pair", set).Execute()).GetKeys()[0]
	key.Use = "enc"
	check.Same("use", check.Must(admin.UpdateJsonWebKey(ctx, "public:pair", set).JSONWebKey(key).Execute()).Use, "enc")
	key.Kid = "replaced"
	body := hydra.JSONWebKeySet{Keys: []hydra.JSONWebKey{key}}
	check.Must(admin.UpdateJsonWebKeySet(ctx, set).JSONWebKeySet(body).Execute())
	check.Same("keys", kids(), []string{"replaced"})
	generate("HS256", "other")
	check.Done(admin.DeleteJsonWebKey(ctx, "replaced", set).Execute())
	check.Same("keys", kids(), []string{"other"})
	check.Done(admin.DeleteJsonWebKeySet(ctx, set).Execute())
	check.Refused[*hydra.JSONWebKeySet](404)(admin.GetJsonWebKeySet(ctx, set).Execute())
}

func login(browser *check.Browser, clientID, subject string) (consentChallenge string) {
	challenge := browser.Told(check.AuthorizationURL(publicURL, clientID), "login_challenge")
	request := check.Must(admin.GetLoginRequest(ctx).LoginChallenge(challenge).Execute())
	check.Same("client", request.Client.GetClientId(), clientID)
	check.Same("scope", request.GetRequestedScope(), []string{"openid", "offline", "photos.read"})
	remember := true
	body := hydra.AcceptLoginRequest{Subject: subject, Remember: &remember}
	accepted := check.Must(admin.AcceptLoginRequest(ctx).LoginChallenge(challenge).AcceptLoginRequest(body).Execute())
	return browser.Told(accepted.RedirectTo, "consent_challenge")
}

func consent(browser *check.Browser, challenge string) (code string) {
	request := check.Must(admin.GetConsentRequest(ctx).ConsentChallenge(challenge).Execute())
	// This release holds extra claims of introspection only where their values are objects.
	body := hydra.AcceptConsentRequest{GrantScope: request.GetRequestedScope(), Session: &hydra.ConsentRequestSession{
		AccessToken: map[string]any{"tier": map[string]any{"level": "gold"}}, IdToken: map[string]any{"nickname": "Ada"},
	}}
	accept := admin.AcceptConsentRequest(ctx).ConsentChallenge(challenge).AcceptConsentRequest(body)
	return browser.Told(check.Must(accept.Execute()).RedirectTo, "code")
}

func refusals() {
	create(check.Photos("go-refused"))
	browser := check.NewBrowser()
	why := "access_denied"
	body := hydra.RejectRequest{Error: &why}
	challenge := browser.Told(check.AuthorizationURL(publicURL, "go-refused"), "login_challenge")
	noLogin := check.Must(admin.RejectLoginRequest(ctx).LoginChallenge(challenge).RejectRequest(body).Execute())
	check.Same("error", browser.Told(noLogin.RedirectTo, "error"), why)
	challenge = login(browser, "go-refused", "ada")
	noConsent := check.Must(admin.RejectConsentRequest(ctx).ConsentChallenge(challenge).RejectRequest(body).Execute())
	check.Same("error", browser.Told(noConsent.RedirectTo, "error"), why)
	check.Refused[*hydra.LoginRequest](404)(admin.GetLoginRequest(ctx).LoginChallenge("unknown").Execute())
}

func as(clientID string) context.Context {
	return context.WithValue(ctx, hydra.ContextBasicAuth, hydra.BasicAuth{UserName: clientID, Password: check.Secret})
}

func exchange(clientID, code string) *hydra.Oauth2TokenResponse {
	request := open.Oauth2Token(as(clientID)).GrantType("authorization_code").Code(code).RedirectUri(check.Callback)
	return check.Must(request.Execute())
}

func active(token string) bool {
	return check.Must(admin.IntrospectOAuth2Token(ctx).Token(token).Execute()).Active
}

func journey() {
	create(check.Photos("go-journey"))
	browser := check.NewBrowser()
	tokens := exchange("go-journey", consent(browser, login(browser, "go-journey", "ada")))
	seen := check.Must(admin.IntrospectOAuth2Token(ctx).Token(tokens.GetAccessToken()).Execute())
	check.Same("subject", seen.GetSub(), "ada")
	bearer := context.WithValue(ctx, hydra.ContextAccessToken, tokens.GetAccessToken())
	check.Same("nickname", check.Must(open.Userinfo(bearer).Execute()).GetNickname(), "Ada")
	check.Same("issuer", check.Must(open.DiscoverOpenIDConfiguration(ctx).Execute()).Issuer, publicURL)
	check.True("published keys", len(check.Must(open.WellKnown(ctx).Execute()).GetKeys()) > 0)

	refresh := open.Oauth2Token(as("go-journey")).GrantType("refresh_token").RefreshToken(tokens.GetRefreshToken())
	next := check.Must(refresh.Execute())
	check.True("alive", active(next.GetAccessToken()))
	check.Done(admin.FlushInactiveOAuth2Tokens(ctx).Execute())
	check.Done(admin.DeleteOAuth2Token(ctx).ClientId("go-journey").Execute())
	check.True("over", !active(next.GetAccessToken()))
	check.Done(open.RevokeOAuth2Token(as("go-journey")).Token(next.GetRefreshToken()).Execute())
	check.True("over", !active(next.GetRefreshToken()))

	address := check.LogoutURL(publicURL, tokens.GetIdToken())
	challenge := browser.Told(address, "logout_challenge")
	check.Same("subject", check.Must(admin.GetLogoutRequest(ctx).LogoutChallenge(challenge).Execute()).GetSubject(), "ada")
	check.Done(admin.RejectLogoutRequest(ctx).LogoutChallenge(challenge).Execute())
	challenge = browser.Told(address, "logout_challenge")
	accepted := check.Must(admin.AcceptLogoutRequest(ctx).LogoutChallenge(challenge).Execute())
	check.Same("end", browser.Location(accepted.RedirectTo), check.Goodbye+"?state=bye")
}

func consents() {
	create(check.Photos("go-consents"))
	browser := check.NewBrowser()
	tokens := exchange("go-consents", consent(browser, login(browser, "go-consents", "owner")))
	listed := func() []hydra.PreviousConsentSession {
		return check.Must(admin.ListSubjectConsentSessions(ctx).Subject("owner").Execute())
	}
	check.Same("scope", listed()[0].GetGrantScope(), []string{"openid", "offline", "photos.read"})
	check.Done(admin.RevokeConsentSessions(ctx).Subject("owner").All(true).Execute())
	check.Same("consents", len(listed()), 0)
	check.True("over", !active(tokens.GetAccessToken()))

	skipped := func() bool {
		challenge := browser.Told(check.AuthorizationURL(publicURL, "go-consents"), "login_challenge")
		return check.Must(admin.GetLoginRequest(ctx).LoginChallenge(challenge).Execute()).Skip
	}
	check.True("remembered", skipped())
	check.Done(admin.RevokeAuthenticationSession(ctx).Subject("owner").Execute())
	check.True("forgotten", !skipped())
}

func issuers() {
	set := "go-issuer-key"
	generated := hydra.JsonWebKeySetGeneratorRequest{Alg: "ES512", Kid: "issuer", Use: "sig"}
	check.Must(admin.CreateJsonWebKeySet(ctx, set).JsonWebKeySetGeneratorRequest(generated).Execute())
	key := check.Must(admin.GetJsonWebKey(ctx, "public:issuer", set).Execute()).GetKeys()[0]
	issuer, subject := "https://go-first.example", "ada"
	body := hydra.TrustJwtGrantIssuerBody{
		Issuer: issuer, Subject: &subject, Scope: []string{"photos.read"}, ExpiresAt: time.Now().Add(time.Hour), Jwk: key,
	}
	trusted := check.Must(admin.TrustJwtGrantIssuer(ctx).TrustJwtGrantIssuerBody(body).Execute())
	one := func() (*hydra.TrustedJwtGrantIssuer, *http.Response, error) {
		return admin.GetTrustedJwtGrantIssuer(ctx, trusted.GetId()).Execute()
	}
	check.Same("issuer", check.Must(one()).GetIssuer(), issuer)
	check.Same("issuers", len(check.Must(admin.ListTrustedJwtGrantIssuers(ctx).Issuer(issuer).Execute())), 1)
	check.Done(admin.DeleteTrustedJwtGrantIssuer(ctx, trusted.GetId()).Execute())
	check.Refused[*hydra.TrustedJwtGrantIssuer](404)(one())
}
