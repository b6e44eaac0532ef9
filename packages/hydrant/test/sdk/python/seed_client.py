"""Calls every method of `AdminApi` of the unmodified PyPI package `ory-hydra-client` 1.7.4 against a running server.

    python seed_client.py ADMIN_URL PUBLIC_URL

Prints a JSON line for each operation whose effect was checked: {"operation": NAME, "ok": true}. Ends with 1 at the first
failure, which is the last line. The models refuse null and missing members, so an answer that they cannot hold fails too.
"""

import contextlib
import datetime
import json
import sys
import traceback
import uuid

import ory_hydra_client
from browser import Browser, parameters, token_request, with_parameters
from ory_hydra_client import models
from ory_hydra_client.exceptions import ApiException

ADMIN_URL, PUBLIC_URL = sys.argv[1:3]
CALLBACK = "https://photos.example/callback"
GOODBYE = "https://photos.example/goodbye"
SECRET = "photos-secret"

called = set()


class Recorded:
    """An API that remembers which of its methods were called."""

    def __init__(self, api):
        self._api = api

    def __getattr__(self, name):
        called.add(name)
        return getattr(self._api, name)


configuration = ory_hydra_client.Configuration(host=ADMIN_URL)
admin = Recorded(ory_hydra_client.AdminApi(ory_hydra_client.ApiClient(configuration)))


@contextlib.contextmanager
def operation(name):
    """What is inside calls the operation and checks its effect."""
    called.discard(name)
    try:
        yield
        assert name in called, f"{name} was not called"
    except BaseException as problem:
        report = {"operation": name, "ok": False, "problem": f"{type(problem).__name__}: {problem}"}
        print(json.dumps({**report, "where": traceback.format_exc(limit=-1)}), flush=True)
        sys.exit(1)
    print(json.dumps({"operation": name, "ok": True}), flush=True)


@contextlib.contextmanager
def refused(status):
    try:
        yield
    except ApiException as problem:
        assert problem.status == status, f"{problem.status} instead of {status}: {problem.body}"
        return
    raise AssertionError(f"{status} was expected, but there was no refusal")


def service():
    with operation("is_instance_alive"):
        assert admin.is_instance_alive().status == "ok"
    with operation("get_version"):
        assert admin.get_version().version
    with operation("prometheus"):
        # The published description gives no type for the answer, so the body is read unparsed.
        metrics = admin.prometheus(_preload_content=False).data.decode()
        assert "# TYPE requests_total counter" in metrics, metrics[:400]


def clients():
    with operation("create_o_auth2_client"):
        created = admin.create_o_auth2_client(models.OAuth2Client(client_name="Notes", redirect_uris=[CALLBACK]))
        assert created.client_name == "Notes" and len(created.client_secret) == 26
        with refused(409):
            admin.create_o_auth2_client(models.OAuth2Client(client_id=created.client_id))
    with operation("get_o_auth2_client"):
        read = admin.get_o_auth2_client(created.client_id)
        assert (read.client_name, read.redirect_uris, read.client_secret) == ("Notes", [CALLBACK], None), read
        assert isinstance(read.created_at, datetime.datetime)
    with operation("list_o_auth2_clients"):
        assert created.client_id in [client.client_id for client in admin.list_o_auth2_clients(limit=500, offset=0)]
    with operation("update_o_auth2_client"):
        read.client_name, read.contacts = "Notebook", ["ada@notes.example"]
        assert admin.update_o_auth2_client(read.client_id, read).client_name == "Notebook"
        again = admin.get_o_auth2_client(created.client_id)
        assert (again.client_name, again.contacts) == ("Notebook", ["ada@notes.example"]), again
    with operation("delete_o_auth2_client"):
        admin.delete_o_auth2_client(created.client_id)
        with refused(401):
            admin.get_o_auth2_client(created.client_id)


