"""Faults to plant in a copy of the store; see `seeded`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Fault:
    """A fault: its file, the replacement that plants it, and the tests that must fail (a file, an expression)."""

    name: str
    file: str
    right: str
    wrong: str
    tests: str
    choose: str = ""


FAULTS: Final = (
    Fault(
        "the base is not looked at under the lock",
        "commit_target.py",
        "if actual != change.base:",
        "if False:",
        "writers",
    ),
    Fault(
        "no look right before the rename", "transaction.py", "if changed is not None:", "if False:", "writers", "during"
    ),
    Fault(
        "no look at where a link leads now",
        "commit_target.py",
        "if real != target.real:",
        "if False:",
        "links",
        "swapped",
    ),
    Fault("other folders are not locked", "commit.py", "others=sorted(others - {root})", "others=()", "shared"),
    Fault(
        "a moved link is not locked anew",
        "commit.py",
        "if not {target.folder",
        "if False and not {target.folder",
        "shared",
    ),
    Fault(
        "locks are kept while waiting",
        "lock.py",
        "                release(disk, lock)\n                return",
        "                return",
        "shared",
    ),
    Fault(
        "a commit is not recorded in the other folders",
        "transaction.py",
        "write_part(self.disk, folder, journal)",
        "pass",
        "shared",
    ),
    Fault("parts stay", "journal.py", "remove(disk, os.path.join(other, FOLDER, PART))", "pass", "shared"),
    Fault(
        "the first edit meets what was cut off",
        "commit.py",
        "                if pending is None:",
        "                if True:",
        "shared",
    ),
    Fault("a link comes back as a file", "commit_results.py", "else self.restores.link", "else None", "links"),
    Fault(
        "new files are of the writer",
        "staging.py",
        "            _set_owner_and_mode(disk, fd, target)",
        "            pass",
        "rights",
    ),
    Fault("no lock", "disk.py", "fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)", "pass", "writers"),
    Fault(
        "a lock file that lost its name counts",
        "lock.py",
        "if not busy and not _is_still_at(disk, fd, path):",
        "if False:",
        "writers",
    ),
    Fault("a lock of another machine is removed", "lock.py", "if elsewhere:", "if False:", "writers"),
    Fault("a lock of a dead process is acquired silently", "lock.py", "lock.notes.append(", "str(", "writers"),
    Fault(
        "no journal",
        "transaction.py",
        "return len(journal.entries) > 1 or",
        "return False and",
        "crashes",
        "every_call",
    ),
    Fault(
        "staged contents are not forced",
        "staging.py",
        "disk.fsync(fd)\n        disk.seek_start(fd)",
        "disk.seek_start(fd)",
        "powercut",
    ),
    Fault(
        "contents to be written in place are not forced",
        "staging.py",
        "write_new(disk, path, content, durable=True)",
        "write_new(disk, path, content, durable=False)",
        "powercut",
    ),
    Fault(
        "overwritten contents are not forced",
        "staging.py",
        "disk.truncate(fd, len(content))\n        disk.fsync(fd)",
        "disk.truncate(fd, len(content))",
        "powercut",
    ),
    Fault(
        "the journal is not forced",
        "journal.py",
        "encode(journal, key), durable=True",
        "encode(journal, key), durable=False",
        "powercut",
    ),
    Fault(
        "the name of the journal is not forced",
        "journal.py",
        "if journal.phase is not Phase.STAGE:",
        "if False:",
        "powercut",
    ),
    Fault(
        "staged names are not forced before the journal",
        "transaction.py",
        "for path in dict.fromkeys((*journal.parents(), folder, self.root)):",
        "for path in ():",
        "powercut",
    ),
    Fault(
        "names are not forced after the rename",
        "staging.py",
        "        disk.rename(staged, entry.real)\n    sync_folder(disk, os.path.dirname(entry.real))",
        "        disk.rename(staged, entry.real)",
        "powercut",
    ),
    Fault(
        "a new folder is not forced",
        "staging.py",
        "    sync_folder(disk, parent)\n\n\ndef copy_attributes",
        "\n\ndef copy_attributes",
        "powercut",
    ),
    Fault(
        "a journal that is not ours is obeyed", "journal.py", "trusted=ours and not moved", "trusted=True", "recovery"
    ),
    Fault("a copied tree reaches out", "journal.py", "trusted=ours and not moved", "trusted=ours", "recovery"),
    Fault(
        "the recovery overwrites a foreign change",
        "recovery.py",
        "if ContentState.FOREIGN in held:",
        "if False:",
        "recovery",
    ),
    Fault(
        "the recovery does not check what it puts in place",
        "staging.py",
        "or hash_now(disk, journal.staged(folder, index), follow=entry.how is WriteMethod.LINK) == entry.new",
        "or True",
        "recovery",
    ),
    Fault(
        "a foreign content is not kept",
        "recovery.py",
        "notes = _rescue(disk, journal, state, held)",
        "pass",
        "recovery",
    ),
    Fault("half-overwritten files are not recognised", "staging.py", "if is_torn(", "if False and is_torn(", "crashes"),
    Fault(
        "the way back is not recorded",
        "staging.py",
        "if journal.phase is not Phase.BACK:",
        "if False:",
        "crashes",
        "during_rollback",
    ),
    Fault(
        "nothing is rolled back",
        "transaction.py",
        "roll_back(self.disk, journal, self.folder, held, self.key)",
        "pass",
        "faults",
        "five",
    ),
    Fault(
        "success is called failure",
        "transaction.py",
        "            if all(state is ContentState.NEW for state in held):\n                return self._all_there",
        "            if False:\n                return self._all_there",
        "faults",
        "late",
    ),
    Fault(
        "what is left is called nothing",
        "transaction.py",
        "return DiskState.UNFINISHED if ahead else DiskState.NOTHING",
        "return DiskState.NOTHING",
        "faults",
        "here",
    ),
    Fault(
        "a short write counts as complete",
        "disk.py",
        "remaining = remaining[written:]",
        "remaining = remaining[len(remaining) :]",
        "faults",
        "short",
    ),
    Fault(
        "what is staged is not read back",
        "staging.py",
        "if actual != content:",
        "if False:",
        "faults",
        "written_content_is_verified",
    ),
    Fault(
        "temporary files stay",
        "staging.py",
        "for path in journal.leftovers(folder):",
        "for path in ():",
        "faults",
        "five",
    ),
    Fault(
        "descriptors stay open",
        "disk.py",
        "    finally:\n        disk.close(fd)",
        "    finally:\n        pass",
        "faults",
        "one",
    ),
    Fault(
        "new folders stay",
        "staging.py",
        "for created in reversed(journal.folders):\n            remove_folder",
        "for created in ():\n            remove_folder",
        "faults",
        "three",
    ),
    Fault(
        "a longer old content shows at the end",
        "staging.py",
        "        disk.truncate(fd, len(content))\n",
        "",
        "faults",
        "hard",
    ),
    Fault("a link is replaced by a file", "commit_target.py", "            real = target_path\n", "", "links"),
    Fault(
        "hard links are torn apart",
        "commit_target.py",
        "WriteMethod.IN_PLACE if self.file_stat.st_nlink > 1 else WriteMethod.REPLACE",
        "WriteMethod.REPLACE",
        "links",
    ),
    Fault("one file is written under two names", "commit.py", "if same in names:", "if False:", "links"),
    Fault(
        "attributes are lost",
        "staging.py",
        "for name, value in attributes.items():",
        "for name, value in ():",
        "rights",
    ),
    Fault(
        "inherited attributes come along",
        "staging.py",
        "for name in inherited.keys() - attributes.keys():",
        "for name in ():",
        "rights",
    ),
    Fault(
        "the owner is lost",
        "staging.py",
        "if (now.st_uid, now.st_gid) != (file_stat.st_uid, file_stat.st_gid):",
        "if False:",
        "rights",
        "root",
    ),
    Fault(
        "a foreign owner is lost",
        "staging.py",
        "    except OSError:\n        return False",
        "    except OSError:\n        return True",
        "rights",
    ),
    Fault("the mode is lost", "staging.py", "disk.chmod(fd, stat.S_IMODE(file_stat.st_mode))", "return True", "rights"),
    Fault(
        "read-only files are replaced",
        "commit_target.py",
        "if file_stat is not None and (not file_stat.st_mode & 0o222 or",
        "if file_stat is not None and (",
        "rights",
    ),
    Fault(
        "read-only folders are written",
        "commit_target.py",
        "if not disk.lstat(folder).st_mode & 0o222:",
        "if False:",
        "rights",
    ),
    Fault(
        "paths are shown raw",
        "commit_results.py",
        'return f"{safe(self.path)} has changed',
        'return f"{self.path} has changed',
        "rights",
    ),
    Fault("temporary files look like configuration", "journal.py", '{mark}.pipedeck"', '{mark}.toml"', "rights"),
    Fault(
        "old contents are readable by all",
        "disk.py",
        "os.O_NOFOLLOW) as fd:\n        write_open",
        "os.O_NOFOLLOW, 0o644) as fd:\n        write_open",
        "recovery",
    ),
    Fault(
        "the state folder is open to all",
        "disk.py",
        "disk.mkdir(path, 0o700)\n    except FileExistsError",
        "disk.mkdir(path, 0o755)\n    except FileExistsError",
        "log",
    ),
    Fault("git would take secrets", "lock.py", 'b"*\\n"', 'b""', "recovery"),
    Fault(
        "an undo removes newer changes",
        "commit.py",
        "Change(written.path, written.new,",
        "Change(written.path, hash_now(Disk(), written.path),",
        "log",
    ),
    Fault(
        "damaged old contents are put back",
        "changelog.py",
        "if content_hash(content) == written.old:",
        "if True:",
        "log",
    ),
    Fault(
        "an undo is undone by the next one",
        "changelog.py",
        "        if entry.id in undone:\n            continue",
        "        if False:\n            continue",
        "log",
    ),
    Fault(
        "the log is never cut", "transaction.py", "prune(self.disk, log_folder(self.state, self.root))", "pass", "log"
    ),
    Fault(
        "a commit that failed stays in the log",
        "transaction.py",
        "        with contextlib.suppress(OSError):\n            folder = log_folder",
        "        if False:\n            folder = log_folder",
        "faults",
        "five",
    ),
    Fault(
        "the order follows the clock",
        "changelog.py",
        "now = max(time.time_ns(), int(latest) + 1 if latest.isdecimal() else 0)",
        "now = time.time_ns()",
        "log",
    ),
    Fault(
        "the draft of another session is replaced",
        "saved_draft.py",
        "if isinstance(before, Draft) and",
        "if False and",
        "drafts",
    ),
    Fault(
        "a draft of another version is read", "saved_draft.py", 'if record["format"] != FORMAT:', "if False:", "drafts"
    ),
)
