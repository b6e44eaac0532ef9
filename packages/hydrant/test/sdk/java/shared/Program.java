import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import sh.ory.hydra.ApiClient;
import sh.ory.hydra.ApiException;
import sh.ory.hydra.api.AdminApi;
import sh.ory.hydra.api.PublicApi;
import sh.ory.hydra.model.AcceptConsentRequest;
import sh.ory.hydra.model.AcceptLoginRequest;
import sh.ory.hydra.model.ConsentRequest;
import sh.ory.hydra.model.ConsentRequestSession;
import sh.ory.hydra.model.FlushInactiveOAuth2TokensRequest;
import sh.ory.hydra.model.JSONWebKey;
import sh.ory.hydra.model.JSONWebKeySet;
import sh.ory.hydra.model.JsonWebKeySetGeneratorRequest;
import sh.ory.hydra.model.LoginRequest;
import sh.ory.hydra.model.OAuth2Client;
import sh.ory.hydra.model.Oauth2TokenResponse;
import sh.ory.hydra.model.RejectRequest;

/** Drives a server by Maven's `sh.ory.hydra:hydra-client`, any release of 1.x: `java Program ADMIN_URL PUBLIC_URL`. */
public final class Program {
  private static final String CALLBACK = "https://photos.example/callback";
  private static final String GOODBYE = "https://photos.example/goodbye";
  private static final String SECRET = "photos-secret";
  private static final List<String> SCOPES = List.of("openid", "offline", "photos.read");

  private final String publicUrl;
  private final AdminApi admin;
  private final PublicApi open;

  private Program(String adminUrl, String publicUrl) {
    this.publicUrl = publicUrl;
    admin = new AdminApi(new ApiClient().setBasePath(adminUrl));
    open = new PublicApi(new ApiClient().setBasePath(publicUrl));
  }

  public static void main(String[] arguments) {
    Program program = new Program(arguments[0], arguments[1]);
    Check.part("service", () -> Release.service(program.admin, program.open));
    Check.part("clients", program::clients);
    Check.part("keys", program::keys);
    Check.part("refusals", program::refusals);
    Check.part("journey", program::journey);
    Check.part("consents", program::consents);
    Check.part("later", () -> {
      program.photos("java-later");
      Release.later(program.admin, program.as("java-later"), "java-later");
    });
    System.exit(0);
  }

  private void clients() throws Exception {
    OAuth2Client body = new OAuth2Client().clientName("Notes").redirectUris(List.of(CALLBACK));
    OAuth2Client created = admin.createOAuth2Client(body);
    String id = created.getClientId();
    Check.same("length of the secret", created.getClientSecret().length(), 26);
    Check.refused(409, () -> admin.createOAuth2Client(new OAuth2Client().clientId(id)));

    OAuth2Client read = admin.getOAuth2Client(id);
    Check.same("name", read.getClientName(), "Notes");
    Check.same("callbacks", read.getRedirectUris(), List.of(CALLBACK));
    Check.same("secret", read.getClientSecret(), null);
    Check.that("created", read.getCreatedAt() != null);
    Check.that("listed", Release.clients(admin).stream().anyMatch(client -> client.getClientId().equals(id)));

    admin.updateOAuth2Client(id, read.clientName("Notebook"));
    Check.same("name", admin.getOAuth2Client(id).getClientName(), "Notebook");
    admin.deleteOAuth2Client(id);
    Check.refused(401, () -> admin.getOAuth2Client(id));
  }

  private void generate(String set, String alg, String kid) throws ApiException {
    admin.createJsonWebKeySet(set, new JsonWebKeySetGeneratorRequest().alg(alg).kid(kid).use("sig"));
  }

  private List<String> kids(String set) throws ApiException {
    return admin.getJsonWebKeySet(set).getKeys().stream().map(JSONWebKey::getKid).sorted().toList();
  }

  private void keys() throws Exception {
    String set = "java-keys";
    generate(set, "ES512", "pair");
    Check.same("keys", kids(set), List.of("private:pair", "public:pair"));
    JSONWebKey key = admin.getJsonWebKey("public:pair", set).getKeys().get(0);
    Check.same("alg", key.getAlg(), "ES512");
    Check.same("use", admin.updateJsonWebKey("public:pair", set, key.use("enc")).getUse(), "enc");
    admin.updateJsonWebKeySet(set, new JSONWebKeySet().keys(List.of(key.kid("replaced"))));
    Check.same("keys", kids(set), List.of("replaced"));
    generate(set, "HS256", "other");
    admin.deleteJsonWebKey("replaced", set);
    Check.same("keys", kids(set), List.of("other"));
    admin.deleteJsonWebKeySet(set);
    Check.refused(404, () -> admin.getJsonWebKeySet(set));
  }

  private void photos(String id) throws ApiException {
    OAuth2Client client = new OAuth2Client().clientId(id).clientSecret(SECRET).scope(String.join(" ", SCOPES));
    client.grantTypes(List.of("authorization_code", "refresh_token", "client_credentials"));
    client.responseTypes(List.of("code")).redirectUris(List.of(CALLBACK)).postLogoutRedirectUris(List.of(GOODBYE));
    admin.createOAuth2Client(client);
  }

