"""A browser that keeps cookies and follows nothing by itself, and a client of the public side; the standard library only."""

import base64
import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request


# The server is on this machine, whatever the environment says about proxies.
_NO_PROXY = urllib.request.ProxyHandler({})


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


class Browser:
    def __init__(self):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(_Stay, cookies, _NO_PROXY)

    def location(self, url):
        """Where the page at this address redirects."""
        try:
            page = self._opener.open(url)
        except urllib.error.HTTPError as redirect:
            if redirect.code not in (302, 303):
                raise AssertionError(f"{redirect.code} at {url}: {redirect.read()!r}") from redirect
            return redirect.headers["Location"]
        raise AssertionError(f"no redirect, but {page.status} at {url}")


def parameters(url):
    """The query of an address, by name."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def with_parameters(url, values):
    return f"{url}?{urllib.parse.urlencode(values)}"


def token_request(public_url, client_id, client_secret, **form):
    """The answer of the token endpoint, with HTTP Basic authentication."""
    return _post(f"{public_url}/oauth2/token", client_id, client_secret, form)


def device_authorization(public_url, client_id, client_secret, **form):
    """The codes of a device that begins to wait (RFC 8628 section 3.1)."""
    return _post(f"{public_url}/oauth2/device/auth", client_id, client_secret, {"client_id": client_id, **form})


def _post(url, client_id, client_secret, form):
    credentials = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
    request = urllib.request.Request(
        url, data=urllib.parse.urlencode(form).encode(), headers={"Authorization": f"Basic {credentials}"}
    )
    try:
        with urllib.request.build_opener(_NO_PROXY).open(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        raise AssertionError(f"{refusal.code} at {url}: {refusal.read()!r}") from refusal
