# SPDX-License-Identifier: Apache-2.0
"""A store that is missing, busy, newer or corrupt is named as that, by both programs, and left as it is."""

import hashlib
import sqlite3
import subprocess
import unittest

import shield


class StoreState(shield.SystemTest):
    def stopped(self):
        """A daemon that took one message and was stopped, its database and the reference."""
        daemon = self.shield()
        reference = daemon.send()
        daemon.decided(reference)
        self.assertEqual(daemon.stop(), 0)
        database, = (file for file in daemon.state.iterdir() if file.is_file() and
                     file.read_bytes()[:15] == b"SQLite format 3")
        return daemon, database, reference

    def refused(self, daemon, *words):
        run = subprocess.run(daemon.command(), capture_output=True, text=True, timeout=30)
        self.assertEqual(run.returncode, 3, run.stdout + run.stderr)
        tool = daemon.ctl("queue")
        self.assertEqual(tool.returncode, 3, tool.stdout + tool.stderr)
        for text in (run.stderr, tool.stderr):
            self.assertTrue(any(word in text.lower() for word in words), text)

    def test_shieldctl_reads_and_writes_without_a_daemon(self):
        daemon, _, reference = self.stopped()
        self.assertEqual(daemon.show(reference)["reference"], reference)
        daemon.done("claim", reference)
        daemon.start()
        self.assertEqual(daemon.show(reference)["state"], "triaged")

    def test_a_missing_store_is_not_made_by_looking_at_it(self):
        daemon = self.unstarted()
        run = daemon.ctl("queue")
        self.assertEqual(run.returncode, 3)
        self.assertTrue(run.stderr.strip())
        self.assertFalse(daemon.state.exists())

    def test_a_newer_store_is_refused_and_not_touched(self):
        daemon, database, _ = self.stopped()
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA user_version = 9999")
        connection.close()
        before = hashlib.sha256(database.read_bytes()).digest()
        self.refused(daemon, "newer")
        self.assertEqual(hashlib.sha256(database.read_bytes()).digest(), before)

    def test_a_database_of_something_else_is_refused(self):
        daemon, database, _ = self.stopped()
        database.write_bytes(b"this is no database at all\n" * 1000)
        self.refused(daemon, "corrupt", "not a database")

    def test_a_damaged_page_is_refused(self):
        daemon, database, _ = self.stopped()
        octets = bytearray(database.read_bytes())
        octets[100:4096] = b"\xa5" * (4096 - 100)
        database.write_bytes(octets)
        self.refused(daemon, "corrupt", "malformed", "damaged")

    def test_a_second_daemon_on_the_same_directory_is_refused(self):
        first = self.shield()
        second = self.unstarted(state=first.state)
        run = subprocess.run(second.command(), capture_output=True, text=True, timeout=30)
        self.assertEqual(run.returncode, 3, run.stdout + run.stderr)
        self.assertRegex(run.stderr.lower(), "busy|another|held|in use|lock")
        self.assertEqual(first.http("/readyz")[0], 200)
        first.send()

    def test_a_held_store_without_an_answer_is_called_busy(self):
        daemon = self.shield()
        (daemon.state / "control").unlink()
        run = daemon.ctl("queue")
        self.assertEqual(run.returncode, 3)
        self.assertRegex(run.stderr.lower(), "busy|another|held|in use|lock|running")

    def test_verify_finds_what_was_changed_behind_our_back(self):
        daemon, database, reference = self.stopped()
        with sqlite3.connect(database) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            changed = 0
            for table in tables:
                for _, column, kind, *_ in connection.execute(f"PRAGMA table_info('{table}')").fetchall():
                    if kind == "BLOB" and column in ("octets", "content", "data") and not table.startswith("search"):
                        changed += connection.execute(
                            f"UPDATE \"{table}\" SET \"{column}\" = CAST(replace(CAST(\"{column}\" AS TEXT), 'account', "
                            "'accounT') AS BLOB)").rowcount
            self.assertTrue(changed, f"no octets found in {tables}")
        connection.close()
        run = daemon.ctl("verify")
        self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
        self.assertIn(reference, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
