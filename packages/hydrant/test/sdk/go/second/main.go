// Command second drives a server by github.com/ory/hydra-client-go/v2 2.2.1, on /admin:
//
//	second ADMIN_URL PUBLIC_URL
package main

import (
	"context"
	"net/http"
	"os"
	"time"

	hydra "github.com/ory/hydra-client-go/v2"
	"hydrant.test/sdk/check"
)

var (
	ctx                 = context.Background()
	adminURL, publicURL = os.Args[1], os.Args[2]
	admin               = clientOf(adminURL).OAuth2API
	jwk                 = clientOf(adminURL).JwkAPI
	metadata            = clientOf(adminURL).MetadataAPI
	open                = clientOf(publicURL)
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
	check.Part("registration", registration)
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
	check.Same("listed", len(check.Must(admin.ListOAuth2Clients(ctx).ClientName("Notes").PageSize(10).Execute())), 1)

	read.SetClientName("Notebook")
	check.Must(admin.SetOAuth2Client(ctx, id).OAuth2Client(*read).Execute())
	patch := []hydra.JsonPatch{{Op: "replace", Path: "/owner", Value: "ada"}}
	check.Must(admin.PatchOAuth2Client(ctx, id).JsonPatch(patch).Execute())
	hours := "90m"
	lifespans := hydra.OAuth2ClientTokenLifespans{}
	lifespans.SetClientCredentialsGrantAccessTokenLifespan(hours)
	check.Must(admin.SetOAuth2ClientLifespans(ctx, id).OAuth2ClientTokenLifespans(lifespans).Execute())
	changed := check.Must(admin.GetOAuth2Client(ctx, id).Execute())
	check.Same("name", changed.GetClientName(), "Notebook")
	check.Same("owner", changed.GetOwner(), "ada")
	check.Same("lifespan", changed.GetClientCredentialsGrantAccessTokenLifespan(), "1h30m0s")
	check.Done(admin.DeleteOAuth2Client(ctx, id).Execute())
	check.Refused[*hydra.OAuth2Client](404)(admin.GetOAuth2Client(ctx, id).Execute())
}

func generate(set, kid string) {
	body := hydra.CreateJsonWebKeySet{Alg: "ES256", Kid: kid, Use: "sig"}
	check.Must(jwk.CreateJsonWebKeySet(ctx, set).CreateJsonWebKeySet(body).Execute())
}

func keys() {
	set := "go-second"
	kids := func() []string {
		found := []string{}
		for _, key := range check.Must(jwk.GetJsonWebKeySet(ctx, set).Execute()).GetKeys() {
			check.True("alg", key.Alg != "")
			found = append(found, key.Kid)
		}
		return found
	}
	generate(set, "first")
	check.Same("keys", kids(), []string{"first"})
	key := check.Must(jwk.GetJsonWebKey(ctx, set, "first").Execute()).GetKeys()[0]
	key.Use = "enc"
	check.Same("use", check.Must(jwk.SetJsonWebKey(ctx, set, "first").JsonWebKey(key).Execute()).Use, "enc")
	key.Kid = "replaced"
	body := hydra.JsonWebKeySet{Keys: []hydra.JsonWebKey{key}}
	check.Must(jwk.SetJsonWebKeySet(ctx, set).JsonWebKeySet(body).Execute())
	check.Same("keys", kids(), []string{"replaced"})
	generate(set, "other")
	check.Done(jwk.DeleteJsonWebKey(ctx, set, "replaced").Execute())
	check.Same("keys", kids(), []string{"other"})
	check.Done(jwk.DeleteJsonWebKeySet(ctx, set).Execute())
	check.Refused[*hydra.JsonWebKeySet](404)(jwk.GetJsonWebKeySet(ctx, set).Execute())
}

func login(browser *check.Browser, clientID, subject string) (consentChallenge string) {
	challenge := browser.Told(check.AuthorizationURL(publicURL, clientID), "login_challenge")
	request := check.Must(admin.GetOAuth2LoginRequest(ctx).LoginChallenge(challenge).Execute())
	check.Same("client", request.Client.GetClientId(), clientID)
	check.Same("scope", request.GetRequestedScope(), []string{"openid", "offline", "photos.read"})
	remember := true
	body := hydra.AcceptOAuth2LoginRequest{Subject: subject, Remember: &remember, Context: map[string]any{"theme": "dark"}}
	accept := admin.AcceptOAuth2LoginRequest(ctx).LoginChallenge(challenge).AcceptOAuth2LoginRequest(body)
	return browser.Told(check.Must(accept.Execute()).RedirectTo, "consent_challenge")
}

