"""Key proofs without sending the key: Amazon's request signatures, and Google's signed claim for a token.

Both are made by the vendors' libraries, which are optional extras.
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
_TOKEN_LIFETIME_S: Final = 3600


def is_installed(module: str) -> bool:
    """Whether an optional library is installed. Imports only its parent packages."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def warm_up(*, amazon: bool, google: bool) -> None:
    """Import the vendors' libraries before the first request."""
    for needed, module in ((amazon, "botocore.auth"), (google, "google.auth.jwt")):
        if needed:
            importlib.import_module(module)


@dataclass(frozen=True, slots=True)
class AwsSigner:
    """A signer with Signature Version 4, made by `botocore`."""

    access_key: Secret
    secret_key: Secret
    session_token: Secret | None
    region: str
    service: str

    @property
    def header_names(self) -> tuple[str, ...]:
        """The headers of a signature."""
        return ("X-Amz-Date", "Authorization", *(("X-Amz-Security-Token",) if self.session_token is not None else ()))

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The headers that sign this request. Its URL must be sent unchanged."""
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
        """The form to exchange for a token. Raises ValueError for an invalid private key."""
        from google.auth import crypt, jwt

        now = int(time.time())
        claims = {
            "iss": self.email,
            "scope": SCOPE,
            "aud": self.token_uri,
            "iat": now,
            "exp": now + _TOKEN_LIFETIME_S,
        }
        try:
            signer = crypt.RSASigner.from_string(self.private_key.reveal(), self.key_id or None)  # type: ignore[no-untyped-call]
            assertion = jwt.encode(signer, claims)  # type: ignore[no-untyped-call]
        except (ValueError, TypeError):
            # No cause: its text may contain a part of the key.
            raise ValueError("the private key cannot be used") from None
        return urlencode({"grant_type": GRANT_TYPE, "assertion": assertion.decode("ascii")}).encode()
