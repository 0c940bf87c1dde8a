"""Where pipedeck keeps what belongs to a person and not to a tree: drafts, the change log, the key of the journals.

Everything is 0600 in 0700 folders, below `$XDG_STATE_HOME/pipedeck`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import Final

from core.files.places import state_folder, tree_folder
from core.files.store.contents import read_whole, remove, write_new
from core.files.store.disk import Disk

__all__ = ["existing_key", "make_private_folder", "signing_key", "state_folder", "tree_folder"]

_KEY_BYTES: Final = 32


def make_private_folder(disk: Disk, path: str) -> None:
    """Make a folder and the missing ones above it, each for this user only. Raises OSError."""
    try:
        disk.mkdir(path, 0o700)
    except FileExistsError:
        return
    except FileNotFoundError:
        make_private_folder(disk, os.path.dirname(path))
        with contextlib.suppress(FileExistsError):
            disk.mkdir(path, 0o700)


def signing_key(disk: Disk, state: str) -> bytes:
    """The secret by which this user's journals are told from those that came with a tree, made on first use.

    Empty when there is none and none can be kept: then a person has to confirm a recovery.
    """
    path = os.path.join(state, "key")
    with contextlib.suppress(OSError):
        key = read_whole(disk, path)
        if len(key) == _KEY_BYTES:
            return key
    temporary = f"{path}.{secrets.token_hex(6)}.new"
    try:
        make_private_folder(disk, state)
        write_new(disk, temporary, secrets.token_bytes(_KEY_BYTES), durable=True)
        try:
            disk.link(temporary, path)
        except FileExistsError:
            pass  # another session was faster: its key counts
        except OSError:
            disk.rename(temporary, path)  # a file system without second names
        key = read_whole(disk, path)
    except OSError:
        key = b""
    finally:
        with contextlib.suppress(OSError):
            remove(disk, temporary)
    return key if len(key) == _KEY_BYTES else b""


def existing_key(disk: Disk, state: str) -> bytes:
    """The key, if there is one: looking at a tree writes nothing."""
    with contextlib.suppress(OSError):
        key = read_whole(disk, os.path.join(state, "key"))
        return key if len(key) == _KEY_BYTES else b""
    return b""
