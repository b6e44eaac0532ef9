"""Login, consent, tokens, logout, devices, credentials: what a browser takes part in."""

import uuid

import sdk
from browser import Browser, device_authorization, parameters, token_request, with_parameters
from checks import CALLBACK, GOODBYE, KEY, PUBLIC_URL, SECRET, admin, later, open_side, photos, refused, same
from sdk import FIRST_GENERATION, Sdk
from signing import assertion, sign

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


def start(browser, client_id, scope="openid offline photos.read"):
    """The login challenge of a new authorization request."""
    request = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "scope": scope,
        "state": uuid.uuid4().hex,
        "login_hint": "ada@photos.example",
    }
    return parameters(browser.location(with_parameters(f"{PUBLIC_URL}/oauth2/auth", request)))["login_challenge"]


def go_on(browser, answer):
    """What the app or the client is told where the server sends the browser next."""
    return parameters(browser.location(answer["redirect_to"]))


def refusals(client_id):
    browser = Browser()
    refusal = {"error": "access_denied", "error_description": "Not today", "status_code": 403}
    same(go_on(browser, admin.call("reject_login", refusal, login_challenge=start(browser, client_id))), **told(refusal))
    accepted = admin.call("accept_login", {"subject": "ada"}, login_challenge=start(browser, client_id))
    challenge = go_on(browser, accepted)["consent_challenge"]
    same(go_on(browser, admin.call("reject_consent", refusal, consent_challenge=challenge)), **told(refusal))
    assert open_side.redirect("authorize").startswith("http://127.0.0.1:1/error?")
    assert open_side.redirect("end_session") == "http://127.0.0.1:1/logged-out"


def told(refusal):
    return {key: refusal[key] for key in ("error", "error_description")}


def login(browser, client_id, subject="ada", scope="openid offline photos.read", session=None):
    """Login and consent; the code that the client gets."""
    answer = {"subject": subject, "remember": True, "remember_for": 3600, "acr": "silver"}
    accepted = admin.call("accept_login", answer, login_challenge=start(browser, client_id, scope))
    challenge = go_on(browser, accepted)["consent_challenge"]
    consent = {
        "grant_scope": scope.split(),
        "grant_access_token_audience": [],
        "handled_at": later(0),
        "remember": True,
        "remember_for": 3600,
        "session": session or {"access_token": {"tier": "gold"}, "id_token": {"nickname": "Ada"}},
    }
    return go_on(browser, admin.call("accept_consent", consent, consent_challenge=challenge))["code"]


def requests(client_id):
    """What login and consent requests show."""
    browser = Browser()
    challenge = start(browser, client_id)
    request = admin.call("get_login", login_challenge=challenge)
    same(request, challenge=challenge, skip=False, subject="", requested_scope=["openid", "offline", "photos.read"])
    same(request["client"], client_id=client_id, client_secret=None)
    same(request["oidc_context"], login_hint="ada@photos.example")
    with refused(404):
        admin.call("get_login", login_challenge="no-such-challenge")
    answer = {"subject": "ada", "acr": "silver", "context": {"theme": "dark"}}
    consent_challenge = go_on(browser, admin.call("accept_login", answer, login_challenge=challenge))["consent_challenge"]
    consent = admin.call("get_consent", consent_challenge=consent_challenge)
    same(consent, subject="ada", skip=False, acr="silver", login_session_id=request["session_id"])
    # Releases before 1.10 have a model for contexts that holds nothing of them, or none at all.
    assert consent.get("context") in ({"theme": "dark"}, {}, None), consent
    without = go_on(browser, admin.call("accept_login", {"subject": "ada"}, login_challenge=start(browser, client_id)))
    admin.call("get_consent", consent_challenge=without["consent_challenge"])


def tokens_of(browser, client_id):
    """Down to tokens, and everything that is asked with them."""
    as_client = Sdk(PUBLIC_URL, username=client_id, password=SECRET)
    code = login(browser, client_id)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    # 2.1.1 was published saying that ID tokens are numbers; 1.x leaves refresh tokens out of its models.
    seen = as_client.call("token", unchecked=True, **form)
    assert seen["access_token"], seen
    tokens = token_request(PUBLIC_URL, client_id, SECRET, **{**form, "code": login(browser, client_id)})
    assert tokens["scope"] == "openid offline photos.read", tokens

    info = Sdk(PUBLIC_URL, access_token=tokens["access_token"]).call("user_info")
    same(info, sub="ada", nickname="Ada")
    assert open_side.call("discover_server")["token_endpoint"] == f"{PUBLIC_URL}/oauth2/token"
    assert all(key["alg"] for key in open_side.call("discover_keys")["keys"])

    kind = {"token_type": "access_token"} if FIRST_GENERATION else {"token_type": "Bearer", "token_use": "access_token"}
    introspect = lambda token, **scope: admin.call("introspect_o_auth2_token", token=token, **scope)
    active = introspect(tokens["access_token"], scope="photos.read")
    same(active, active=True, sub="ada", client_id=client_id, scope=tokens["scope"], ext={"tier": "gold"}, **kind)
    assert active["exp"] > active["iat"]
    assert not introspect(tokens["access_token"], scope="photos.write")["active"]
    assert introspect(tokens["refresh_token"])["active"]
    if admin.has("flush_inactive_o_auth2_tokens"):
        # Whoever started the server looks after what had expired; here that nothing alive goes.
        admin.call("flush_inactive_o_auth2_tokens", {"notAfter": later(24)})
        assert introspect(tokens["access_token"])["active"]

    refreshed = as_client.call(
        "token", unchecked=True, grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )
    assert introspect(refreshed["access_token"])["active"]
    as_client.call("revoke_o_auth2_token", token=refreshed["access_token"])
    assert not introspect(refreshed["access_token"])["active"]
    return tokens


