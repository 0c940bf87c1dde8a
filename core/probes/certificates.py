"""The certificates that requests trust, from the variables that Pipelex's clients read."""

from __future__ import annotations

import re
from pathlib import Path

from core.catalog import Catalog
from core.probes.proxies import client_version
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class Certificates:
    """The file or folder of trusted authorities, with its source; neither for those of the system."""

    file: str | None = None
    folder: str | None = None
    source: str = ""

    @property
    def path(self) -> str:
        """The path of either, or an empty text."""
        return self.file or self.folder or ""


def certificates_of(catalog: Catalog, setting: str = "") -> Certificates:
    """Those of a setting, else of SSL_CERT_FILE, else of SSL_CERT_DIR, else those of the client."""
    environment = catalog.environment
    if setting:
        return Certificates(file=setting, source="the setting")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        value = environment.filled("${env:" + name + "}")
        if value and not value.startswith("${"):
            return Certificates(value, None, name) if name == "SSL_CERT_FILE" else Certificates(None, value, name)
    return _of_client(catalog)


def _of_client(catalog: Catalog) -> Certificates:
    """Those of OpenAI's client: up to its version 2 (httpx) of the package certifi, then (httpx2) of the system."""
    version, installation = client_version("openai", catalog), catalog.installation
    if not re.match(r"[12]\b", version):
        return Certificates()
    source = f"certifi, which openai {version} reads"
    for folder in installation.environment.site_packages if installation and installation.environment else ():
        if (file := Path(folder, "certifi", "cacert.pem")).is_file():
            return Certificates(str(file), None, source)
    import certifi

    return Certificates(certifi.where(), None, source)
