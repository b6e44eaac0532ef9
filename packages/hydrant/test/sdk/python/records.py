"""Clients, keys, issuers: what is created, read, changed and deleted."""

import uuid

from browser import token_request
from checks import CALLBACK, KEY, PUBLIC_URL, SECRET, admin, later, open_side, photos, refused, same
from sdk import FIRST_GENERATION, Sdk
from signing import assertion, sign

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def service():
    alive = "is_instance_alive" if admin.has("is_instance_alive") else "is_alive"
    ready = "is_instance_ready" if admin.has("is_instance_ready") else "is_ready"
    assert admin.call(alive) == {"status": "ok"}
    assert open_side.call(ready) == {"status": "ok"}
    assert admin.call("get_version")["version"]
    if admin.has("prometheus"):
        assert "# TYPE requests_total counter" in admin.text("prometheus")


def clients():
    created = admin.call("create_o_auth2_client", {"client_name": "Notes", "redirect_uris": [CALLBACK]})
    same(created, client_name="Notes", redirect_uris=[CALLBACK])
    assert len(created["client_secret"]) == 26
    client_id = created["client_id"]
    with refused(409):
        admin.call("create_o_auth2_client", {"client_id": client_id})
    read = admin.call("get_o_auth2_client", id=client_id)
    same(read, client_name="Notes", redirect_uris=[CALLBACK], client_secret=None)
    page = {"limit": 500, "offset": 0} if FIRST_GENERATION else {"page_size": 500}
    assert client_id in [client["client_id"] for client in admin.call("list_o_auth2_clients", **page)]
    changed = {**read, "client_name": "Notebook", "contacts": ["ada@notes.example"]}
    same(admin.call("set_client", changed, id=client_id), client_name="Notebook")
    same(admin.call("get_o_auth2_client", id=client_id), client_name="Notebook", contacts=["ada@notes.example"])
    admin.call("delete_o_auth2_client", id=client_id)
    with refused(401 if FIRST_GENERATION else 404):
        admin.call("get_o_auth2_client", id=client_id)


def keys():
    name = f"set-{uuid.uuid4()}"
    pairs = FIRST_GENERATION

    def kids():
        return sorted(key["kid"] for key in admin.call("get_json_web_key_set", set=name)["keys"])

    # The second generation makes no symmetric keys.
    kinds = {"ES512": ["EC", "EC"], "HS512": ["oct"]} if pairs else {"ES512": ["EC"], "ES256": ["EC"]}
    for alg, types in kinds.items():
        made = admin.call("create_json_web_key_set", {"alg": alg, "kid": alg.lower(), "use": "sig"}, set=name)["keys"]
        assert [(key["kty"], key["alg"]) for key in made] == [(kind, alg) for kind in types], made
    expected = ["hs512", "private:es512", "public:es512"] if pairs else ["es256", "es512"]
    assert kids() == expected, kids()
    with refused(404):
        admin.call("get_json_web_key_set", set="no-such-set")
    kid = "public:es512" if pairs else "es512"
    [key] = admin.call("get_json_web_key", kid=kid, set=name)["keys"]
    if pairs:
        [private] = admin.call("get_json_web_key", kid="private:es512", set=name)["keys"]
        assert private["d"] and "d" not in key and private["x"] == key["x"]
    same(admin.call("set_key", {**key, "use": "enc"}, kid=kid, set=name), use="enc")
    same(admin.call("get_json_web_key", kid=kid, set=name)["keys"][0], use="enc")
    other = "hs512" if pairs else "es256"
    admin.call("delete_json_web_key", kid=other, set=name)
    assert other not in kids()
    admin.call("set_key_set", {"keys": [{**key, "kid": "replaced"}]}, set=name)
    assert kids() == ["replaced"]
    admin.call("delete_json_web_key_set", set=name)
    with refused(404):
        admin.call("get_json_web_key_set", set=name)


def issuers():
    if not admin.has("trust_issuer"):
        return
    client_id = photos(grant_types=[JWT_BEARER])
    issuer = f"https://{uuid.uuid4()}.example"
    public = {name: KEY[name] for name in ("kty", "alg", "use", "kid", "n", "e")}
    body = {"issuer": issuer, "subject": "ada", "scope": ["photos.read"], "expires_at": later(1), "jwk": public}
    trusted = admin.call("trust_issuer", body)
    same(trusted, issuer=issuer, subject="ada")
    with refused(409):
        admin.call("trust_issuer", body)
    same(admin.call("get_issuer", id=trusted["id"]), issuer=issuer, scope=["photos.read"])
    assert [found["id"] for found in admin.call("list_issuers", issuer=issuer)] == [trusted["id"]]
    claims = assertion(iss=issuer, sub="ada", aud=f"{PUBLIC_URL}/oauth2/token")
    tokens = token_request(
        PUBLIC_URL, client_id, SECRET, grant_type=JWT_BEARER, assertion=sign(KEY, claims), scope="photos.read"
    )
    same(admin.call("introspect_o_auth2_token", token=tokens["access_token"]), active=True, sub="ada")
    admin.call("delete_issuer", id=trusted["id"])
    with refused(404):
        admin.call("get_issuer", id=trusted["id"])


def upkeep():
    """Patches, lifespans, and the end of a client's tokens."""
    client_id = photos()
    as_client = Sdk(PUBLIC_URL, username=client_id, password=SECRET)
    mint = lambda: as_client.call("token", unchecked=True, grant_type="client_credentials")
    if admin.has("patch_o_auth2_client"):
        patch = [{"op": "replace", "path": "/metadata", "value": {"tier": 2}}]
        same(admin.call("patch_o_auth2_client", patch, id=client_id), metadata={"tier": 2}, client_secret=None)
        same(admin.call("get_o_auth2_client", id=client_id), metadata={"tier": 2})
    if admin.has("set_o_auth2_client_lifespans"):
        lifespan = "client_credentials_grant_access_token_lifespan"
        same(admin.call("set_o_auth2_client_lifespans", {lifespan: "90m"}, id=client_id), **{lifespan: "1h30m0s"})
        assert mint()["expires_in"] > 5000
    if admin.has("delete_o_auth2_token"):
        token = mint()["access_token"]
        assert admin.call("introspect_o_auth2_token", token=token)["active"]
        admin.call("delete_o_auth2_token", client_id=client_id)
        assert not admin.call("introspect_o_auth2_token", token=token)["active"]


def registration():
    if not open_side.has("register_client"):
        return
    body = {"client_name": "Self", "redirect_uris": [CALLBACK]}
    if FIRST_GENERATION:
        # 1.11 was published with paths that no server ever had.
        for name, arguments in {
            "register_client": {"body": body},
            "get_registration": {"id": "any"},
            "set_registration": {"body": body, "id": "any"},
            "delete_registration": {"id": "any"},
        }.items():
            with refused(404):
                open_side.call(name, **arguments)
        return
    created = open_side.call("register_client", body)
    same(created, **body)
    assert len(created["client_secret"]) == 26
    bearer = Sdk(PUBLIC_URL, access_token=created["registration_access_token"])
    client_id = created["client_id"]
    same(bearer.call("get_registration", id=client_id), **body)
    changed = bearer.call("set_registration", {**body, "client_name": "Changed"}, id=client_id)
    same(changed, client_id=client_id, client_name="Changed")
    with refused(401):
        bearer.call("get_registration", id=client_id)
    Sdk(PUBLIC_URL, access_token=changed["registration_access_token"]).call("delete_registration", id=client_id)
    with refused(404):
        admin.call("get_o_auth2_client", id=client_id)