def logout(browser, tokens):
    hint = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": GOODBYE, "state": "bye"}
    address = with_parameters(f"{PUBLIC_URL}/oauth2/sessions/logout", hint)
    challenge = parameters(browser.location(address))["logout_challenge"]
    request = admin.call("get_logout", logout_challenge=challenge)
    same(request, subject="ada", rp_initiated=True)
    assert request["sid"] and address.endswith(request["request_url"]), request
    admin.call("reject_logout", {} if FIRST_GENERATION else None, logout_challenge=challenge)
    with refused(404):
        admin.call("get_logout", logout_challenge=challenge)
    challenge = parameters(browser.location(address))["logout_challenge"]
    answer = admin.call("accept_logout", logout_challenge=challenge)
    assert browser.location(answer["redirect_to"]) == f"{GOODBYE}?state=bye"
    # The session is gone, so the same logout again asks nobody.
    assert browser.location(address) == f"{GOODBYE}?state=bye"


def sessions(client_id):
    # 1.4 has no word for all.
    for target in ({"client": client_id}, {"all": True})[: 1 if sdk.VERSION.startswith("1.4.") else 2]:
        subject = f"owner of {client_id} by {'/'.join(target)}"
        browser = Browser()
        form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
        tokens = token_request(PUBLIC_URL, client_id, SECRET, code=login(browser, client_id, subject), **form)
        [session] = admin.call("list_consents", subject=subject)
        same(session, grant_scope=["openid", "offline", "photos.read"], remember=True, remember_for=3600)
        same(session["session"], access_token={"tier": "gold"}, id_token={"nickname": "Ada"})
        same(session["consent_request"], acr="silver")
        # Releases before 25 write True with a capital letter.
        admin.call("revoke_consents", subject=subject, **target)
        assert admin.call("list_consents", subject=subject) == []
        assert not admin.call("introspect_o_auth2_token", token=tokens["access_token"])["active"]
        same(admin.call("get_login", login_challenge=start(browser, client_id)), skip=True, subject=subject)
        admin.call("revoke_logins", subject=subject)
        same(admin.call("get_login", login_challenge=start(browser, client_id)), skip=False, subject="")


def credentials(client_id):
    if not open_side.has("create_verifiable_credential"):
        return
    code = login(Browser(), client_id, scope="openid userinfo_credential_draft_00")
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    tokens = token_request(PUBLIC_URL, client_id, SECRET, **form)
    public = {name: KEY[name] for name in ("kty", "alg", "use", "kid", "n", "e")}
    claims = {**assertion(aud=PUBLIC_URL), "nonce": tokens["c_nonce_draft_00"]}
    bearer = Sdk(PUBLIC_URL)
    # The published description says nothing of the token.
    bearer.client.set_default_header("Authorization", f"Bearer {tokens['access_token']}")
    proof = {"proof_type": "jwt", "jwt": sign(KEY, claims, jwk=public, typ="openid4vci-proof+jwt")}
    body = {"format": "jwt_vc_json", "types": ["VerifiableCredential", "UserInfoCredential"], "proof": proof}
    answer = bearer.call("create_verifiable_credential", body)
    assert answer["format"] == "jwt_vc_json" and answer["credential_draft_00"].count(".") == 2, answer


def devices():
    if not admin.has("accept_user_code_request"):
        return
    client_id = photos(grant_types=[DEVICE_CODE, "refresh_token"])
    # The published description gives the operation no parameters: it can only be refused.
    with refused(400):
        open_side.call("o_auth2_device_flow")
    assert "device_challenge=" in open_side.redirect("perform_o_auth2_device_verification_flow")
    codes = device_authorization(PUBLIC_URL, client_id, SECRET, scope="photos.read")
    browser = Browser()
    challenge = parameters(browser.location(codes["verification_uri"]))["device_challenge"]
    answer = admin.call("accept_user_code_request", {"user_code": codes["user_code"]}, device_challenge=challenge)
    accepted = admin.call("accept_login", {"subject": "viewer"}, login_challenge=go_on(browser, answer)["login_challenge"])
    consent_challenge = go_on(browser, accepted)["consent_challenge"]
    consent = admin.call("accept_consent", {"grant_scope": ["photos.read"]}, consent_challenge=consent_challenge)
    assert browser.location(consent["redirect_to"]).startswith("http://127.0.0.1:1/device-done")
    form = {"grant_type": DEVICE_CODE, "device_code": codes["device_code"]}
    assert token_request(PUBLIC_URL, client_id, SECRET, **form)["scope"] == "photos.read"
