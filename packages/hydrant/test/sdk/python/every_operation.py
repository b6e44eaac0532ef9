"""Calls every operation of an unmodified PyPI package `ory-hydra-client`, any release of it, against a running server.

    python every_operation.py ADMIN_URL PUBLIC_URL RSA_PRIVATE_JWK

Prints a JSON line for each part whose effects were checked, {"part": NAME, "ok": true}, and last which operations were
called and which of those that are offered were not. Ends with 1 at the first failure. The models refuse null and missing
members, unknown enumerations and wrong types, each release in its own way, so an answer that they cannot hold fails too.
"""

import json

import flows
import records
import sdk
from browser import Browser
from checks import part, photos


def main():
    with part("health, version, metrics"):
        records.service()
    with part("clients"):
        records.clients()
    with part("keys"):
        records.keys()
    client_id = photos()
    with part("refusals"):
        flows.refusals(client_id)
    with part("login and consent requests"):
        flows.requests(client_id)
    browser = Browser()
    with part("tokens"):
        tokens = flows.tokens_of(browser, client_id)
    with part("logout"):
        flows.logout(browser, tokens)
    with part("sessions"):
        flows.sessions(client_id)
    with part("trusted issuers"):
        records.issuers()
    with part("patches, lifespans, the end of tokens"):
        records.upkeep()
    with part("registration"):
        records.registration()
    with part("credentials"):
        flows.credentials(client_id)
    with part("devices"):
        flows.devices()
    print(json.dumps({"missed": sorted(sdk.offered() - sdk.called)}))


main()