func consent(browser *check.Browser, challenge string) (code string) {
	request := check.Must(admin.GetOAuth2ConsentRequest(ctx).ConsentChallenge(challenge).Execute())
	check.Same("context", request.GetContext(), map[string]any{"theme": "dark"})
	session := hydra.AcceptOAuth2ConsentRequestSession{
		AccessToken: map[string]any{"tier": "gold"}, IdToken: map[string]any{"nickname": "Ada"},
	}
	body := hydra.AcceptOAuth2ConsentRequest{GrantScope: request.GetRequestedScope(), Session: &session}
	accept := admin.AcceptOAuth2ConsentRequest(ctx).ConsentChallenge(challenge).AcceptOAuth2ConsentRequest(body)
	return browser.Told(check.Must(accept.Execute()).RedirectTo, "code")
}

func refusals() {
	create(check.Photos("go-refused"))
	browser := check.NewBrowser()
	why := "access_denied"
	body := hydra.RejectOAuth2Request{Error: &why}
	challenge := browser.Told(check.AuthorizationURL(publicURL, "go-refused"), "login_challenge")
	rejectLogin := admin.RejectOAuth2LoginRequest(ctx).LoginChallenge(challenge).RejectOAuth2Request(body)
	check.Same("error", browser.Told(check.Must(rejectLogin.Execute()).RedirectTo, "error"), why)
	challenge = login(browser, "go-refused", "ada")
	rejectConsent := admin.RejectOAuth2ConsentRequest(ctx).ConsentChallenge(challenge).RejectOAuth2Request(body)
	check.Same("error", browser.Told(check.Must(rejectConsent.Execute()).RedirectTo, "error"), why)
	check.Refused[*hydra.OAuth2LoginRequest](404)(admin.GetOAuth2LoginRequest(ctx).LoginChallenge("unknown").Execute())
}

func as(clientID string) context.Context {
	return context.WithValue(ctx, hydra.ContextBasicAuth, hydra.BasicAuth{UserName: clientID, Password: check.Secret})
}

func exchange(clientID, code string) *hydra.OAuth2TokenExchange {
	request := open.OAuth2API.Oauth2TokenExchange(as(clientID)).GrantType("authorization_code").Code(code)
	return check.Must(request.RedirectUri(check.Callback).Execute())
}

func active(token string) bool {
	return check.Must(admin.IntrospectOAuth2Token(ctx).Token(token).Execute()).Active
}

func bearer(token string) context.Context {
	return context.WithValue(ctx, hydra.ContextAccessToken, token)
}

func journey() {
	create(check.Photos("go-journey"))
	browser := check.NewBrowser()
	tokens := exchange("go-journey", consent(browser, login(browser, "go-journey", "ada")))
	seen := check.Must(admin.IntrospectOAuth2Token(ctx).Token(tokens.GetAccessToken()).Execute())
	check.Same("subject", seen.GetSub(), "ada")
	check.Same("extra claims", seen.GetExt(), map[string]any{"tier": "gold"})
	info := check.Must(open.OidcAPI.GetOidcUserInfo(bearer(tokens.GetAccessToken())).Execute())
	check.Same("nickname", info.GetNickname(), "Ada")
	check.Same("issuer", check.Must(open.OidcAPI.DiscoverOidcConfiguration(ctx).Execute()).Issuer, publicURL)
	check.True("published keys", len(check.Must(open.WellknownAPI.DiscoverJsonWebKeys(ctx).Execute()).GetKeys()) > 0)

	refresh := open.OAuth2API.Oauth2TokenExchange(as("go-journey")).GrantType("refresh_token")
	next := check.Must(refresh.RefreshToken(tokens.GetRefreshToken()).Execute())
	check.True("alive", active(next.GetAccessToken()))
	check.Done(admin.DeleteOAuth2Token(ctx).ClientId("go-journey").Execute())
	check.True("over", !active(next.GetAccessToken()))
	check.Done(open.OAuth2API.RevokeOAuth2Token(as("go-journey")).Token(next.GetRefreshToken()).Execute())
	check.True("over", !active(next.GetRefreshToken()))

	address := check.LogoutURL(publicURL, tokens.GetIdToken())
	challenge := browser.Told(address, "logout_challenge")
	request := check.Must(admin.GetOAuth2LogoutRequest(ctx).LogoutChallenge(challenge).Execute())
	check.Same("subject", request.GetSubject(), "ada")
	check.Done(admin.RejectOAuth2LogoutRequest(ctx).LogoutChallenge(challenge).Execute())
	challenge = browser.Told(address, "logout_challenge")
	accepted := check.Must(admin.AcceptOAuth2LogoutRequest(ctx).LogoutChallenge(challenge).Execute())
	check.Same("end", browser.Location(accepted.RedirectTo), check.Goodbye+"?state=bye")
}

