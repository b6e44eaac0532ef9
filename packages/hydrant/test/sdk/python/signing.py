"""JWTs signed with RS256 (RFC 7518 section 3.3) by the standard library alone; the key is a private JWK."""

import base64
import hashlib
import json
import time
import uuid

# The DER prefix of a SHA-256 digest (RFC 8017 section 9.2, note 1).
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def _text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def sign(key, claims, **header):
    parts = ({"alg": "RS256", "kid": key["kid"], **header}, claims)
    signing_input = ".".join(_text(json.dumps(part).encode()) for part in parts)
    modulus, exponent = _number(key["n"]), _number(key["d"])
    size = (modulus.bit_length() + 7) // 8
    digest = _SHA256 + hashlib.sha256(signing_input.encode()).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    signature = pow(int.from_bytes(padded, "big"), exponent, modulus).to_bytes(size, "big")
    return f"{signing_input}.{_text(signature)}"


def assertion(**claims):
    """Claims that are good for a minute."""
    now = int(time.time())
    return {**claims, "iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