  /** The public side as a client. */
  private PublicApi as(String clientId) {
    ApiClient client = new ApiClient().setBasePath(publicUrl);
    client.setUsername(clientId);
    client.setPassword(SECRET);
    return new PublicApi(client);
  }

  private String start(Check.Browser browser, String clientId) throws Exception {
    Map<String, String> query = new TreeMap<>();
    query.put("response_type", "code");
    query.put("client_id", clientId);
    query.put("redirect_uri", CALLBACK);
    query.put("scope", String.join(" ", SCOPES));
    query.put("state", "a-state-that-is-long-enough");
    return browser.told(Check.withQuery(publicUrl + "/oauth2/auth", query), "login_challenge");
  }

  /** The consent challenge after a login. */
  private String login(Check.Browser browser, String clientId, String subject) throws Exception {
    String challenge = start(browser, clientId);
    LoginRequest request = admin.getLoginRequest(challenge);
    Check.same("client", request.getClient().getClientId(), clientId);
    Check.same("scopes", request.getRequestedScope(), SCOPES);
    AcceptLoginRequest body = new AcceptLoginRequest().subject(subject).remember(true).rememberFor(3600L);
    return browser.told(admin.acceptLoginRequest(challenge, body).getRedirectTo(), "consent_challenge");
  }

  /** The tokens after a consent. */
  private Oauth2TokenResponse consent(Check.Browser browser, String clientId, String challenge) throws Exception {
    ConsentRequest request = admin.getConsentRequest(challenge);
    Map<String, Object> idToken = Map.of("nickname", "Ada");
    ConsentRequestSession session = new ConsentRequestSession();
    session.setIdToken(idToken);
    AcceptConsentRequest body = new AcceptConsentRequest().grantScope(request.getRequestedScope()).session(session);
    String code = browser.told(admin.acceptConsentRequest(challenge, body).getRedirectTo(), "code");
    return Release.token(as(clientId), "authorization_code", code, CALLBACK, null);
  }

  private void refusals() throws Exception {
    photos("java-refused");
    Check.Browser browser = new Check.Browser();
    RejectRequest why = new RejectRequest().error("access_denied").errorDescription("Not today");
    String login = admin.rejectLoginRequest(start(browser, "java-refused"), why).getRedirectTo();
    Check.same("error", browser.told(login, "error"), "access_denied");
    String challenge = login(browser, "java-refused", "ada");
    String consent = admin.rejectConsentRequest(challenge, why).getRedirectTo();
    Check.same("error", browser.told(consent, "error"), "access_denied");
    Check.refused(404, () -> admin.getLoginRequest("unknown"));
  }

  private boolean active(String token) throws ApiException {
    return admin.introspectOAuth2Token(token, null).getActive();
  }

  private void journey() throws Exception {
    String id = "java-journey";
    photos(id);
    Check.Browser browser = new Check.Browser();
    Oauth2TokenResponse tokens = consent(browser, id, login(browser, id, "ada"));
    Check.same("subject", admin.introspectOAuth2Token(tokens.getAccessToken(), "photos.read").getSub(), "ada");
    ApiClient bearer = new ApiClient().setBasePath(publicUrl);
    bearer.setAccessToken(tokens.getAccessToken());
    Check.same("nickname", new PublicApi(bearer).userinfo().getNickname(), "Ada");
    Check.same("endpoint", open.discoverOpenIDConfiguration().getTokenEndpoint(), publicUrl + "/oauth2/token");
    Check.that("published keys", !open.wellKnown().getKeys().isEmpty());

    admin.flushInactiveOAuth2Tokens(new FlushInactiveOAuth2TokensRequest());
    Oauth2TokenResponse next = Release.token(as(id), "refresh_token", null, null, tokens.getRefreshToken());
    Check.that("alive", active(next.getAccessToken()));
    as(id).revokeOAuth2Token(next.getRefreshToken());
    Check.that("over", !active(next.getRefreshToken()) && !active(next.getAccessToken()));

    Map<String, String> query = new TreeMap<>();
    query.put("id_token_hint", tokens.getIdToken());
    query.put("post_logout_redirect_uri", GOODBYE);
    query.put("state", "bye");
    String address = Check.withQuery(publicUrl + "/oauth2/sessions/logout", query);
    String stays = browser.told(address, "logout_challenge");
    Check.same("subject", admin.getLogoutRequest(stays).getSubject(), "ada");
    admin.rejectLogoutRequest(stays, new RejectRequest());
    String goes = browser.told(address, "logout_challenge");
    String end = browser.location(Release.acceptLogout(admin, goes));
    Check.same("end", end, GOODBYE + "?state=bye");
  }

  private void consents() throws Exception {
    String id = "java-consents";
    photos(id);
    Check.Browser browser = new Check.Browser();
    Oauth2TokenResponse tokens = consent(browser, id, login(browser, id, "owner"));
    Check.same("scopes", Release.consents(admin, "owner").get(0).getGrantScope(), SCOPES);
    admin.revokeConsentSessions("owner", null, true);
    Check.that("no consents", Release.consents(admin, "owner").isEmpty());
    Check.that("over", !active(tokens.getAccessToken()));
    Check.that("remembered", admin.getLoginRequest(start(browser, id)).getSkip());
    admin.revokeAuthenticationSession("owner");
    Check.that("forgotten", !admin.getLoginRequest(start(browser, id)).getSkip());
  }
}
