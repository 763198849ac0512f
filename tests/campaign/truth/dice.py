# SPDX-License-Identifier: Apache-2.0
"""Chance that is the same on every machine and with every Python: random's own methods may change between versions."""

MASK = (1 << 64) - 1


class Dice:
    """splitmix64, seeded by a string."""

    def __init__(self, seed):
        self.state = 1469598103934665603
        for octet in seed.encode():
            self.state = ((self.state ^ octet) * 1099511628211) & MASK

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % bound

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def chance(self, percent):
        return self.below(100) < percent

    def pick(self, items):
        return items[self.below(len(items))]

    def shuffled(self, items):
        rest, result = list(items), []
        while rest:
            result.append(rest.pop(self.below(len(rest))))
        return result

    def text(self, alphabet, length):
        return "".join(self.pick(alphabet) for _ in range(length))

    def octets(self, length):
        return bytes(self.below(256) for _ in range(length))


FIRST = ("Ada Bo Cato Dina Edda Falk Gita Hugo Ines Jaro Kaia Lev Mira Nilo Odile Pavo Quinn Rhea Sami Tove Ulla Vito Wanda "
         "Xenia Yann Zora Arlo Bibi Cleo Dov Elin Finn Greta Hedy Ivo Jutta Koda Lila Momo Noor").split()
LAST = ("Ambergate Birkwald Coldbrook Dunmoor Elmstead Fennick Grayling Hollowell Ironside Juniper Kestrel Larkfield Mosswood "
        "Northam Oakhurst Pinewell Quarry Ravensby Stonelake Thornby Underhill Valewood Wintersby Yarrow Zellweg").split()
WORDS = ("amber basin cedar delta ember fable grove hazel inlet jolly kite ledger meadow nectar orbit pebble quartz ripple "
         "saddle timber umbra velvet willow yonder zephyr anchor bramble cobalt drift echo fern glacier harbor ivory jasper "
         "kernel lantern marble nimbus oyster prairie quiver raven slate thistle upland violet walnut yarn zinc").split()
LOWER = "abcdefghijklmnopqrstuvwxyz"
TOKEN = LOWER + LOWER.upper() + "0123456789"


def person(dice):
    return dice.pick(FIRST) + " " + dice.pick(LAST)


def domain(dice):
    return dice.pick(WORDS) + dice.pick(("", "-", "")) + dice.pick(WORDS) + dice.pick(("", str(dice.below(90)))) + ".example"


def address(dice, name, host):
    first, last = name.lower().split()
    return dice.pick((first + "." + last, first[0] + last, first + str(dice.below(99)), last)) + "@" + host
