"""One way to call every release of the PyPI package `ory-hydra-client`.

`Sdk(target).call("get_login", login_challenge=...)` names the operation as below, whatever the release calls it. A body is
a dictionary; the release makes its own model of it, and of the answer, so that its strictness is met both ways. What comes
back is that model as plain JSON values.
"""

import inspect
import re
import typing
from importlib.metadata import version

import ory_hydra_client
import urllib3
from ory_hydra_client import api as _api_package
from ory_hydra_client.exceptions import ApiException

VERSION = version("ory-hydra-client")

# Operations that the generations name differently: (first, second). Others have one name, or are in one of them only.
NAMES = {
    "accept_consent": ("accept_consent_request", "accept_o_auth2_consent_request"),
    "accept_login": ("accept_login_request", "accept_o_auth2_login_request"),
    "accept_logout": ("accept_logout_request", "accept_o_auth2_logout_request"),
    "authorize": ("oauth_auth", "o_auth2_authorize"),
    "discover_keys": ("well_known", "discover_json_web_keys"),
    "discover_server": ("discover_open_id_configuration", "discover_oidc_configuration"),
    "end_session": ("disconnect_user", "revoke_oidc_session"),
    "get_consent": ("get_consent_request", "get_o_auth2_consent_request"),
    "get_login": ("get_login_request", "get_o_auth2_login_request"),
    "get_logout": ("get_logout_request", "get_o_auth2_logout_request"),
    "list_consents": ("list_subject_consent_sessions", "list_o_auth2_consent_sessions"),
    "reject_consent": ("reject_consent_request", "reject_o_auth2_consent_request"),
    "reject_login": ("reject_login_request", "reject_o_auth2_login_request"),
    "reject_logout": ("reject_logout_request", "reject_o_auth2_logout_request"),
    "revoke_consents": ("revoke_consent_sessions", "revoke_o_auth2_consent_sessions"),
    "revoke_logins": ("revoke_authentication_session", "revoke_o_auth2_login_sessions"),
    "set_client": ("update_o_auth2_client", "set_o_auth2_client"),
    "set_key": ("update_json_web_key", "set_json_web_key"),
    "set_key_set": ("update_json_web_key_set", "set_json_web_key_set"),
    "token": ("oauth2_token", "oauth2_token_exchange"),
    "user_info": ("userinfo", "get_oidc_user_info"),
    "trust_issuer": ("trust_jwt_grant_issuer", "trust_o_auth2_jwt_grant_issuer"),
    "get_issuer": ("get_trusted_jwt_grant_issuer", "get_trusted_o_auth2_jwt_grant_issuer"),
    "list_issuers": ("list_trusted_jwt_grant_issuers", "list_trusted_o_auth2_jwt_grant_issuers"),
    "delete_issuer": ("delete_trusted_jwt_grant_issuer", "delete_trusted_o_auth2_jwt_grant_issuer"),
    "register_client": ("dynamic_client_registration_create_o_auth2_client", "create_oidc_dynamic_client"),
    "get_registration": ("dynamic_client_registration_get_o_auth2_client", "get_oidc_dynamic_client"),
    "set_registration": ("dynamic_client_registration_update_o_auth2_client", "set_oidc_dynamic_client"),
    "delete_registration": ("dynamic_client_registration_delete_o_auth2_client", "delete_oidc_dynamic_client"),
}

_API_CLASSES = [value for name, value in vars(_api_package).items() if re.fullmatch(r"[A-Z]\w*Api", name)] or [
    getattr(ory_hydra_client.apis, name) for name in dir(__import__("ory_hydra_client.apis").apis) if name.endswith("Api")
]
FIRST_GENERATION = any(cls.__name__ == "AdminApi" for cls in _API_CLASSES)
_NOT_OPERATIONS = re.compile(r"_|.*(_with_http_info|_without_preload_content|_endpoint|call_with_http_info)$|api_client$")

called = set()


def native(name):
    """What this release calls an operation."""
    return NAMES[name][0 if FIRST_GENERATION else 1] if name in NAMES else name


def offered():
    """Every operation of every API class of the release."""
    return {name for cls in _API_CLASSES for name in dir(cls()) if not _NOT_OPERATIONS.match(name)}


