"""What all parts share: the server, the ways to assert, and a client that logs people in."""

import contextlib
import datetime
import json
import sys
import traceback
import uuid

from sdk import ApiException, Sdk

ADMIN_URL, PUBLIC_URL, KEY = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
CALLBACK = "https://photos.example/callback"
GOODBYE = "https://photos.example/goodbye"
SECRET = "photos-secret"

admin = Sdk(ADMIN_URL)
open_side = Sdk(PUBLIC_URL)


@contextlib.contextmanager
def part(name):
    try:
        yield
    except BaseException as problem:
        report = {"part": name, "ok": False, "problem": f"{type(problem).__name__}: {problem}"}
        print(json.dumps({**report, "where": traceback.format_exc(limit=-2)}), flush=True)
        sys.exit(1)
    print(json.dumps({"part": name, "ok": True}), flush=True)


@contextlib.contextmanager
def refused(status):
    try:
        yield
    except ApiException as problem:
        assert problem.status == status, f"{problem.status} instead of {status}: {problem.body}"
        return
    raise AssertionError(f"{status} was expected, but there was no refusal")


def same(seen, **expected):
    """The object has these members."""
    assert {key: seen.get(key) for key in expected} == expected, seen


def later(hours):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)).isoformat()


def photos(**more):
    """A client that logs people in; its id."""
    client = {
        "client_id": f"photos-{uuid.uuid4()}",
        "client_secret": SECRET,
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types": ["code"],
        "scope": "openid offline photos.read userinfo_credential_draft_00",
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [GOODBYE],
        **more,
    }
    return admin.call("create_o_auth2_client", client)["client_id"]
