"""Proving a key without sending it: Amazon's signatures, and Google's exchange of a signed claim for a token.

Both are made by the vendors' own libraries, which are extras: nothing here invents cryptography.
"""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Mapping
from dataclasses import field
from typing import Final
from urllib.parse import urlencode

from core.probes.secret import Secret
from core.records import dataclass

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_TOKEN_LASTS_S: Final = 3600


def is_installed(module: str) -> bool:
    """Whether an optional library is there. Imports nothing but the packages above it."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def warm_up(*, amazon: bool, google: bool) -> None:
    """Import the vendors' libraries now rather than while something is waited for."""
    for wanted, module in ((amazon, "botocore.auth"), (google, "google.auth.jwt")):
        if wanted:
            importlib.import_module(module)


@dataclass(frozen=True, slots=True)
class AwsSigner:
    """Signature Version 4, as `botocore` makes it."""

    access_key: Secret
    secret_key: Secret
    session_token: Secret | None
    region: str
    service: str

    @property
    def header_names(self) -> tuple[str, ...]:
        """The headers it adds."""
        return ("X-Amz-Date", "Authorization", *(("X-Amz-Security-Token",) if self.session_token is not None else ()))

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The headers that prove the key for exactly this request: its address must be sent as it is given here."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        token = self.session_token.reveal() if self.session_token is not None else None
        request = AWSRequest(method=method, url=url, headers=dict(headers), data=body)
        credentials = Credentials(self.access_key.reveal(), self.secret_key.reveal(), token)
        SigV4Auth(credentials, self.service, self.region).add_auth(request)
        return {name: request.headers[name] for name in self.header_names}


@dataclass(frozen=True, slots=True)
class GoogleGrant:
    """A service account's claim, signed with its private key by `google-auth`."""

    email: str
    token_uri: str
    private_key: Secret = field(repr=False)
    key_id: str = ""

    def body(self) -> bytes:
        """The form that is exchanged for a token. Raises ValueError when the private key is none."""
        from google.auth import crypt, jwt

        now = int(time.time())
        claims = {
            "iss": self.email,
            "scope": SCOPE,
            "aud": self.token_uri,
            "iat": now,
            "exp": now + _TOKEN_LASTS_S,
        }
        try:
            signer = crypt.RSASigner.from_string(self.private_key.reveal(), self.key_id or None)  # type: ignore[no-untyped-call]
            assertion = jwt.encode(signer, claims)  # type: ignore[no-untyped-call]
        except (ValueError, TypeError):
            # No cause: its text may hold a piece of the key.
            raise ValueError("the private key cannot be used") from None
        return urlencode({"grant_type": GRANT_TYPE, "assertion": assertion.decode("ascii")}).encode()
