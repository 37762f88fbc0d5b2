"""The certificate of the HTTPS listener and the channel binding that goes with it [RFC 5929 §4.1]."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from spnego.channel_bindings import GssChannelBindings


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """A TLS server context with the leaf certificate it presents."""

    context: ssl.SSLContext
    leaf: x509.Certificate

    @classmethod
    def from_files(cls, chain_file: str | Path, key_file: str | Path) -> Self:
        """Read PEM files, the leaf certificate first in the chain (both may be one file).

        Raises:
            OSError: a file cannot be read.
            ssl.SSLError: key and certificate do not belong together.

        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain_file, key_file)
        return cls(context, x509.load_pem_x509_certificate(Path(chain_file).read_bytes()))

    @property
    def channel_bindings(self) -> GssChannelBindings:
        """tls-server-end-point: the hash of the certificate, SHA-256 in place of MD5 and SHA-1."""
        algorithm = self.leaf.signature_hash_algorithm
        if algorithm is None or algorithm.name in {"md5", "sha1"}:
            algorithm = hashes.SHA256()
        return GssChannelBindings(application_data=b"tls-server-end-point:" + self.leaf.fingerprint(algorithm))
