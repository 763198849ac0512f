#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pairwise precision and recall of a clustering.

tests/campaign/truth/score.py PLACES

PLACES has a line "id TAB case" for each message that was folded into a case; one that is missing, or whose case is empty,
is alone. A link is no fold and does not stand there. Ends with 1 unless precision is at least 0.99 and recall at least 0.9.
"""

import collections
import itertools
import sys

import check
import generate


def ratio(part, whole):
    return f"{part / whole:.4f} ({part} of {whole})" if whole else "none"


def main():
    truth = {row["id"]: row for row in check.rows(generate.outputs()["truth.tsv"])}
    place = {}
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            name, case = (line.rstrip("\n").split("\t") + [""])[:2]
            if name not in truth:
                sys.exit(f"{name} is no message of the set")
            if case:
                place[name] = case
    folded, right, same = collections.Counter(), collections.Counter(), collections.Counter()
    lost, pairs, wrong, hurt = collections.Counter(), collections.Counter(), collections.Counter(), set()
    for a, b in itertools.combinations(sorted(truth), 2):
        one, other = truth[a], truth[b]
        together = a in place and place[a] == place.get(b)
        alike = one["campaign"] != "" and one["campaign"] == other["campaign"]
        if not together and not alike:
            continue
        sub = "subscriptions" in (one["campaign"], other["campaign"])
        for group in ("all", "subscriptions" if sub else "all others"):
            folded[group] += together
            same[group] += alike
            right[group] += together and alike
        if alike:
            for level in {one["why"][:7], other["why"][:7]}:
                same[level] += 1
                right[level] += together
            lost[one["campaign"]] += not together
            pairs[one["campaign"]] += 1
        else:
            wrong[" + ".join(sorted((one["campaign"] or one["family"], other["campaign"] or other["family"])))] += 1
            hurt |= {row["id"] for row in (one, other) if not row["campaign"]}
    for group in ("all", "all others", "subscriptions"):
        print(f"{group}: precision {ratio(right[group], folded[group])}, recall {ratio(right[group], same[group])}")
    for level in check.LEVELS:
        print(f"{level}: recall {ratio(right[level], same[level])} of pairs with such a message")
    print(f"people's reports folded away: {len(hurt)} {' '.join(sorted(hurt))}")
    for name, count in lost.most_common(15):
        if count:
            print(f"lost: {name}: {count} of {pairs[name]} pairs")
    for name, count in wrong.most_common(15):
        print(f"wrong: {name}: {count} pairs")
    return 0 if right["all"] >= 0.99 * folded["all"] and right["all"] >= 0.9 * same["all"] else 1


if __name__ == "__main__":
    sys.exit(main() if len(sys.argv) == 2 else __doc__)