def keys():
    name = "seed-set"

    def kids():
        return sorted(key.kid for key in admin.get_json_web_key_set(name).keys)

    def generate(alg, kid):
        request = models.JsonWebKeySetGeneratorRequest(alg=alg, kid=kid, use="sig")
        return admin.create_json_web_key_set(name, body=request).keys

    with operation("create_json_web_key_set"):
        made = {alg: [key.kty for key in generate(alg, alg.lower())] for alg in ("RS256", "ES512", "HS256", "HS512")}
        assert made == {"RS256": ["RSA"] * 2, "ES512": ["EC"] * 2, "HS256": ["oct"], "HS512": ["oct"]}, made
    with operation("get_json_web_key_set"):
        assert kids() == ["hs256", "hs512", "private:es512", "private:rs256", "public:es512", "public:rs256"], kids()
        with refused(404):
            admin.get_json_web_key_set("no-such-set")
    with operation("get_json_web_key"):
        [private] = admin.get_json_web_key("private:es512", name).keys
        [public] = admin.get_json_web_key("public:es512", name).keys
        assert private.d and not public.d and (private.x, private.y) == (public.x, public.y)
    with operation("update_json_web_key"):
        public.use = "enc"
        assert admin.update_json_web_key("public:es512", name, body=public).use == "enc"
        assert admin.get_json_web_key("public:es512", name).keys[0].use == "enc"
    with operation("delete_json_web_key"):
        admin.delete_json_web_key("hs512", name)
        assert "hs512" not in kids()
    with operation("update_json_web_key_set"):
        public.kid = "replaced"
        admin.update_json_web_key_set(name, body=models.JSONWebKeySet(keys=[public]))
        assert kids() == ["replaced"]
    with operation("delete_json_web_key_set"):
        admin.delete_json_web_key_set(name)
        with refused(404):
            admin.get_json_web_key_set(name)


def photos():
    """A client that logs people in; its id."""
    client = models.OAuth2Client(
        client_id=f"photos-{uuid.uuid4()}",
        client_secret=SECRET,
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        response_types=["code"],
        scope="openid offline photos.read",
        redirect_uris=[CALLBACK],
        post_logout_redirect_uris=[GOODBYE],
    )
    return admin.create_o_auth2_client(client).client_id


def start(browser, client_id):
    """The login challenge of a new authorization request."""
    request = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid offline photos.read",
        "state": uuid.uuid4().hex,
        "login_hint": "ada@photos.example",
    }
    return parameters(browser.location(with_parameters(f"{PUBLIC_URL}/oauth2/auth", request)))["login_challenge"]


def refusals(client_id):
    browser = Browser()
    refusal = models.RejectRequest(error="access_denied", error_description="Not today", status_code=403)
    with operation("reject_login_request"):
        answer = admin.reject_login_request(start(browser, client_id), body=refusal)
        told = parameters(browser.location(answer.redirect_to))
        assert (told["error"], told["error_description"]) == ("access_denied", "Not today"), told
    with operation("reject_consent_request"):
        body = models.AcceptLoginRequest(subject="ada")
        consent_url = browser.location(admin.accept_login_request(start(browser, client_id), body=body).redirect_to)
        challenge = parameters(consent_url)["consent_challenge"]
        answer = admin.reject_consent_request(challenge, body=refusal)
        told = parameters(browser.location(answer.redirect_to))
        assert (told["error"], told["error_description"]) == ("access_denied", "Not today"), told


def journey(browser, client_id):
    """Login and consent, down to tokens."""
    with operation("get_login_request"):
        challenge = start(browser, client_id)
        request = admin.get_login_request(challenge)
        assert (request.challenge, request.skip, request.subject) == (challenge, False, "")
        assert request.client.client_id == client_id and request.client.client_secret is None
        assert request.requested_scope == ["openid", "offline", "photos.read"]
        assert request.oidc_context.login_hint == "ada@photos.example"
        with refused(404):
            admin.get_login_request("no-such-challenge")
    with operation("accept_login_request"):
        body = models.AcceptLoginRequest(
            subject="ada", remember=True, remember_for=3600, acr="silver", context={"theme": "dark"}
        )
        consent_url = browser.location(admin.accept_login_request(challenge, body=body).redirect_to)
        consent_challenge = parameters(consent_url)["consent_challenge"]
    with operation("get_consent_request"):
        consent = admin.get_consent_request(consent_challenge)
        assert (consent.subject, consent.skip, consent.acr) == ("ada", False, "silver"), consent
        assert consent.context == {"theme": "dark"} and consent.client.client_id == client_id
        assert consent.login_challenge == challenge and consent.login_session_id == request.session_id
    with operation("accept_consent_request"):
        body = models.AcceptConsentRequest(
            grant_scope=consent.requested_scope,
            grant_access_token_audience=consent.requested_access_token_audience,
            handled_at=datetime.datetime.now(datetime.timezone.utc),
            remember=True,
            remember_for=3600,
            session=models.ConsentRequestSession(access_token={"tier": "gold"}, id_token={"nickname": "Ada"}),
        )
        code = parameters(browser.location(admin.accept_consent_request(consent_challenge, body=body).redirect_to))["code"]
        tokens = token_request(
            PUBLIC_URL, client_id, SECRET, grant_type="authorization_code", code=code, redirect_uri=CALLBACK
        )
        assert tokens["scope"] == "openid offline photos.read", tokens
    return tokens


