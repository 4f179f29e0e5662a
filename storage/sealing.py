"""Encryption at rest: AES-GCM, bound to the row it stands in."""

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
KEY = 32


class NotOurs(Exception):
    """A text that was moved to another row, that another key sealed, or that nobody sealed."""


class Vault:
    """Seals and opens texts with one key. The key is never kept in the database."""

    def __init__(self, secret: str) -> None:
        """`secret`: any text; the key is its SHA-256."""
        self._secret = hashlib.sha256(secret.encode()).digest()
        self._cipher = AESGCM(self._secret)

    def seal(self, clear: str, *, row: str) -> str:
        """`row`: `organization|table|key`, which the sealed text is bound to."""
        nonce = os.urandom(NONCE)
        sealed = self._cipher.encrypt(nonce, clear.encode("utf-8", "surrogatepass"), row.encode())
        return base64.b64encode(nonce + sealed).decode()

    def key_for(self, row: str) -> bytes:
        """A key for digests that stand in a row: always the same, and for no other row."""
        return HKDF(SHA256(), KEY, salt=None, info=row.encode()).derive(self._secret)

    def open(self, sealed: str, *, row: str) -> str:
        """The clear text again. Raises NotOurs."""
        try:
            raw = base64.b64decode(sealed)
            clear = self._cipher.decrypt(raw[:NONCE], raw[NONCE:], row.encode())
        except (InvalidTag, ValueError) as refused:
            raise NotOurs from refused
        return clear.decode("utf-8", "surrogatepass")
