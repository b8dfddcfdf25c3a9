"""Secrets: made at random, kept as a hash, never written twice."""

import hashlib
import secrets


def secret() -> str:
    """32 lowercase hexadecimal characters: 128 bits."""
    return secrets.token_hex(16)


def digest(text: str) -> bytes:
    """What is kept instead of a secret. Random secrets of 128 bits need no slow hash."""
    return hashlib.sha256(text.encode()).digest()
