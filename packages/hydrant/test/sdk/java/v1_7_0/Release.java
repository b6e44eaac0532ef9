import java.util.List;
import sh.ory.hydra.ApiException;
import sh.ory.hydra.api.AdminApi;
import sh.ory.hydra.api.PublicApi;
import sh.ory.hydra.model.OAuth2Client;
import sh.ory.hydra.model.Oauth2TokenResponse;
import sh.ory.hydra.model.PreviousConsentSession;

/** What is of 1.7.0 alone. */
final class Release {
  private Release() {}

  static void service(AdminApi admin, PublicApi open) throws ApiException {
    Check.same("alive", admin.isInstanceAlive().getStatus(), "ok");
    Check.same("ready", open.isInstanceReady().getStatus(), "ok");
    Check.that("version", !admin.getVersion().getVersion().isEmpty());
  }

  static List<OAuth2Client> clients(AdminApi admin) throws ApiException {
    return admin.listOAuth2Clients(500L, 0L);
  }

  static List<PreviousConsentSession> consents(AdminApi admin, String subject) throws ApiException {
    return admin.listSubjectConsentSessions(subject);
  }

  static Oauth2TokenResponse token(PublicApi open, String grant, String code, String callback, String refreshToken)
      throws ApiException {
    return open.oauth2Token(grant, code, refreshToken, callback, null);
  }

  static String acceptLogout(AdminApi admin, String challenge) throws ApiException {
    return admin.acceptLogoutRequest(challenge).getRedirectTo();
  }

  static void later(AdminApi admin, PublicApi open, String clientId) {
    // Nothing that the shared program does not do.
  }
}
