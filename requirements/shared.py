"""One installation for every tox environment: msgraph-sdk alone is 33,000 files.

    python requirements/shared.py FOLDER

installs ``requirements/suite.txt``, with its hashes, into FOLDER, unless the very same lock is there already. tox
rebuilds an environment directory that two environments share, so they share a folder on ``PYTHONPATH`` instead.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).with_name("suite.txt")


def main(folder: Path) -> int:
    """Install the lock into *folder*; 0 when it stands, otherwise pip's exit code."""
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    stamp = folder / ".installed"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return 0
    shutil.rmtree(folder, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile"]
    lock = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK)]
    done = subprocess.run([*pip, *lock, "--target", str(folder)], check=False)  # noqa: S603
    if done.returncode == 0:
        stamp.write_text(wanted, encoding="ascii")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