class Sdk:
    """The release, pointed at one side of the server as a client, as the bearer of a token, or as nobody."""

    def __init__(self, host, username=None, password=None, access_token=None):
        configuration = ory_hydra_client.Configuration(host=host, username=username, password=password)
        configuration.access_token = access_token
        # Redirects are looked at, not followed.
        configuration.retries = urllib3.Retry(total=0, redirect=0, raise_on_redirect=False)
        self.client = ory_hydra_client.ApiClient(configuration)
        self._apis = [cls(self.client) for cls in _API_CLASSES]

    def has(self, name):
        return any(hasattr(api, native(name)) for api in self._apis)

    def call(self, operation, body=None, unchecked=False, **params):
        """`unchecked`: where the published description of the answer is wrong, so that no real server could satisfy it."""
        name = native(operation)
        called.add(name)
        api = next(api for api in self._apis if hasattr(api, name))
        method = getattr(api, name)
        if body is not None:
            params.update(_with_model(api, method, name, body))
        if unchecked and _endpoint(api, method, name):
            params["_check_return_type"] = False
        return self._plain(method(**params))

    def _plain(self, value):
        """Models as plain values. 1.10's own way of doing so fails for lists of objects, so those are taken apart here."""
        if isinstance(value, list):
            return [self._plain(item) for item in value]
        members = getattr(value, "_data_store", None)
        if members is None:
            return self.client.sanitize_for_serialization(value)
        if set(members) == {"value"}:
            return self._plain(members["value"])
        return {value.attribute_map.get(name, name): self._plain(item) for name, item in members.items()}

    def text(self, operation):
        """The body as it is, for operations whose description gives it no type."""
        name = native(operation)
        called.add(name)
        api = next(api for api in self._apis if hasattr(api, name))
        return getattr(api, name)(_preload_content=False).data.decode()

    def redirect(self, operation):
        """Where an operation for browsers redirects."""
        try:
            self.call(operation)
        except ApiException as answer:
            assert answer.status in (302, 303), f"{answer.status}: {answer.body}"
            return answer.headers["Location"]
        raise AssertionError(f"{operation} does not redirect")


def _endpoint(api, method, name):
    """Since 1.10 and before 25 an object that knows the types of parameters."""
    candidate = getattr(api, f"{name}_endpoint", method)
    return candidate if hasattr(candidate, "openapi_types") else None


def _with_model(api, method, name, body):
    """The body as this release's model of it, under the name that it has there."""
    endpoint = _endpoint(api, method, name)
    if endpoint:
        from ory_hydra_client.model_utils import validate_and_convert_types

        [parameter] = [key for key, place in endpoint.location_map.items() if place == "body"]
        types = endpoint.openapi_types[parameter]
        configuration = api.api_client.configuration
        return {parameter: validate_and_convert_types(body, types, [parameter], True, True, configuration)}
    parameters = inspect.signature(method).parameters
    modelled = [key for key, value in parameters.items() if _models_in(value.annotation)]
    if modelled:
        return {modelled[0]: body}
    return {"body": _old_model(_OLD_BODIES[name], body)}


def _models_in(annotation):
    if hasattr(annotation, "model_fields"):
        return [annotation]
    return [model for inner in typing.get_args(annotation) for model in _models_in(inner)]


# Releases before 1.10 tell nowhere which model an operation takes.
_OLD_BODIES = {
    "accept_consent_request": "AcceptConsentRequest",
    "accept_login_request": "AcceptLoginRequest",
    "create_json_web_key_set": "JsonWebKeySetGeneratorRequest",
    "create_o_auth2_client": "OAuth2Client",
    "flush_inactive_o_auth2_tokens": "FlushInactiveOAuth2TokensRequest",
    "reject_consent_request": "RejectRequest",
    "reject_login_request": "RejectRequest",
    "reject_logout_request": "RejectRequest",
    "update_json_web_key": "JSONWebKey",
    "update_json_web_key_set": "JSONWebKeySet",
    "update_o_auth2_client": "OAuth2Client",
}


def _old_model(kind, value):
    if kind.startswith("list["):
        return [_old_model(kind[5:-1], item) for item in value]
    cls = getattr(ory_hydra_client.models, kind, None)
    if cls is None:
        return value
    members = {wire: name for name, wire in cls.attribute_map.items()}
    known = {members[wire]: item for wire, item in value.items()}
    return cls(**{name: _old_model(cls.openapi_types[name], item) for name, item in known.items()})
