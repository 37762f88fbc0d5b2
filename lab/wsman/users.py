"""Who may log on: names in the forms clients send them, passwords, and the files pyspnego's acceptors read."""

from __future__ import annotations

import hmac
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Users:
    r"""Accounts of one server.

    A key is `DOMAIN\user`, `user` or `user@realm`; `DOMAIN\user` is also known by the bare `user`, as a server resolves
    it, and `user@realm` by what a Kerberos ticket says.
    """

    def __init__(self, passwords: Mapping[str, str]) -> None:
        if any(":" in password for password in passwords.values()):
            raise ValueError("the NTLM user file cannot hold a password with a colon")
        self._passwords = dict(passwords)
        self._names: dict[str, str] = {}
        for name in passwords:
            self._names[name.casefold()] = name
            self._names.setdefault(name.rpartition("\\")[2].casefold(), name)

    def canonical(self, presented: str) -> str | None:
        """The account meant by a presented name, or None."""
        return self._names.get(presented.casefold())

    def of_principal(self, principal: str) -> str | None:
        """The account of a Kerberos principal: by its full name, else by its part before the @."""
        return self.canonical(principal) or self.canonical(principal.partition("@")[0])

    def check(self, presented: str, password: str) -> str | None:
        """The account if the password is right."""
        name = self.canonical(presented)
        if name is None:
            return None
        expected = self._passwords[name]
        return name if hmac.compare_digest(expected.encode(), password.encode()) else None

    def ntlm_lines(self) -> str:
        """DOMAIN:user:password, once for every form of a name."""
        lines = []
        for presented, name in self._names.items():
            domain, _, user = presented.rpartition("\\")
            lines.append(f"{domain}:{user}:{self._passwords[name]}\n")
        return "".join(lines)


class AcceptorFiles:
    """What the acceptors of pyspnego read from files named in the environment: NTLM accounts, a Kerberos keytab.

    The variables are set only while an acceptor works; the client side of other code in the process never sees them.
    """

    def __init__(self, users: Users, keytab: Path | None = None) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="lab-accounts-")
        ntlm_users = Path(self._directory.name) / "ntlm"
        ntlm_users.touch(mode=0o600)
        ntlm_users.write_text(users.ntlm_lines(), encoding="utf-8")
        self._variables = {"NTLM_USER_FILE": str(ntlm_users)}
        if keytab is not None:
            self._variables["KRB5_KTNAME"] = f"FILE:{keytab}"

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Point the environment at the files; must not be held over an await."""
        before = {name: os.environ.get(name) for name in self._variables}
        os.environ.update(self._variables)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    def close(self) -> None:
        """Remove the accounts."""
        self._directory.cleanup()
