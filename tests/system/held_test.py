# SPDX-License-Identifier: Apache-2.0
"""What a person does with held acknowledgements: release them alone or together, allow a sender, see how many are held."""

import json
import unittest

import nsd
import shield

ZONE = """$ORIGIN senders.example.
$TTL 60
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
forged TXT "v=spf1 -all"
"""


class Held(shield.SystemTest):
    def daemon_that_holds(self, **options):
        return self.shield(**{"unverified": "hold", **options})

    def hold(self, daemon, sender, **options):
        reference = daemon.send(sender=sender, body=f"I am {sender}.", **options)
        self.assertEqual(daemon.decided(reference)["acknowledgement"]["state"], "held")
        return reference

    def state(self, daemon, reference):
        return daemon.decided(reference)["acknowledgement"]["state"]

    def test_in_bulk_what_fits_is_sent_within_the_caps_and_each_has_its_result(self):
        daemon = self.daemon_that_holds(limits={"acknowledgements_domain_day_max": 2})
        ours = [self.hold(daemon, f"ann{number}@one.example") for number in range(4)]
        other = self.hold(daemon, "bob@two.example", to="help@example.com")

        listed = daemon.done("release", "--held", "--from", "one.example", "--dry-run")
        self.assertIn("4 to be released, 0 left", listed)
        self.assertIn("reply address not verified", listed)
        self.assertEqual([self.state(daemon, one) for one in ours], ["held"] * 4)
        self.assertEqual(len(daemon.json("release", "--held", "--category", "support", "--dry-run")["release"]), 1)
        self.assertIn("0 to be released", daemon.done("release", "--held", "--older-than", "1h"))

        run = daemon.ctl("release", "--held", "--from", "one.example")
        self.assertEqual(run.returncode, 1)
        self.assertIn("4 of 4 done, 2 released", run.stdout)
        self.assertEqual(run.stderr.count("acknowledgements_domain_day_max"), 2)
        self.assertEqual(sorted(self.state(daemon, one) for one in ours), ["held", "held", "sent", "sent"])
        self.assertEqual(self.state(daemon, other), "held")

        # Whoever names one has looked at it: no cap.
        left = [one for one in ours if self.state(daemon, one) == "held"]
        daemon.done("release", *left)
        self.assertEqual([self.state(daemon, one) for one in ours], ["sent"] * 4)
        self.assertEqual(daemon.ask(command="verify")["result"]["faults"], [])

    def test_what_is_held_past_its_promise_is_replied_to(self):
        daemon = self.daemon_that_holds(extra='[promise.urgent]\ntarget = "1s"')
        reference = self.hold(daemon, "ann@one.example")
        shield.time.sleep(1.5)
        self.assertIn("1 left", daemon.done("release", "--held"))
        run = daemon.ctl("release", reference)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f"reply instead (shieldctl reply {reference})", run.stderr)
        self.assertIn("reply instead", daemon.ctl("show", reference).stderr)
        self.assertEqual(self.state(daemon, reference), "held")
        daemon.done("release", "--late", reference)
        self.assertEqual(self.state(daemon, reference), "sent")

    def test_whom_a_person_allows_is_answered_though_nobody_verified_it_until_it_ends(self):
        daemon = self.daemon_that_holds()
        before = self.hold(daemon, "ann@one.example")
        said = daemon.ctl("allow", "One.Example", "--until", "30d")
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn("held from there: 1; 'shieldctl release --held --from one.example' sends them", said.stdout)
        self.assertIn("whoever writes in the name of any address at one.example", said.stderr)
        self.assertEqual(self.state(daemon, before), "held", "nothing of the past is sent by itself")

        reference = daemon.send(sender="bea@one.example", body="And I?")
        case = daemon.decided(reference)
        self.assertEqual(case["acknowledgement"]["state"], "sent")
        row, = daemon.json("allow")
        reason = f"reply address not verified, and one.example is allowed by {row['who']} until {row['until']}"
        self.assertIn(reason, json.dumps(case["events"]))
        self.hold(daemon, "cid@sub.one.example")  # the very domain
        again = daemon.send(sender="bea@one.example", body="Once more.")
        self.assertEqual(self.state(daemon, again), "held", "caps still count")
        machine = daemon.send(sender="dan@one.example", headers=["Auto-Submitted: auto-generated"], body="Beep.")
        self.assertEqual(self.state(daemon, machine), "suppressed")

        daemon.done("disallow", "one.example")
        self.assertEqual(daemon.json("allow"), [])
        self.hold(daemon, "eve@one.example")
        ended, = daemon.json("allow", "--ended")
        self.assertEqual((ended["whom"], ended["ended_by"]), ("one.example", row["who"]))
        for wrong in (["allow", "nonsense"], ["allow", "a.example", "--until", "400d"], ["allow", "a.example", "--until", "x"]):
            self.assertEqual(daemon.ctl(*wrong).returncode, 2, wrong)
        self.assertEqual(daemon.ctl("allow", "example.com").returncode, 1, "a domain of ours")
        self.assertEqual(daemon.ctl("disallow", "one.example").returncode, 1)

    def test_what_its_domain_disowns_no_allowance_answers_and_no_bulk_releases(self):
        with nsd.Nsd(more={"senders.example": ZONE}) as server:
            place = f'resolver = "127.0.0.1:{server.port}"\nvalidate = false'
            daemon = self.daemon_that_holds(dns=place, limits={"exempt": "[]"})
            daemon.done("allow", "forged.senders.example")
            daemon.done("allow", "none.senders.example")
            disowned = self.hold(daemon, "ann@forged.senders.example")
            self.assertEqual(self.state(daemon, daemon.send(sender="ann@none.senders.example", body="B")), "sent")
            self.assertIn("its domain disowns the message", daemon.done("release", "--held", "--dry-run"))
            self.assertIn("0 to be released, 1 left", daemon.done("release", "--held"))
            self.assertEqual(self.state(daemon, disowned), "held")

    def test_stats_and_doctor_tell_when_too_much_is_held_and_by_which_network(self):
        daemon = self.daemon_that_holds()
        for number in range(10):
            self.hold(daemon, f"ann@d{number}.example")
        share = daemon.json("stats")["held_share"]
        self.assertEqual((share["messages"], share["held"], share["percent"], share["too_much"]), (10, 10, 100, True))
        self.assertEqual(share["relays"], [{"relay": "127.0.0.0/24", "messages": 10, "held": 10, "percent": 100}])
        self.assertIn("100 % (10 of 10)", daemon.done("stats"))

        run = daemon.ctl("doctor", "--json")
        self.assertEqual(run.returncode, 1)
        found = {one["check"]: one for one in json.loads(run.stdout)}
        self.assertEqual({check: one["level"] for check, one in found.items()},
                         {"daemon": "ok", "store": "ok", "verification": "warn", "outbox": "ok", "assessment": "ok",
                          "held": "warn", "breaker": "ok", "certificate": "ok", "disk": "ok", "dns": "ok"})
        self.assertIn("most from 127.0.0.0/24 (10 of 10)", found["held"]["found"])
        self.assertTrue(all(one["remedy"] for one in found.values() if one["level"] != "ok"))

    def test_doctor_is_content_when_all_is_well_and_says_that_nobody_runs(self):
        daemon = self.shield()
        daemon.done("verify")
        self.assertNotIn("warn", daemon.done("doctor"))
        daemon.stop()
        run = daemon.ctl("doctor")
        self.assertEqual(run.returncode, 1)
        self.assertIn("shieldd does not run: no mail comes in", run.stdout)


if __name__ == "__main__":
    unittest.main()