func consents() {
	create(check.Photos("go-consents"))
	browser := check.NewBrowser()
	tokens := exchange("go-consents", consent(browser, login(browser, "go-consents", "owner")))
	listed := func() []hydra.OAuth2ConsentSession {
		return check.Must(admin.ListOAuth2ConsentSessions(ctx).Subject("owner").Execute())
	}
	check.Same("scope", listed()[0].GetGrantScope(), []string{"openid", "offline", "photos.read"})
	check.Done(admin.RevokeOAuth2ConsentSessions(ctx).Subject("owner").All(true).Execute())
	check.Same("consents", len(listed()), 0)
	check.True("over", !active(tokens.GetAccessToken()))

	skipped := func() bool {
		challenge := browser.Told(check.AuthorizationURL(publicURL, "go-consents"), "login_challenge")
		return check.Must(admin.GetOAuth2LoginRequest(ctx).LoginChallenge(challenge).Execute()).Skip
	}
	check.True("remembered", skipped())
	check.Done(admin.RevokeOAuth2LoginSessions(ctx).Subject("owner").Execute())
	check.True("forgotten", !skipped())
}

func issuers() {
	generate("go-issuer-key", "issuer")
	key := check.Must(jwk.GetJsonWebKey(ctx, "go-issuer-key", "issuer").Execute()).GetKeys()[0]
	key.D = nil
	issuer, subject := "https://go-second.example", "ada"
	body := hydra.TrustOAuth2JwtGrantIssuer{
		Issuer: issuer, Subject: &subject, Scope: []string{"photos.read"}, ExpiresAt: time.Now().Add(time.Hour), Jwk: key,
	}
	trusted := check.Must(admin.TrustOAuth2JwtGrantIssuer(ctx).TrustOAuth2JwtGrantIssuer(body).Execute())
	one := func() (*hydra.TrustedOAuth2JwtGrantIssuer, *http.Response, error) {
		return admin.GetTrustedOAuth2JwtGrantIssuer(ctx, trusted.GetId()).Execute()
	}
	check.Same("issuer", check.Must(one()).GetIssuer(), issuer)
	check.Same("issuers", len(check.Must(admin.ListTrustedOAuth2JwtGrantIssuers(ctx).Issuer(issuer).Execute())), 1)
	check.Done(admin.DeleteTrustedOAuth2JwtGrantIssuer(ctx, trusted.GetId()).Execute())
	check.Refused[*hydra.TrustedOAuth2JwtGrantIssuer](404)(one())
}

func registration() {
	body := check.Made[hydra.OAuth2Client](map[string]any{"client_name": "Self", "redirect_uris": []string{check.Callback}})
	created := check.Must(open.OidcAPI.CreateOidcDynamicClient(ctx).OAuth2Client(body).Execute())
	id, token := created.GetClientId(), created.GetRegistrationAccessToken()
	check.Same("name", check.Must(open.OidcAPI.GetOidcDynamicClient(bearer(token), id).Execute()).GetClientName(), "Self")
	body.SetClientName("Changed")
	changed := check.Must(open.OidcAPI.SetOidcDynamicClient(bearer(token), id).OAuth2Client(body).Execute())
	check.Same("name", changed.GetClientName(), "Changed")
	check.Refused[*hydra.OAuth2Client](401)(open.OidcAPI.GetOidcDynamicClient(bearer(token), id).Execute())
	check.Done(open.OidcAPI.DeleteOidcDynamicClient(bearer(changed.GetRegistrationAccessToken()), id).Execute())
	check.Refused[*hydra.OAuth2Client](404)(admin.GetOAuth2Client(ctx, id).Execute())
}
