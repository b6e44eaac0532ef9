import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import sh.ory.hydra.ApiException;
import sh.ory.hydra.api.AdminApi;
import sh.ory.hydra.api.MetadataApi;
import sh.ory.hydra.api.PublicApi;
import sh.ory.hydra.model.CompletedRequest;
import sh.ory.hydra.model.JsonWebKeySetGeneratorRequest;
import sh.ory.hydra.model.OAuth2Client;
import sh.ory.hydra.model.Oauth2TokenResponse;
import sh.ory.hydra.model.PatchDocument;
import sh.ory.hydra.model.PreviousConsentSession;
import sh.ory.hydra.model.TrustJwtGrantIssuerBody;

/** What is of 1.11.8 alone. */
final class Release {
  private Release() {}

  static void service(AdminApi admin, PublicApi open) throws ApiException {
    MetadataApi metadata = new MetadataApi(admin.getApiClient());
    Check.same("alive", metadata.isAlive().getStatus(), "ok");
    Check.same("ready", metadata.isReady().getStatus(), "ok");
    Check.that("version", !metadata.getVersion().getVersion().isEmpty());
  }

  static List<OAuth2Client> clients(AdminApi admin) throws ApiException {
    return admin.listOAuth2Clients(500L, 0L, null, null);
  }

  static List<PreviousConsentSession> consents(AdminApi admin, String subject) throws ApiException {
    return admin.listSubjectConsentSessions(subject, null, null);
  }

  static Oauth2TokenResponse token(PublicApi open, String grant, String code, String callback, String refreshToken)
      throws ApiException {
    return open.oauth2Token(grant, null, code, callback, refreshToken);
  }

  /** This release fails at a PUT without a body before it sends anything, so that this one call is made by hand. */
  static String acceptLogout(AdminApi admin, String challenge) throws Exception {
    String path = "/oauth2/auth/requests/logout/accept?logout_challenge=" + challenge;
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(admin.getApiClient().getBasePath() + path))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    String body = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    CompletedRequest completed = admin.getApiClient().getJSON().deserialize(body, CompletedRequest.class);
    return completed.getRedirectTo();
  }

  /** Patches, the end of a client's tokens, and trusted issuers. */
  static void later(AdminApi admin, PublicApi open, String clientId) throws Exception {
    PatchDocument patch = new PatchDocument().op("replace").path("/metadata").value(Map.of("tier", "gold"));
    admin.patchOAuth2Client(clientId, List.of(patch));
    Check.same("metadata", admin.getOAuth2Client(clientId).getMetadata(), Map.of("tier", "gold"));

    String token = token(open, "client_credentials", null, null, null).getAccessToken();
    Check.that("alive", admin.introspectOAuth2Token(token, null).getActive());
    admin.deleteOAuth2Token(clientId);
    Check.that("over", !admin.introspectOAuth2Token(token, null).getActive());

    admin.createJsonWebKeySet("java", new JsonWebKeySetGeneratorRequest().alg("ES512").kid("issuer").use("sig"));
    String issuer = "https://java.example";
    String id =
        admin
            .trustJwtGrantIssuer(
                new TrustJwtGrantIssuerBody()
                    .issuer(issuer)
                    .subject("ada")
                    .scope(List.of("photos.read"))
                    .expiresAt(OffsetDateTime.now().plusHours(1))
                    .jwk(admin.getJsonWebKey("public:issuer", "java").getKeys().get(0)))
            .getId();
    Check.same("issuer", admin.getTrustedJwtGrantIssuer(id).getIssuer(), issuer);
    Check.same("issuers", admin.listTrustedJwtGrantIssuers(issuer, null, null).size(), 1);
    admin.deleteTrustedJwtGrantIssuer(id);
    Check.refused(404, () -> admin.getTrustedJwtGrantIssuer(id));
  }
}