def tokens_of(client_id, tokens):
    with operation("introspect_o_auth2_token"):
        seen = admin.introspect_o_auth2_token(tokens["access_token"], scope="photos.read")
        assert (seen.active, seen.sub, seen.client_id, seen.token_type) == (True, "ada", client_id, "access_token"), seen
        assert seen.ext == {"tier": "gold"} and seen.scope == tokens["scope"] and seen.exp > seen.iat
        assert admin.introspect_o_auth2_token(tokens["refresh_token"]).token_type == "refresh_token"
        assert not admin.introspect_o_auth2_token(tokens["access_token"], scope="photos.write").active
    with operation("flush_inactive_o_auth2_tokens"):
        # Whoever started the server looks after what had expired; here that nothing alive goes.
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        admin.flush_inactive_o_auth2_tokens(body=models.FlushInactiveOAuth2TokensRequest(not_after=later))
        assert admin.introspect_o_auth2_token(tokens["access_token"]).active


def sessions(browser, client_id, tokens):
    with operation("list_subject_consent_sessions"):
        [session] = admin.list_subject_consent_sessions("ada")
        assert session.grant_scope == ["openid", "offline", "photos.read"] and session.remember
        assert session.consent_request.client.client_id == client_id and session.consent_request.acr == "silver"
        assert (session.session.access_token, session.session.id_token) == ({"tier": "gold"}, {"nickname": "Ada"})
        assert isinstance(session.handled_at, datetime.datetime) and session.remember_for == 3600
    with operation("revoke_consent_sessions"):
        admin.revoke_consent_sessions("ada", client=client_id)
        assert admin.list_subject_consent_sessions("ada") == []
        assert not admin.introspect_o_auth2_token(tokens["access_token"]).active
        assert not admin.introspect_o_auth2_token(tokens["refresh_token"]).active
        with refused(404):
            # Not True, which this client writes as "True"; Hydra knows the word in small letters only.
            admin.revoke_consent_sessions("ada", all="true")
    with operation("revoke_authentication_session"):
        remembered = admin.get_login_request(start(browser, client_id))
        assert (remembered.skip, remembered.subject) == (True, "ada")
        admin.revoke_authentication_session("ada")
        assert not admin.get_login_request(start(browser, client_id)).skip


def logout(browser, tokens):
    hint = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": GOODBYE, "state": "bye"}
    address = with_parameters(f"{PUBLIC_URL}/oauth2/sessions/logout", hint)

    with operation("get_logout_request"):
        challenge = parameters(browser.location(address))["logout_challenge"]
        request = admin.get_logout_request(challenge)
        assert request.subject == "ada" and request.rp_initiated and request.sid
        assert address.endswith(request.request_url), request
    with operation("reject_logout_request"):
        admin.reject_logout_request(challenge, body=models.RejectRequest())
        with refused(404):
            admin.get_logout_request(challenge)
    with operation("accept_logout_request"):
        challenge = parameters(browser.location(address))["logout_challenge"]
        answer = admin.accept_logout_request(challenge)
        assert browser.location(answer.redirect_to) == f"{GOODBYE}?state=bye"
        # The session is gone, so the same logout again asks nobody.
        assert browser.location(address) == f"{GOODBYE}?state=bye"


def main():
    service()
    clients()
    keys()
    client_id = photos()
    refusals(client_id)
    browser = Browser()
    tokens = journey(browser, client_id)
    tokens_of(client_id, tokens)
    logout(browser, tokens)
    browser = Browser()
    login_again(browser, client_id)
    sessions(browser, client_id, tokens)


def login_again(browser, client_id):
    """Another browser is remembered, with a login that the consent of the first one is not asked for."""
    body = models.AcceptLoginRequest(subject="ada", remember=True, remember_for=3600)
    location = browser.location(admin.accept_login_request(start(browser, client_id), body=body).redirect_to)
    assert admin.get_consent_request(parameters(location)["consent_challenge"]).skip


main()
