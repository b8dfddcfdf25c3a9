"""Secrets: made at random, kept as a hash, never written twice. And signatures, which need a secret that is kept."""

import base64
import hashlib
import hmac
import secrets


def secret() -> str:
    """32 lowercase hexadecimal characters: 128 bits."""
    return secrets.token_hex(16)


def digest(text: str) -> bytes:
    """What is kept instead of a secret. Random secrets of 128 bits need no slow hash."""
    return hashlib.sha256(text.encode()).digest()


def signature(secret: bytes, text: str) -> str:
    """What only a holder of the secret can say of a text: 43 characters that an address may carry."""
    made = hmac.digest(secret, text.encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def agrees(secret: bytes, text: str, sent: str) -> bool:
    """Whether a signature is the one of this text; takes as long for every wrong one."""
    return hmac.compare_digest(signature(secret, text).encode(), sent.encode())
